// The picture: what is on show, drawn by sigma. Positions count pixels at scale 1, y downwards, as the server has them.

import { EdgeCurvedArrowProgram } from "@sigma/edge-curve";
import { effect, signal } from "@preact/signals";
import Graph from "graphology";
import Sigma from "sigma";
import { EdgeArrowProgram } from "sigma/rendering";
import type { Settings } from "sigma/settings";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { type Line, lines, named, paths, visible } from "./graph";
import { arrange, type Arrangement } from "./layout";
import { colourOf, dark, modalityColour } from "./palette";
import { forgetPlaces, go, moved, places, state } from "./state";
import type { Entity, Iri } from "./values";
import { count, t } from "./words";

const MANY = 1500; // lines from which they are left out while the picture moves, and not labelled
const LABELLED = 12; // lines of an entity that are labelled when it is pointed at
const CLICK = 4; // pixels that the pointer may move in a click
const FONT = "system-ui, 'Noto Sans', sans-serif";
const NAME = 13; // pixels, of names
const CELL = 6; // pixels, in which it is counted what names cover
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** What the keyboard and the buttons do to the picture that is there. */
export interface Picture {
  zoom(factor: number): void;
  pan(x: number, y: number): void;
  fit(): void;
  rearrange(): void;
  image(): Promise<Blob>;
  place(iri: Iri): { x: number; y: number } | undefined;
  middle(key: string): { x: number; y: number } | undefined;
}

export const picture = signal<Picture | null>(null);

export function mount(box: HTMLElement, worker: Worker | null): () => void {
  const graph = new Graph({ multi: true, type: "directed" });
  const sigma = new Sigma(graph, box, drawing());
  let hovered = "";
  let round = 0; // of layouts asked for

  const draw = () => {
    const arrivals = sync(graph, Math.min(Math.max(box.clientWidth / 900, 0.5), 1));
    const many = graph.size > MANY;
    sigma.setSettings({ hideEdgesOnMove: many, renderEdgeLabels: !many, edgeLabelColor: { color: colours().edge } });
    if (arrivals.length) settle(arrivals);
  };

  function settle(free: Iri[]): void {
    const number = ++round;
    const names = graph.nodes();
    const asked = arrangement(graph, new Set(free));
    const take = (found: [number, number][]) => {
      if (number !== round) return;
      moved(names.flatMap((iri, index): [Iri, [number, number]][] => (asked.nodes[index]!.fixed ? [] : [[iri, found[index]!]])));
    };
    if (!worker) return take(arrange(asked));
    worker.onmessage = ({ data }) => data.number === number && take(data.places);
    worker.postMessage({ number, asked });
  }

  const names = nameLayer(sigma, graph, box, () => [hovered, lit] as const);
  const near = () => {
    if (graph.hasNode(hovered)) return new Set([hovered, ...graph.neighbors(hovered)]);
    return paths.value.length ? new Set(paths.value.flatMap((path) => path.entities)) : null;
  };
  const steps = () => new Set(paths.value.flatMap((path) => path.hops.flat().map((fact) => fact.iri)));
  let onPath = steps();
  const few = (iri: Iri) => graph.hasNode(iri) && graph.degree(iri) <= LABELLED;
  let lit = near();
  sigma.setSetting("nodeReducer", (iri, data) => {
    const { selected, pinned, path } = state.value;
    const special = iri === selected || path.includes(iri);
    const faded = lit && !lit.has(iri);
    return {
      ...data,
      highlighted: special || pinned.includes(iri),
      color: faded ? colours().faded : data.color,
      zIndex: faded ? 0 : 1,
    };
  });
  sigma.setSetting("edgeReducer", (key, data) => {
    const { selected } = state.value;
    const of = (iri: Iri) => graph.source(key) === iri || graph.target(key) === iri;
    const named = { ...data, forceLabel: true, zIndex: 1 };
    const nameless = { ...data, label: "" }; // else sigma names all lines of what is highlighted
    if (data.facts.includes(selected)) return { ...named, size: data.size + 2.5, color: colours().chosen, zIndex: 2 };
    if (onPath.has(data.facts[0])) return { ...named, size: data.size + 1.5 };
    if (of(hovered) || (!lit && of(selected))) return few(hovered || selected) ? named : nameless;
    return lit ? { ...nameless, color: colours().faded, zIndex: 0 } : nameless;
  });

  const hover = (iri: Iri) => {
    hovered = iri;
    lit = near();
    box.style.cursor = iri ? "pointer" : "";
    sigma.refresh({ skipIndexation: true });
  };
  sigma.on("enterNode", ({ node }) => hover(node));
  sigma.on("leaveNode", () => hover(""));
  sigma.on("enterEdge", () => (box.style.cursor = "pointer"));
  sigma.on("leaveEdge", () => (box.style.cursor = ""));
  sigma.on("clickEdge", ({ edge }) => go({ selected: graph.getEdgeAttribute(edge, "facts")[0] }));
  sigma.on("clickStage", () => state.value.selected && go({ selected: "" }));
  dragging(sigma, graph, box);

  const stop = effect(draw);
  const again = effect(() => {
    void state.value;
    lit = near();
    onPath = steps();
    sigma.refresh({ skipIndexation: true });
  });
  picture.value = controls(sigma, graph, () => {
    forgetPlaces();
    settle(graph.nodes().filter((iri) => !state.value.pinned.includes(iri)));
  });
  return () => {
    stop();
    again();
    names.remove();
    picture.value = null;
    sigma.kill();
  };
}

