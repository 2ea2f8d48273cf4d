// What the page is about: entities, facts, the sentences that state them. IRIs are whole.

export type Iri = string;
export const MODALITIES = ["asserted", "planned", "possible", "denied"] as const;
export type Modality = (typeof MODALITIES)[number];

export interface Entity {
  iri: Iri;
  label: string;
  type: Iri;
  degree: number; // number of its facts in the whole graph
  community?: number;
  x?: number;
  y?: number;
}

export interface Fact {
  iri: Iri; // of its statement
  s: Iri;
  p: Iri;
  o: Iri;
  modality: Modality;
  confidence: number;
  speaker: Iri; // "" where the article itself says it
  date: string; // ISO 8601 of any precision, or ""
  article: Iri;
}

export interface Quote {
  statement: Iri;
  article: Iri;
  title: string;
  date: string;
  start: number; // of exact, code points in the article's text
  prefix: string; // prefix + exact + suffix is the sentence
  exact: string;
  suffix: string;
}

export interface Article {
  iri: Iri;
  title: string;
  date: string;
  publisher: string;
  url: string;
  text: string;
  spans: { start: number; end: number; statement: Iri }[]; // code points
}

export interface Part {
  entities: Entity[];
  facts: Fact[];
  total: { entities: number; facts: number };
}

export interface Group {
  relation: Iri;
  direction: "out" | "in";
  count: number; // in the whole graph; facts may be fewer
  facts: Fact[];
  entities: Entity[];
}

export interface Neighbours {
  entity: Entity;
  groups: Group[];
  total: number;
}

export interface Found {
  iri: Iri;
  label: string;
  type: Iri;
  degree: number;
  matched: string;
}

export interface Path {
  entities: Iri[];
  hops: Fact[][];
}

export interface Term {
  type: "uri" | "literal" | "bnode";
  value: string;
  datatype?: Iri;
  "xml:lang"?: string;
}

export type Row = Record<string, Term | undefined>;

/** What a query gives. `triples` are those of CONSTRUCT and DESCRIBE. */
export interface Answer {
  variables: string[];
  rows: Row[];
  truth?: boolean;
  triples?: [Term, Term, Term][];
}
