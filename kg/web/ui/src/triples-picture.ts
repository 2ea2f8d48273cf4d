// Triples as a small graph: things and values are nodes, a click on a line gives its triple.

import Graph from "graphology";
import Sigma from "sigma";
import { drawing } from "./drawing";
import { labelOf, named, names } from "./graph";
import { arrange } from "./layout";
import { nameLayer } from "./name-layer";
import { classColour } from "./palette";
import { ID, short } from "./queries";
import type { Term } from "./values";

export const MOST = 600; // triples in the picture

export function drawTriples(box: HTMLElement, triples: [Term, Term, Term][], open: (triple: [Term, Term, Term]) => void): () => void {
  const graph = new Graph({ multi: true, type: "directed" });
  const node = (term: Term) => {
    const key = `${term.type} ${term.value}`;
    const label = term.type !== "uri" ? term.value : term.value.startsWith(ID) ? labelOf(term.value) : short(term.value);
    const colour = classColour(term.type === "uri" ? term.value.startsWith(ID) ? "#Organization" : "#Concept" : "#Literal");
    graph.mergeNode(key, { label: label.length > 40 ? `${label.slice(0, 39)}…` : label, size: 6, color: colour, x: 0, y: 0 });
    return key;
  };
  for (const triple of triples.slice(0, MOST)) {
    const label = names.value.has(triple[1].value) ? named(triple[1].value) : short(triple[1].value);
    graph.addDirectedEdge(node(triple[0]), node(triple[2]), { label, triple, size: 1.5, type: "arrow", color: "#8a95a3" });
  }
  const order = graph.nodes();
  const nodes = order.map((_, n) => ({ x: 100 * Math.cos(n * 2.4) * Math.sqrt(n), y: 100 * Math.sin(n * 2.4) * Math.sqrt(n), size: 16, fixed: false }));
  const edges = graph.mapEdges((_, __, from, to): [number, number] => [order.indexOf(from), order.indexOf(to)]);
  arrange({ nodes, edges }).forEach(([x, y], index) => graph.mergeNodeAttributes(order[index]!, { x, y }));
  const sigma = new Sigma(graph, box, drawing());
  nameLayer(sigma, graph, box, () => ["", null]);
  sigma.refresh(); // it was drawn before there was a layer for names
  sigma.on("clickEdge", ({ edge }) => open(graph.getEdgeAttribute(edge, "triple")));
  return () => {
    sigma.kill();
    box.replaceChildren();
  };
}
