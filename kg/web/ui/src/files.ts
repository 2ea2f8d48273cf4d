// Graphs as files of other programs; and how a file reaches the person.

import Graph from "graphology";
import * as gexf from "graphology-gexf";
import { named } from "./graph";
import { local } from "./queries";
import type { Entity, Fact, Iri } from "./values";

// XML 1.0 has no way to write these
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Entities and the facts between them in a format; ``label`` names speakers. */
export function drawn(format: keyof typeof WRITERS, entities: readonly Entity[], facts: readonly Fact[], label: (iri: Iri) => string): Blob {
  const graph = new Graph({ multi: true, type: "directed" });
  const clean = (text: string) => text.replace(CONTROL, " ");
  for (const { iri, label, type, degree } of entities) graph.addNode(iri, { label: clean(label), type: local(type), degree });
  for (const fact of facts) {
    graph.addDirectedEdgeWithKey(fact.iri, fact.s, fact.o, {
      label: named(fact.p),
      relation: local(fact.p),
      modality: fact.modality,
      confidence: fact.confidence,
      speaker: fact.speaker && clean(label(fact.speaker)),
      date: fact.date,
      article: fact.article,
    });
  }
  return new Blob([WRITERS[format](graph)], { type: "application/xml" });
}

const WRITERS = { gexf: (graph: Graph) => gexf.write(graph), graphml };

/** GraphML (http://graphml.graphdrawing.org): every attribute is declared once, numbers as numbers. */
function graphml(graph: Graph): string {
  const of = { node: graph.mapNodes((_, data) => data), edge: graph.mapEdges((_, data) => data) };
  const keys = Object.entries(of).flatMap(([kind, all]) =>
    Object.entries(all[0] ?? {}).map(([name, value]) => {
      const type = typeof value === "number" ? "double" : "string";
      return `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${type}"/>`;
    }),
  );
  const data = (kind: string, values: object) =>
    Object.entries(values).map(([name, value]) => `<data key="${kind}-${name}">${escaped(String(value))}</data>`).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${keys.join("\n")}
<graph edgedefault="directed">
${graph.mapNodes((iri, values) => `<node id="${escaped(iri)}">${data("node", values)}</node>`).join("\n")}
${graph.mapEdges((iri, values, s, o) => `<edge id="${escaped(iri)}" source="${escaped(s)}" target="${escaped(o)}">${data("edge", values)}</edge>`).join("\n")}
</graph>
</graphml>
`;
}

const SIGNS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => SIGNS[sign]!);

