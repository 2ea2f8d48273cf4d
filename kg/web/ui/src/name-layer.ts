// Names on the picture: sigma's own labels cover each other.

import type Graph from "graphology";
import type Sigma from "sigma";
import { colours, FONT } from "./drawing";
import { state } from "./state";
import type { Iri } from "./values";

const NAME = 13; // pixels, of names
const CELL = 6; // pixels, in which it is counted what names cover

/** Names below their nodes, the most important first; one that would cover another is left out until there is room. */
export function nameLayer(
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
    const named: Named[] = [];
    graph.forEachNode((iri, { label, x, y, size }) => {
      if (shown && !shown.has(iri)) return;
      const at = sigma.graphToViewport({ x, y });
      if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) return;
      const forced = iri === state.value.selected || iri === hovered;
      named.push({ label, forced, weight: (important.has(iri) ? 1e6 : 0) + size, size: sigma.scaleSize(size), ...at });
    });
    named.sort((a, b) => b.weight - a.weight);
    write(paper, named);
  });
  return layer;
}

interface Named {
  label: string;
  size: number;
  x: number;
  y: number;
  weight: number;
  forced: boolean;
}

const widths = new Map<string, number>(); // of names, which take longer to measure than to write

function write(paper: CanvasRenderingContext2D, nodes: readonly Named[]): void {
  const { ink, halo } = colours();
  const taken = new Set<number>(); // cells that more important nodes and their names cover
  paper.font = `${NAME}px ${FONT}`;
  paper.textAlign = "center";
  paper.lineWidth = 4;
  paper.lineJoin = "round";
  paper.strokeStyle = halo;
  paper.fillStyle = ink;
  for (const { label, x, y, size, forced } of nodes) {
    const half = (widths.get(label) ?? widths.set(label, paper.measureText(label).width).get(label)!) / 2;
    const top = y + size + 2;
    const cells = cellsOf(x - half, x + half, top, top + NAME);
    if (label !== "" && (forced || !cells.some((cell) => taken.has(cell)))) {
      for (const cell of cells) taken.add(cell);
      paper.strokeText(label, x, top + NAME);
      paper.fillText(label, x, top + NAME);
    }
    for (const cell of cellsOf(x - size, x + size, y - size, y + size)) taken.add(cell);
  }
}

function cellsOf(left: number, right: number, top: number, bottom: number): number[] {
  const cells = [];
  for (let x = Math.floor(left / CELL); x <= right / CELL; x++) {
    for (let y = Math.floor(top / CELL); y <= bottom / CELL; y++) cells.push(x * 1e5 + y);
  }
  return cells;
}
