// Where entities go: forces between them (ForceAtlas2), then what overlaps is pushed apart. Runs in a worker.

import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import noverlap from "graphology-layout-noverlap";

export interface Arrangement {
  nodes: { x: number; y: number; size: number; fixed: boolean }[];
  edges: [number, number][];
}

const EDGE = 110; // the middle length of a link, in pixels at scale 1

export function arrange({ nodes, edges }: Arrangement): [number, number][] {
  const graph = new Graph({ type: "undirected" });
  nodes.forEach((node, index) => graph.addNode(index, { ...node }));
  for (const [one, other] of edges) if (one !== other) graph.mergeEdge(one, other, { weight: 1 });
  const free = nodes.every((node) => !node.fixed);
  const iterations = nodes.length > 800 ? 150 : 400;
  const settings = { ...forceAtlas2.inferSettings(graph), adjustSizes: false, scalingRatio: free ? 10 : 600, gravity: free ? 1 : 0.05, slowDown: 4 };
  forceAtlas2.assign(graph, { iterations, settings });
  if (free) scale(graph);
  const boxes = { margin: 8, ratio: 1.2, gridSize: 30, expansion: 1.1 };
  const apart = noverlap(graph, { maxIterations: nodes.length > 800 ? 40 : 150, settings: boxes });
  return nodes.map(({ fixed, x, y }, index) => {
    const { x: nextX, y: nextY } = apart[index]!;
    return fixed ? [x, y] : [Math.round(nextX), Math.round(nextY)];
  });
}

function scale(graph: Graph): void {
  const lengths = graph.mapEdges((_, __, ___, ____, a, b) => Math.hypot(a.x - b.x, a.y - b.y)).sort((a, b) => a - b);
  const middle = lengths[lengths.length >> 1] || EDGE;
  graph.updateEachNodeAttributes((_, node) => ({ ...node, x: (node.x * EDGE) / middle, y: (node.y * EDGE) / middle }));
}
