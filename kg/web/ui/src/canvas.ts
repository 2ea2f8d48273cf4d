// The picture: what is on show, drawn by sigma. Positions count pixels at scale 1, y downwards, as the server has them.

import { effect, signal } from "@preact/signals";
import Graph from "graphology";
import Sigma from "sigma";
import { colours, drawing } from "./drawing";
import { paths } from "./graph";
import { arrange } from "./layout";
import { nameLayer } from "./name-layer";
import { arrangement, sync } from "./scene";
import { forgetPlaces, go, moved, state } from "./state";
import type { Iri } from "./values";

const MANY = 1500; // lines from which they are not labelled, and left out while the picture moves
const LABELLED = 12; // lines of an entity that are labelled when it is pointed at
const CLICK = 4; // pixels that the pointer may move in a click
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
  drawn(): number; // how often, up to now
  lines(): number;
}

export const picture = signal<Picture | null>(null);

export function mount(box: HTMLElement, worker: Worker | null): () => void {
  const graph = new Graph({ multi: true, type: "directed" });
  const sigma = new Sigma(graph, box, drawing());
  let hovered = "";
  let round = 0; // of layouts asked for
  let drawn = 0;
  sigma.on("afterRender", () => (drawn += 1));

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
  pointAtNothingWhileMoving(sigma);

  const stop = effect(draw);
  const again = effect(() => {
    void state.value;
    lit = near();
    onPath = steps();
    sigma.refresh({ skipIndexation: true });
  });
  const rearrange = () => {
    forgetPlaces(state.value.pinned);
    settle(graph.nodes().filter((iri) => !state.value.pinned.includes(iri)));
  };
  picture.value = { ...controls(sigma, graph, rearrange), drawn: () => drawn, lines: () => graph.size };
  return () => {
    stop();
    again();
    names.remove();
    picture.value = null;
    worker?.terminate();
    sigma.kill();
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

/** What is below the pointer is read from the graphics at each move, which holds up the picture: not while it is moved. */
function pointAtNothingWhileMoving(sigma: Sigma): void {
  const captor = sigma.getMouseCaptor();
  const pointing = captor.listeners("mousemove") as Parameters<typeof captor.on<"mousemove">>[1][];
  captor.on("mousedown", () => captor.removeAllListeners("mousemove"));
  captor.on("mouseup", () => {
    captor.removeAllListeners("mousemove");
    for (const listener of pointing) captor.on("mousemove", listener);
  });
}

function controls(sigma: Sigma, graph: Graph, rearrange: () => void): Omit<Picture, "drawn" | "lines"> {
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
