// What is on show -> nodes and lines with their looks and places, for sigma. Its y points upwards, ours downwards.

import type Graph from "graphology";
import { type Line, lines, named, visible } from "./graph";
import type { Arrangement } from "./layout";
import { colourOf, modalityColour } from "./palette";
import { places } from "./state";
import type { Entity, Iri } from "./values";
import { count, t } from "./words";

/** Make the graph what is on show, nodes at a scale; gives the entities that have no place yet. */
export function sync(graph: Graph, scale: number): Iri[] {
  const { entities } = visible.value;
  const there = new Set(entities.map((entity) => entity.iri));
  const most = entities[0]?.degree ?? 0;
  for (const iri of graph.nodes()) if (!there.has(iri)) graph.dropNode(iri);
  const arrivals: Entity[] = [];
  for (const entity of entities) {
    const look = { label: shortened(entity.label), size: size(entity, most) * scale, color: colourOf(entity), zIndex: 1 };
    const place = places.value.get(entity.iri) ?? (entity.x === undefined ? undefined : ([entity.x, entity.y!] as const));
    if (!place) arrivals.push(entity); // also one that is drawn already: the address shall tell all places
    const at = place ? { x: place[0], y: -place[1] } : graph.hasNode(entity.iri) ? {} : { x: 0, y: 0 };
    graph.mergeNode(entity.iri, { ...look, ...at });
  }
  const wanted = new Map(lines.value.map((line) => [line.key, line]));
  for (const key of graph.edges()) if (!wanted.has(key)) graph.dropEdge(key);
  const beside = new Map<string, number>();
  for (const [key, line] of wanted) draw(graph, key, line, beside);
  arrivals.forEach((entity, index) => {
    const { x, y } = graph.getNodeAttributes(entity.iri);
    if (!x && !y) graph.mergeNode(entity.iri, beginning(graph, entity.iri, index));
  });
  return arrivals.map((entity) => entity.iri);
}

function draw(graph: Graph, key: string, line: Line, beside: Map<string, number>): void {
  const [fact] = line.facts;
  if (!fact || !graph.hasNode(fact.s) || !graph.hasNode(fact.o)) return;
  const pair = fact.s < fact.o ? `${fact.s}|${fact.o}` : `${fact.o}|${fact.s}`;
  const number = beside.get(pair) ?? 0;
  beside.set(pair, number + 1);
  const way = (number % 2 ? -1 : 1) * (fact.s < fact.o ? 1 : -1);
  const curvature = way * 0.22 * Math.ceil(number / 2);
  const look = {
    facts: line.facts.map((one) => one.iri),
    label: new Set(line.facts.map((one) => one.p)).size > 1 ? `${count(line.facts.length)} ${t("facts")}` : named(fact.p),
    size: 1.3 + Math.log2(line.facts.length) * 0.7,
    color: modalityColour(fact.modality),
    type: fact.s === fact.o || number ? "curved" : "arrow",
    curvature: fact.s === fact.o ? 0.9 : curvature,
  };
  if (graph.hasEdge(key)) graph.mergeEdgeAttributes(key, look);
  else graph.addDirectedEdgeWithKey(key, fact.s, fact.o, look);
}

/** The area of a node grows with its facts, in proportion to the most linked one on show. */
const size = (entity: Entity, most: number) => 4 + 11 * Math.sqrt(entity.degree / Math.max(most, 25));
const shortened = (label: string) => (label.length > 34 ? `${label.slice(0, 33)}…` : label);

/** Where an entity without a place begins: around the middle of those that it is linked to. */
function beginning(graph: Graph, iri: Iri, index: number): { x: number; y: number } {
  const known = graph.neighbors(iri).map((one) => graph.getNodeAttributes(one)).filter(({ x, y }) => x || y);
  const mean = (axis: "x" | "y") => known.reduce((sum, one) => sum + one[axis], 0) / (known.length || 1);
  const turn = index * 2.39996; // the golden angle
  const far = 60 + 14 * Math.sqrt(index);
  return { x: mean("x") + far * Math.cos(turn), y: mean("y") + far * Math.sin(turn) };
}

export function arrangement(graph: Graph, free: ReadonlySet<Iri>): Arrangement {
  const index = new Map(graph.nodes().map((iri, number) => [iri, number]));
  return {
    nodes: graph.mapNodes((iri, { x, y, size }) => ({ x, y: -y, size: size + 10, fixed: !free.has(iri) })),
    edges: graph.mapEdges((_, __, source, target): [number, number] => [index.get(source)!, index.get(target)!]),
  };
}
