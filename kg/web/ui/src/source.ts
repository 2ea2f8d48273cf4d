// The doors to a graph: a server's, or those of the page itself (offline).

import type { Answer, Fact, Found, Iri, Neighbours, Part, Path } from "./values";

export interface Source {
  /** Whether people may decide about facts from the page. */
  editable: boolean;
  overview(limit: number): Promise<Part>;
  search(text: string, limit: number): Promise<{ results: Found[]; total: number }>;
  neighbours(entity: Iri, limit: number): Promise<Neighbours>;
  paths(from: Iri, to: Iri): Promise<Path[]>;
  /** The facts that link entities with each other and with the opening picture of a limit (0: none). */
  links(limit: number, entities: Iri[]): Promise<Fact[]>;
  /** Of any form of query. Rejects with an Error that says what is wrong. */
  query(sparql: string, signal?: AbortSignal): Promise<Answer>;
  /** The result in a format, as its bytes; the names are those of FORMATS. */
  download(sparql: string, format: string): Promise<Blob>;
  /** The whole graph. */
  dump(format: "turtle" | "graphml" | "gexf"): Promise<Blob>;
  decide?(decision: Decision, token: string): Promise<void>;
  decisions?(): Promise<{ iri: Iri; text: string }[]>;
  undo?(decision: Iri, token: string): Promise<void>;
}

/** A statement stands for what its article says; everywhere, for the same fact in all articles. */
export type Decision =
  | { action: "reject"; statement: Iri; everywhere: boolean }
  | { action: "correct"; statement: Iri; everywhere: boolean; relation?: Iri; modality?: string; subject?: Iri; object?: Iri }
  | { action: "merge"; entity: Iri; into: Iri }
  | { action: "split"; entity: Iri };

/** Formats of results: name -> media type and file ending. */
export const FORMATS: Record<string, { type: string; ending: string; of: "table" | "triples" }> = {
  CSV: { type: "text/csv", ending: "csv", of: "table" },
  TSV: { type: "text/tab-separated-values", ending: "tsv", of: "table" },
  JSON: { type: "application/sparql-results+json", ending: "srj", of: "table" },
  XML: { type: "application/sparql-results+xml", ending: "srx", of: "table" },
  Turtle: { type: "text/turtle", ending: "ttl", of: "triples" },
  "N-Triples": { type: "application/n-triples", ending: "nt", of: "triples" },
  "JSON-LD": { type: "application/ld+json", ending: "jsonld", of: "triples" },
};