/** Make the graph what is on show, nodes at a scale; gives the entities that have no place yet. */
function sync(graph: Graph, scale: number): Iri[] {
  const { entities } = visible.value;
  const there = new Set(entities.map((entity) => entity.iri));
  const most = entities[0]?.degree ?? 0;
  for (const iri of graph.nodes()) if (!there.has(iri)) graph.dropNode(iri);
  const arrivals: Entity[] = [];
  for (const entity of entities) {
    const look = { label: shortened(entity.label), size: size(entity, most) * scale, color: colourOf(entity), zIndex: 1 };
    const place = places.value.get(entity.iri) ?? (entity.x === undefined ? undefined : ([entity.x, entity.y!] as const));
    if (!place && !graph.hasNode(entity.iri)) arrivals.push(entity);
    const at = place ? { x: place[0], y: -place[1] } : graph.hasNode(entity.iri) ? {} : { x: 0, y: 0 };
    graph.mergeNode(entity.iri, { ...look, ...at });
  }
  const wanted = new Map(lines.value.map((line) => [line.key, line]));
  for (const key of graph.edges()) if (!wanted.has(key)) graph.dropEdge(key);
  const beside = new Map<string, number>();
  for (const [key, line] of wanted) draw(graph, key, line, beside);
  arrivals.forEach((entity, index) => graph.mergeNode(entity.iri, beginning(graph, entity.iri, index)));
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

function arrangement(graph: Graph, free: ReadonlySet<Iri>): Arrangement {
  const index = new Map(graph.nodes().map((iri, number) => [iri, number]));
  return {
    nodes: graph.mapNodes((iri, { x, y, size }) => ({ x, y: -y, size: size + 10, fixed: !free.has(iri) })),
    edges: graph.mapEdges((_, __, source, target): [number, number] => [index.get(source)!, index.get(target)!]),
  };
}

/** Entities follow the pointer; a press that does not move is a click. */
function dragging(sigma: Sigma, graph: Graph, box: HTMLElement): void {
  let held = "";
  let from = { x: 0, y: 0 };
  let way = 0; // pixels
  sigma.on("downNode", ({ node, event, preventSigmaDefault }) => {
    held = node;
    from = { x: event.x, y: event.y };
    way = 0;
    preventSigmaDefault();
    if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
  });
  sigma.on("moveBody", ({ event, preventSigmaDefault }) => {
    if (!held) return;
    way = Math.max(way, Math.hypot(event.x - from.x, event.y - from.y));
    if (way < CLICK) return;
    graph.mergeNodeAttributes(held, sigma.viewportToGraph(event));
    preventSigmaDefault();
  });
  const release = () => {
    const iri = held;
    held = "";
    if (!iri) return;
    if (way < CLICK) return go({ selected: iri });
    const { x, y } = graph.getNodeAttributes(iri);
    moved([[iri, [Math.round(x), Math.round(-y)]]]);
  };
  sigma.on("upNode", release);
  sigma.on("upStage", release);
  box.addEventListener("mouseleave", release);
}

function controls(sigma: Sigma, graph: Graph, rearrange: () => void): Picture {
  const camera = sigma.getCamera();
  const move = (to: object) => void camera.animate(to, { duration: still.matches ? 0 : 200 });
  return {
    zoom: (factor) => move({ ratio: camera.ratio / factor }),
    pan: (x, y) => move({ x: camera.x + x * 0.1 * camera.ratio, y: camera.y + y * 0.1 * camera.ratio }),
    fit: () => {
      sigma.setCustomBBox(null);
      sigma.refresh();
      move({ x: 0.5, y: 0.5, ratio: 1 });
    },
    rearrange: () => {
      sigma.setCustomBBox(null);
      rearrange();
    },
    image: () => imageOf(sigma),
    place: (iri) => (graph.hasNode(iri) ? sigma.graphToViewport(graph.getNodeAttributes(iri) as { x: number; y: number }) : undefined),
    middle: (statement) => {
      const key = graph.findEdge((_, { facts }) => facts.includes(statement));
      if (!key) return undefined;
      const [one, other] = graph.extremities(key).map((iri) => sigma.graphToViewport(graph.getNodeAttributes(iri) as { x: number; y: number }));
      const { curvature } = graph.getEdgeAttributes(key);
      return {
        x: (one!.x + other!.x) / 2 + (curvature * (other!.y - one!.y)) / 2,
        y: (one!.y + other!.y) / 2 - (curvature * (other!.x - one!.x)) / 2,
      };
    },
  };
}

async function imageOf(sigma: Sigma): Promise<Blob> {
  sigma.refresh();
  const { width, height } = sigma.getDimensions();
  const canvas = document.createElement("canvas");
  const ratio = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  const paper = canvas.getContext("2d")!;
  paper.fillStyle = colours().paper;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  const layers = sigma.getCanvases();
  for (const name of ["edges", "edgeLabels", "nodes"]) if (layers[name]) paper.drawImage(layers[name], 0, 0);
  const names = sigma.getContainer().querySelector<HTMLCanvasElement>("canvas.names");
  if (names) paper.drawImage(names, 0, 0);
  return new Promise((done) => canvas.toBlob((blob) => done(blob!), "image/png"));
}

function colours() {
  return dark.value
    ? { paper: "#14181d", ink: "#e6e9ed", halo: "#14181d", faded: "#2a3037", chosen: "#ffd166", edge: "#aab4c0" }
    : { paper: "#fbfbfa", ink: "#1d2430", halo: "#ffffff", faded: "#e4e6e8", chosen: "#d9480f", edge: "#5b6673" };
}

/** How graphs are drawn. */
export function drawing(): Partial<Settings> {
  return {
    allowInvalidContainer: true,
    renderEdgeLabels: true,
    enableEdgeEvents: true,
    defaultEdgeType: "arrow",
    edgeProgramClasses: { arrow: EdgeArrowProgram, curved: EdgeCurvedArrowProgram },
    labelFont: FONT,
    renderLabels: false, // see nameLayer
    edgeLabelFont: FONT,
    edgeLabelSize: 11,
    edgeLabelColor: { color: "#5b6673" },
    zIndex: true,
    minCameraRatio: 0.05,
    maxCameraRatio: 4,
    stagePadding: 60,
    defaultDrawNodeHover: hoverLabel,
  };
}

type Drawn = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

/** A ring around what is selected, pinned or under the pointer. */
function hoverLabel(paper: CanvasRenderingContext2D, data: Drawn): void {
  paper.beginPath();
  paper.arc(data.x, data.y, data.size + 3, 0, Math.PI * 2);
  paper.strokeStyle = colours().chosen;
  paper.lineWidth = 3;
  paper.stroke();
}

/** Names below their nodes, the most important first; one that would cover another is left out until there is room. */
function nameLayer(
  sigma: Sigma,
  graph: Graph,
  box: HTMLElement,
  pointed: () => readonly [Iri, ReadonlySet<Iri> | null],
): HTMLCanvasElement {
  const layer = document.createElement("canvas");
  layer.className = "names";
  box.append(layer);
  sigma.on("afterRender", () => {
    const { width, height } = sigma.getDimensions();
    const ratio = window.devicePixelRatio || 1;
    if (layer.width !== width * ratio || layer.height !== height * ratio) {
      [layer.width, layer.height] = [width * ratio, height * ratio];
    }
    const paper = layer.getContext("2d")!;
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    paper.clearRect(0, 0, width, height);
    const [hovered, shown] = pointed();
    const important = new Set([state.value.selected, ...state.value.path, ...(shown ?? [])]);
    const nodes = graph.nodes().filter((iri) => !shown || shown.has(iri));
    const weight = (iri: Iri) => (important.has(iri) ? 1e6 : 0) + graph.getNodeAttribute(iri, "size");
    nodes.sort((a, b) => weight(b) - weight(a));
    const named = nodes.map((iri): Named => {
      const { label, x, y } = graph.getNodeAttributes(iri);
      const size = sigma.scaleSize(sigma.getNodeDisplayData(iri)!.size);
      return { label, size, forced: iri === state.value.selected || iri === hovered, ...sigma.graphToViewport({ x, y }) };
    });
    write(paper, named, width, height);
  });
  return layer;
}

interface Named {
  label: string;
  size: number;
  x: number;
  y: number;
  forced: boolean;
}

function write(paper: CanvasRenderingContext2D, nodes: readonly Named[], width: number, height: number): void {
  const { ink, halo } = colours();
  const taken = new Set<string>(); // cells that more important nodes and their names cover
  paper.font = `${NAME}px ${FONT}`;
  paper.textAlign = "center";
  paper.lineWidth = 4;
  paper.lineJoin = "round";
  paper.strokeStyle = halo;
  paper.fillStyle = ink;
  for (const { label, x, y, size, forced } of nodes) {
    const half = paper.measureText(label).width / 2;
    const top = y + size + 2;
    const inside = label !== "" && x >= 0 && y >= 0 && x <= width && y <= height;
    const cells = cellsOf(x - half, x + half, top, top + NAME);
    if (inside && (forced || !cells.some((cell) => taken.has(cell)))) {
      for (const cell of cells) taken.add(cell);
      paper.strokeText(label, x, top + NAME);
      paper.fillText(label, x, top + NAME);
    }
    for (const cell of cellsOf(x - size, x + size, y - size, y + size)) taken.add(cell);
  }
}

function cellsOf(left: number, right: number, top: number, bottom: number): string[] {
  const cells = [];
  for (let x = Math.floor(left / CELL); x <= right / CELL; x++) {
    for (let y = Math.floor(top / CELL); y <= bottom / CELL; y++) cells.push(`${x} ${y}`);
  }
  return cells;
}
