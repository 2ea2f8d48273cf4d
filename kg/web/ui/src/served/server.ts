// The doors of `kg serve`.

import { parseTriples, tabular } from "../results";
import { FORMATS, type Decision, type Source } from "../source";
import type { Iri } from "../values";

async function ask(address: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(address, options).catch((error: Error) => {
    if (error.name === "AbortError") throw error;
    throw new Error("the server does not answer: is kg serve still running?");
  });
  if (!response.ok) {
    const text = await response.text();
    throw new Error(response.headers.get("content-type")?.includes("json") ? JSON.parse(text).error : text.trim());
  }
  return response;
}

async function json<T>(name: string, asked: Record<string, string | number>): Promise<T> {
  const pairs = Object.entries(asked).map(([key, value]) => [key, String(value)]);
  return (await ask(`api/${name}?${new URLSearchParams(pairs)}`)).json();
}

function sparql(query: string, accept: string, signal?: AbortSignal): Promise<Response> {
  const headers = { Accept: accept, "Content-Type": "application/sparql-query" };
  return ask("sparql", { method: "POST", headers, body: query, signal });
}

const decisions = (path: string, method: string, token: string, body?: Decision) =>
  ask(`api/decisions${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });

export function server(editable: boolean): Source {
  return {
    editable,
    overview: (limit) => json("overview", { limit }),
    search: (q, limit) => json("search", { q, limit }),
    neighbours: (entity, limit) => json("neighbours", { entity, limit }),
    paths: async (from, to) => (await json<{ paths: [] }>("path", { from, to, limit: 5 })).paths,
    links: async (limit, entities) => {
      const body = new URLSearchParams([["limit", String(limit)], ...entities.map((iri) => ["entity", iri])]);
      return (await (await ask("api/links", { method: "POST", body })).json()).facts;
    },
    query: async (query, signal) => {
      const response = await sparql(query, "application/sparql-results+json, application/n-triples;q=0.9", signal);
      return response.headers.get("content-type")?.startsWith("application/n-triples")
        ? { variables: ["subject", "predicate", "object"], rows: [], triples: parseTriples(await response.text()) }
        : tabular(await response.json());
    },
    download: async (query, format) => (await sparql(query, FORMATS[format]!.type)).blob(),
    dump: async (format) => (await ask(`export/${format}`)).blob(),
    decide: async (decision, token) => void (await decisions("", "POST", token, decision)),
    decisions: async () => (await (await ask("api/decisions")).json()).decisions,
    undo: async (iri: Iri, token) => void (await decisions(`/${iri.split("/").pop()}`, "DELETE", token)),
  };
}
