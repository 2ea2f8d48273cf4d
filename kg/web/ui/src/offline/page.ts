// The doors of the page in a file: everything is answered in the page.

import { drawn } from "../files";
import { declared, everything } from "../queries";
import { parseTriples, tabular } from "../results";
import { FORMATS, type Source } from "../source";
import type { Answer } from "../values";
import { Engine } from "./engine";
import { Index, type Opening } from "./index";

export interface Data {
  opening: Opening;
  quads: Uint8Array;
  oxigraph: ArrayBuffer;
}

const TRIPLES = "application/n-triples";
const TABLE = "application/sparql-results+json";

export async function page({ opening, quads, oxigraph }: Data): Promise<Source> {
  const engine = new Engine(quads, oxigraph);
  const query = async (sparql: string, signal?: AbortSignal): Promise<Answer> => {
    const kind = kindOf(sparql);
    const result = await engine.ask({ query: declared(sparql), format: kind === "triples" ? TRIPLES : TABLE }, signal);
    if (typeof result === "boolean") return { variables: [], rows: [], truth: result };
    if (kind === "table") return tabular(JSON.parse(result));
    return { variables: ["subject", "predicate", "object"], rows: [], triples: parseTriples(result) };
  };
  const { facts, entities } = await everything({ query });
  const index = new Index(opening, entities, facts);
  const download = async (sparql: string, format: string) => {
    const { type } = FORMATS[format]!;
    return new Blob([String(await engine.ask({ query: declared(sparql), format: type }))], { type });
  };
  return {
    editable: false,
    overview: async (limit) => index.overview(limit),
    search: async (text, limit) => index.search(text, limit),
    neighbours: async (entity) => index.neighbours(entity),
    paths: async (from, to) => index.paths(from, to, 5),
    links: async (limit, entities) => index.links(limit, entities),
    query,
    download,
    dump: async (format) => {
      if (format === "turtle") return download("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "Turtle");
      const labels = new Map(entities.map(({ iri, label }) => [iri, label]));
      return drawn(format, index.ranked, facts, (iri) => labels.get(iri) ?? iri);
    },
  };
}

/** Whether a query gives triples: its first keyword outside of strings, IRIs and comments. */
function kindOf(sparql: string): "triples" | "table" {
  const bare = sparql.replace(/<[^<>"{}|^`\\\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g, " ");
  return /\b(select|ask|construct|describe)\b/i.exec(bare)?.[1]?.toLowerCase().match(/^[cd]/) ? "triples" : "table";
}
