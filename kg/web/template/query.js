// The page for queries: sends what is written to /sparql, and shows tables, truth values and triples. Whatever comes from
// the graph is shown with textContent, never as HTML. The query stands in the address, so that a link repeats it.
"use strict";

const MOST = 1000; // rows drawn; the downloads hold all

const EXAMPLES = {
  "Dữ kiện và câu nêu ra · Facts and their words":
`SELECT ?subject ?relation ?object ?words ?article WHERE {
  ?st rdf:subject/skos:prefLabel ?subject ; rdf:predicate ?relation ; rdf:object/skos:prefLabel ?object ;
      prov:wasDerivedFrom ?ev .
  ?ev oa:hasSelector/oa:exact ?words ; oa:hasSource/dcterms:identifier ?article .
} ORDER BY ?subject ?relation ?object LIMIT 100`,
  "Ai nói gì · Who says what":
`SELECT ?speaker ?subject ?relation ?object ?modality WHERE {
  ?st prov:wasAttributedTo/skos:prefLabel ?speaker ; kg:modality ?modality ; rdf:predicate ?relation ;
      rdf:subject/skos:prefLabel ?subject ; rdf:object/skos:prefLabel ?object .
} ORDER BY ?speaker ?subject LIMIT 100`,
  "Dự kiến, có thể, phủ nhận · Planned, possible, denied":
`SELECT ?modality ?subject ?relation ?object WHERE {
  ?st kg:modality ?modality ; rdf:predicate ?relation ;
      rdf:subject/skos:prefLabel ?subject ; rdf:object/skos:prefLabel ?object .
  FILTER(?modality != kg:Asserted)
} ORDER BY ?modality ?subject LIMIT 100`,
  "Thực thể có nhiều dữ kiện nhất · Entities with most facts":
`SELECT ?entity ?name (COUNT(?st) AS ?facts) WHERE {
  ?st rdf:subject|rdf:object ?entity . ?entity skos:prefLabel ?name .
} GROUP BY ?entity ?name ORDER BY DESC(?facts) ?name LIMIT 20`,
  "Thực thể theo loại · Entities by type":
`SELECT ?type (COUNT(DISTINCT ?entity) AS ?entities) (SAMPLE(?name) AS ?example) WHERE {
  ?mention kg:refersTo ?entity . ?entity a ?type ; skos:prefLabel ?name .
} GROUP BY ?type ORDER BY DESC(?entities)`,
  "Số dữ kiện theo quan hệ · Facts by relation":
`SELECT ?relation (COUNT(?st) AS ?facts) WHERE {
  ?st rdf:predicate ?relation .
} GROUP BY ?relation ORDER BY DESC(?facts)`,
  "Các bài báo · The articles":
`SELECT ?article ?title ?date WHERE {
  ?a dcterms:identifier ?article .
  OPTIONAL { ?a schema:headline ?title } OPTIONAL { ?a schema:datePublished ?date }
} ORDER BY ?article`,
  "Các bộ ba (Turtle) · The triples (Turtle)":
`CONSTRUCT { ?s ?relation ?o . ?s skos:prefLabel ?name } WHERE {
  ?st rdf:subject ?s ; rdf:predicate ?relation ; rdf:object ?o ; kg:modality kg:Asserted .
  ?s skos:prefLabel ?name .
} LIMIT 200`,
};
const DOWNLOADS = { table: ["csv", "tsv", "json", "xml"], triples: ["turtle", "ntriples", "jsonld", "rdfxml"] };

const byId = (id) => document.getElementById(id);
const prefixes = Object.entries(JSON.parse(document.body.dataset.prefixes));
let running = null;

function make(name, text = "") {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function short(iri) {
  const [name, base] = prefixes.find(([, base]) => iri.startsWith(base)) || [];
  return name ? `${name}:${iri.slice(base.length)}` : iri;
}

function cell(term) {
  const element = make("td", term && (term.type === "uri" ? short(term.value) : term.value));
  element.className = term ? term.type : "unbound";
  element.title = term ? term.value + (term["xml:lang"] ? ` @${term["xml:lang"]}` : "") : "";
  return element;
}

function table(columns, rows) {
  const element = make("table");
  element.append(make("thead"), make("tbody"));
  element.tHead.append(make("tr"));
  element.tHead.rows[0].append(...columns.map((name) => make("th", name)));
  for (const row of rows.slice(0, MOST)) {
    const line = make("tr");
    line.append(...columns.map((name) => cell(row[name])));
    element.tBodies[0].append(line);
  }
  return element;
}

function say(text, kind = "") {
  byId("note").textContent = text;
  byId("note").className = kind;
}

function show(text, isTable) {
  if (!isTable) {
    byId("result").append(make("pre", text));
    return say("");
  }
  const { boolean, head, results } = JSON.parse(text);
  if (boolean !== undefined) return say(boolean ? "đúng · true" : "sai · false");
  const rows = results.bindings, number = rows.length.toLocaleString("vi");
  const cut = rows.length > MOST ? `; hiện ${MOST} dòng đầu · the first ${MOST} are shown` : "";
  byId("result").append(table(head.vars, rows));
  return say(`${number} dòng · rows${cut}`);
}

function offer(query, kind) {
  const links = DOWNLOADS[kind].map((format) => {
    const link = make("a", format);
    link.href = `/sparql?${new URLSearchParams({ format, query })}`;
    link.download = `result.${format}`;
    return link;
  });
  byId("downloads").replaceChildren(...links);
}

async function run() {
  const query = byId("sparql").value;
  if (running) running.abort();
  const mine = (running = new AbortController());
  history.replaceState(null, "", `#${encodeURIComponent(query)}`);
  byId("result").replaceChildren();
  byId("downloads").replaceChildren();
  say("…");
  try {
    const response = await fetch("/sparql", {
      method: "POST", body: query, signal: mine.signal,
      headers: { "Content-Type": "application/sparql-query", Accept: "application/sparql-results+json, text/turtle" },
    });
    const text = await response.text();
    if (!response.ok) return say(text, "error");
    const isTable = response.headers.get("Content-Type").startsWith("application/sparql-results+json");
    offer(query, isTable ? "table" : "triples");
    return show(text, isTable);
  } catch (error) {
    return mine === running ? say(`không có trả lời · no answer: ${error.message}`, "error") : null;
  }
}

byId("examples").append(...Object.keys(EXAMPLES).map((label) => make("option", label)));
byId("examples").addEventListener("change", () => {
  byId("sparql").value = EXAMPLES[byId("examples").value];
  run();
});
document.forms[0].addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
byId("sparql").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
function start() {
  byId("sparql").value = location.hash ? decodeURIComponent(location.hash.slice(1)) : Object.values(EXAMPLES)[0];
  run();
}
addEventListener("hashchange", start); // another link opened in the same tab
start();
