// What the page asks in SPARQL, the same on a server and in a file. Prefixes are declared by both.

import type { Source } from "./source";
import type { Article, Fact, Iri, Modality, Quote, Row } from "./values";

export const BASE = "https://example.org/kg/";
export const ID = `${BASE}id/`;
export const STATEMENT = `${BASE}statement/`;
export const PREFIXES: Record<string, string> = {
  kg: `${BASE}ontology#`,
  id: ID,
  article: `${BASE}article/`,
  m: `${BASE}mention/`,
  st: STATEMENT,
  ev: `${BASE}evidence/`,
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  owl: "http://www.w3.org/2002/07/owl#",
  skos: "http://www.w3.org/2004/02/skos/core#",
  schema: "https://schema.org/",
  dcterms: "http://purl.org/dc/terms/",
  prov: "http://www.w3.org/ns/prov#",
  oa: "http://www.w3.org/ns/oa#",
};

/** A query with the prefixes that it uses and does not declare itself. */
export function declared(query: string): string {
  const used = [...new Set([...query.matchAll(/(?<![\w?$:<"])([a-z]+):(?!\/\/)/g)].map((found) => found[1]!))].sort();
  const missing = used.filter((name) => PREFIXES[name] && !new RegExp(`prefix\\s+${name}:`, "i").test(query));
  return missing.map((name) => `PREFIX ${name}: <${PREFIXES[name]}>\n`).join("") + query;
}

/** The prefix of an IRI and what follows it; "" and the whole where there is none. */
export function parted(iri: Iri): [string, string] {
  const [prefix, start] = Object.entries(PREFIXES).find(([, start]) => iri.startsWith(start)) ?? ["", ""];
  return [prefix, iri.slice(start.length)];
}

/** An IRI in short form, for people. */
export function short(iri: Iri): string {
  const [prefix, rest] = parted(iri);
  return prefix ? `${prefix}:${decoded(rest)}` : iri;
}

export function local(iri: Iri): string {
  return decoded(iri.slice(Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An IRI as SPARQL has it; with a prefix where that needs no escapes, since many of them make a long query. */
export function written(iri: Iri): string {
  const [prefix, rest] = parted(iri);
  return prefix && /^\w[\w-]*$/.test(rest) ? `${prefix}:${rest}` : `<${iri.replace(/[<>"{}|^`\\\s]/g, encodeURIComponent)}>`;
}
const LONGEST = 50_000; // letters of names in a query, of which a server takes 100,000 in all

/** Names in as many parts as it takes, each for a query of its own that has them a number of times. */
function inParts(iris: Iterable<Iri>, times = 1): Iri[][] {
  const parts: Iri[][] = [];
  let left = 0;
  for (const iri of iris) {
    const size = written(iri).length + 1;
    if (left < size) {
      parts.push([]);
      left = LONGEST / times;
    }
    parts.at(-1)!.push(iri);
    left -= size;
  }
  return parts;
}

/** The rows of a query about many things, however many they are. */
async function rowsOf(source: Source, iris: Iterable<Iri>, query: (part: Iri[]) => string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of inParts(iris)) rows.push(...(await source.query(query(part))).rows); // one after the other: others wait
  return rows;
}

const values = (name: string, iris: Iterable<Iri>) => `VALUES ?${name} { ${[...iris].map(written).join(" ")} }`;
const text = (row: Row, name: string) => row[name]?.value ?? "";

export type Vocabulary = Map<Iri, { kind: "class" | "relation"; labels: Record<string, string> }>;

/** Classes and relations with their labels by language. */
export async function vocabulary(source: Source): Promise<Vocabulary> {
  const { rows } = await source.query(`SELECT ?term ?kind ?label { ?term a ?kind . OPTIONAL { ?term rdfs:label ?label }
    VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty } } ORDER BY ?term ?label`);
  const found: Vocabulary = new Map();
  for (const row of rows) {
    const kind = text(row, "kind").endsWith("#Class") ? "class" : "relation";
    const term = found.get(text(row, "term")) ?? { kind, labels: {} };
    term.labels[row.label?.["xml:lang"] ?? ""] ??= text(row, "label");
    found.set(text(row, "term"), term);
  }
  return found;
}

/** The sentences that state facts, in order of article and place. */
export async function quotes(source: Source, statements: Iterable<Iri>): Promise<Quote[]> {
  const { rows } = await source.query(`SELECT ?st ?a ?id ?title ?date ?start ?prefix ?exact ?suffix {
    ${values("st", statements)} ?st prov:wasDerivedFrom ?ev . ?ev oa:hasSource ?a ; oa:hasSelector ?words , ?place .
    ?place oa:start ?start . ?words oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix . ?a dcterms:identifier ?id
    OPTIONAL { ?a schema:headline ?title } OPTIONAL { ?a schema:datePublished ?date } } ORDER BY ?id ?start ?st`);
  return rows.map((row) => ({
    statement: text(row, "st"),
    article: text(row, "a"),
    title: text(row, "title") || text(row, "id"),
    date: text(row, "date"),
    start: Number(text(row, "start")),
    prefix: text(row, "prefix"),
    exact: text(row, "exact"),
    suffix: text(row, "suffix"),
  }));
}

/** An article with the places of all its facts. Rejects where there is none of that name. */
export async function article(source: Source, iri: Iri): Promise<Article> {
  const about = await source.query(`SELECT ?id ?title ?date ?publisher ?url ?text { ${values("a", [iri])}
    ?a dcterms:identifier ?id ; schema:text ?text OPTIONAL { ?a schema:headline ?title }
    OPTIONAL { ?a schema:datePublished ?date } OPTIONAL { ?a schema:publisher ?publisher }
    OPTIONAL { ?a schema:url ?url } }`);
  const [row] = about.rows;
  if (!row) throw new Error(`no article ${iri} in this graph`);
  const spans = await source.query(`SELECT ?st ?start ?end { ${values("a", [iri])} ?ev oa:hasSource ?a .
    ?st prov:wasDerivedFrom ?ev . ?ev oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end } ORDER BY ?start ?end ?st`);
  return {
    iri,
    title: text(row, "title") || text(row, "id"),
    date: text(row, "date"),
    publisher: text(row, "publisher"),
    url: /^https?:/.test(iri) && !iri.startsWith(BASE) ? iri : text(row, "url"),
    text: text(row, "text"),
    spans: spans.rows.map((r) => ({ start: Number(text(r, "start")), end: Number(text(r, "end")), statement: text(r, "st") })),
  };
}

export interface Details {
  types: Iri[];
  aliases: string[];
  broader: Iri[];
  articles: { iri: Iri; title: string; date: string }[];
}

/** What is known of an entity besides its facts. */
export async function details(source: Source, entity: Iri): Promise<Details> {
  const { rows } = await source.query(`SELECT DISTINCT ?kind ?value ?title ?date { ${values("e", [entity])} {
    ?e a ?value BIND("type" AS ?kind) } UNION { ?e skos:altLabel ?value BIND("alias" AS ?kind) } UNION {
    ?e skos:broader ?value BIND("broader" AS ?kind) } UNION { ?m kg:refersTo ?e ; kg:inArticle ?value .
    ?value dcterms:identifier ?id BIND("article" AS ?kind) OPTIONAL { ?value schema:headline ?head }
    OPTIONAL { ?value schema:datePublished ?date } BIND(COALESCE(?head, ?id) AS ?title) } } ORDER BY ?kind ?date ?value`);
  const of = (kind: string) => rows.filter((row) => text(row, "kind") === kind);
  return {
    types: of("type").map((row) => text(row, "value")),
    aliases: of("alias").map((row) => text(row, "value")),
    broader: of("broader").map((row) => text(row, "value")),
    articles: of("article").map((row) => ({ iri: text(row, "value"), title: text(row, "title"), date: text(row, "date") })),
  };
}

/** Names of entities, articles and speakers; those without one are left out. */
export async function labels(source: Source, iris: Iterable<Iri>): Promise<Map<Iri, string>> {
  const rows = await rowsOf(source, iris, (part) => `SELECT ?x (MIN(?name) AS ?label) { ${values("x", part)}
    { ?x skos:prefLabel ?name } UNION { ?x schema:headline ?name } UNION {
    ?x dcterms:identifier ?name FILTER NOT EXISTS { ?x schema:headline ?h } } } GROUP BY ?x`);
  return new Map(rows.map((row) => [text(row, "x"), text(row, "label")]));
}

/** A query for facts, those of what is given; that has to come first, or Oxigraph looks at all. */
const factsQuery = (given: string) => `SELECT ?st ?s ?p ?o ?modality ?confidence ?speaker ?date ?a { ${given}
  ?st rdf:subject ?s ; rdf:predicate ?p ; kg:objectMention ?m ; kg:modality ?modality ; kg:confidence ?confidence .
  ?m kg:refersTo ?o ; kg:inArticle ?a OPTIONAL { ?st prov:wasAttributedTo ?speaker }
  OPTIONAL { ?st schema:temporalCoverage ?date } } ORDER BY ?st`;

export const MOST = 60; // facts behind a row of a result

/** The facts between entities; of one entity all its facts; only those of certain relations, if any are named. */
export async function factsBetween(source: Source, entities: Iri[], relations: Iri[] = []): Promise<Iri[]> {
  const [only, more] = [values("s", entities), values("o", entities)];
  const kinds = relations.length ? values("p", relations) : "";
  const linked = "?st rdf:subject ?s ; rdf:predicate ?p ; kg:objectMention ?m ; kg:confidence ?c . ?m kg:refersTo ?o";
  const given = entities.length > 1 ? [`${only} ${more}`] : [only, more];
  const asked = given.map((ends) => `{ ${kinds} ${ends} ${linked} }`).join(" UNION ");
  const { rows } = await source.query(`SELECT DISTINCT ?st { ${asked} } ORDER BY DESC(?c) ?st LIMIT ${MOST}`);
  return rows.map((row) => text(row, "st"));
}

/** The facts that a sentence states. */
export async function factsOfEvidence(source: Source, evidence: Iri[]): Promise<Iri[]> {
  const { rows } = await source.query(`SELECT DISTINCT ?st { ${values("ev", evidence)}
    ?st prov:wasDerivedFrom ?ev } ORDER BY ?st LIMIT ${MOST}`);
  return rows.map((row) => text(row, "st"));
}

/** Facts by the IRIs of their statements, as far as they are in the graph. */
export async function facts(source: Source, statements: Iterable<Iri>): Promise<Fact[]> {
  const rows = await rowsOf(source, statements, (part) => factsQuery(values("st", part)));
  return rows.map(factOf);
}

/** All facts that link the same two in the same way, whoever says so and how. */
export async function sameFacts(source: Source, { s, p, o }: Fact): Promise<Fact[]> {
  const { rows } = await source.query(factsQuery(`VALUES (?s ?p ?o) { (${[s, p, o].map(written).join(" ")}) }`));
  return rows.map(factOf);
}

/** All facts, and all entities with their names: for a page that has the whole graph. */
export async function everything(source: Pick<Source, "query">) {
  const [said, things] = await Promise.all([
    source.query(factsQuery("")),
    source.query(`SELECT ?e (MIN(?name) AS ?label) (MIN(STR(?kind)) AS ?type) (GROUP_CONCAT(DISTINCT ?alias; separator="\\n") AS ?aliases) {
      { SELECT DISTINCT ?e { ?m kg:refersTo ?e } } ?e skos:prefLabel ?name ; a ?kind
      OPTIONAL { ?e skos:altLabel ?alias } } GROUP BY ?e ORDER BY ?e`),
  ]);
  const entities = things.rows.map((row) => ({
    iri: text(row, "e"),
    label: text(row, "label"),
    type: text(row, "type"),
    aliases: text(row, "aliases").split("\n").filter(Boolean),
  }));
  return { facts: said.rows.map(factOf), entities };
}

function factOf(row: Row): Fact {
  return {
    iri: text(row, "st"),
    s: text(row, "s"),
    p: text(row, "p"),
    o: text(row, "o"),
    modality: local(text(row, "modality")).toLowerCase() as Modality,
    confidence: Number(text(row, "confidence")),
    speaker: text(row, "speaker"),
    date: text(row, "date"),
    article: text(row, "a"),
  };
}

/** Facts with their sentences and the names of entities, as Turtle: documents one after the other are one. */
export async function turtle(source: Source, statements: Iterable<Iri>): Promise<Blob> {
  const documents: Blob[] = [];
  for (const part of inParts(statements, SAYINGS.length)) {
    const said = SAYINGS.map((saying) => `{ ${values("st", part)} ${saying} }`).join(" UNION ");
    const query = `CONSTRUCT { ?st ?p ?o . ?ev ?evp ?evo . ?sel ?selp ?selo . ?e a ?type ; skos:prefLabel ?label . ?s ?r ?v } { ${said} }`;
    documents.push(await source.download(query, "Turtle"));
  }
  return new Blob(documents.flatMap((document) => [document, "\n"]));
}

const SAYINGS = [ // what is said of a fact
  "?st ?p ?o",
  "?st prov:wasDerivedFrom ?ev . ?ev ?evp ?evo",
  "?st prov:wasDerivedFrom/oa:hasSelector ?sel . ?sel ?selp ?selo",
  "?st rdf:subject|rdf:object|prov:wasAttributedTo ?e . ?e a ?type ; skos:prefLabel ?label",
  "?st rdf:subject ?s ; rdf:predicate ?r ; rdf:object ?v ; kg:modality kg:Asserted",
];
