// The network on the canvas. vis-network draws nodes and edges and moves the picture; on top of that come the labels, the
// crosses of what is denied, and a veil over all that is not spoken of at the moment.
const MODALITY_NAMES = { asserted: "--edge", planned: "--planned", possible: "--possible", denied: "--denied" };
const EDGE_LABELS_FROM = 0.5; // scale below which only the edges spoken of have labels
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const stage = byId("graph");
const weightOf = (fact) => Math.min(entity(fact.subject).weight, entity(fact.object).weight);

const nodes = new vis.DataSet(data.nodes.map(({ label, font, ...node }) => node));
const edges = new vis.DataSet(data.edges.map(({ label, ...edge }) => edge));
const nodeView = new vis.DataView(nodes, { filter: ({ id }) => entityShown(id) });
const edgeView = new vis.DataView(edges, { filter: ({ id }) => factShown(data.facts[id]) });
const network = new vis.Network(stage, { nodes: nodeView, edges: edgeView }, {
  physics: false,
  layout: { improvedLayout: false },
  interaction: { hover: false, selectConnectedEdges: false, keyboard: { enabled: true, bindToWindow: false } },
  nodes: { shape: "dot", borderWidth: 1.5, borderWidthSelected: 3 },
  edges: { smooth: false, width: 1.4, selectionWidth: 1.6, arrows: { to: { enabled: true, scaleFactor: 0.45, type: "arrow" } } },
});

const shortLabels = new Map(data.nodes.map(({ id, label }) => [id, label]));
let colours = {}; // CSS variable -> colour, of the present theme
let chosen = null; // { nodes: Set, edges: Set } that a click speaks of; null: all of it
let hovered = null; // the same for what the pointer is on
let labels = null; // { scale, nodes, edges } placed last; null when they have to be placed again

const union = (a, b) => ({ nodes: new Set([...a.nodes, ...b.nodes]), edges: new Set([...a.edges, ...b.edges]) });
const spokenOf = () => (hovered && chosen ? union(chosen, hovered) : chosen || hovered);
function speakOf(nodeIds, edgeIds) {
  chosen = nodeIds ? { nodes: new Set(nodeIds), edges: new Set(edgeIds) } : null;
  repaint();
}
function repaint() {
  labels = null;
  network.redraw();
}

// Colours of the theme; types are lighter on a dark ground.
function paint() {
  const style = getComputedStyle(document.documentElement);
  const names = ["--ground", "--ink", "--soft", "--accent", ...Object.values(MODALITY_NAMES)];
  colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()]));
  nodes.update(data.nodes.map(({ id, color }) => {
    const plain = { background: typeColour(color), border: colours["--ground"] };
    const strong = { background: typeColour(color), border: colours["--ink"] };
    return { id, color: { ...plain, highlight: strong, hover: strong } };
  }));
  edges.update(data.edges.map(({ id }) => {
    const color = colours[MODALITY_NAMES[data.facts[id].modality]];
    const strong = data.facts[id].modality === "denied" ? color : colours["--accent"];
    return { id, color: { color, highlight: strong, hover: strong } };
  }));
  repaint();
}
function typeColour(colour) {
  if (!dark.matches) return colour;
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * 0.28)).join(",")})`;
}

// --- labels and veil, drawn after vis-network has drawn the rest

function drawnNodes() {
  return nodeView.getIds().map((id) => {
    const { x, y, options } = network.body.nodes[id];
    return { id, x, y, radius: options.size, label: shortLabels.get(id), degree: entity(id).degree, weight: entity(id).weight };
  });
}
function drawnEdges(only) {
  return edgeView.getIds().filter((id) => !only || only.has(id)).flatMap((id) => {
    const edge = network.body.edges[id];
    if (!edge || !edge.connected) return [];
    const fact = data.facts[id];
    const length = edge.from === edge.to ? 120 : Math.hypot(edge.from.x - edge.to.x, edge.from.y - edge.to.y) - edge.from.options.size - edge.to.options.size;
    return [{ id, length, weight: weightOf(fact), label: relationLabel(fact.relation), point: (t) => edge.edgeType.getPoint(t) }];
  });
}
function placeLabels(scale) {
  const spoken = spokenOf();
  const first = spoken || { nodes: new Set(), edges: new Set() };
  const all = drawnNodes();
  const before = spoken ? all.filter(({ id }) => first.nodes.has(id)) : all; // these choose before edges do
  const after = spoken ? all.filter(({ id }) => !first.nodes.has(id)) : [];
  const room = new Room();
  const placed = placeNodeLabels(room, before, scale, first.nodes);
  const drawn = drawnEdges(scale < EDGE_LABELS_FROM || spoken ? first.edges : null);
  const placedEdges = placeEdgeLabels(room, drawn, scale, first.edges);
  labels = { scale, edges: placedEdges, nodes: [...placed, ...placeNodeLabels(room, after, scale, first.nodes)] };
}

function drawVeil(context, { nodes: litNodes, edges: litEdges }) {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = chosen ? 0.8 : 0.7;
  context.fillStyle = colours["--ground"];
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.restore();
  for (const id of litEdges) if (edgeView.get(id)) network.body.edges[id].draw(context);
  for (const id of litNodes) if (nodeView.get(id)) network.body.nodes[id].draw(context);
}

function drawText(context, { text, font, x, y, angle }, colour, halo) {
  context.save();
  context.translate(x, y);
  if (angle) context.rotate(angle);
  context.font = font;
  context.lineWidth = halo;
  context.strokeText(text, 0, 0);
  context.fillStyle = colour;
  context.fillText(text, 0, 0);
  context.restore();
}

// A cross on every edge that is denied, beside its label.
function drawCrosses(context, scale, lit) {
  context.strokeStyle = colours["--denied"];
  const arm = Math.min(Math.max(scale * 6.5, 1.5), 5);
  context.lineWidth = arm * 0.44;
  for (const id of edgeView.getIds()) {
    const edge = network.body.edges[id];
    if (data.facts[id].modality !== "denied" || !edge.connected || (lit && !lit.edges.has(id))) continue;
    const { x, y } = edge.edgeType.getPoint(0.27);
    context.beginPath();
    for (const way of [-1, 1]) {
      context.moveTo(x * scale - arm, y * scale - arm * way);
      context.lineTo(x * scale + arm, y * scale + arm * way);
    }
    context.stroke();
  }
}

network.on("afterDrawing", (context) => {
  const scale = network.getScale();
  const lit = spokenOf();
  if (!labels || labels.scale !== scale) placeLabels(scale);
  if (lit) drawVeil(context, lit);
  const ratio = context.canvas.width / context.canvas.clientWidth;
  const origin = network.canvasToDOM({ x: 0, y: 0 });
  context.save();
  context.setTransform(ratio, 0, 0, ratio, origin.x * ratio, origin.y * ratio);
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineCap: "round", strokeStyle: colours["--ground"] });
  for (const label of labels.edges) drawText(context, label, lit ? colours["--ink"] : colours["--soft"], 5);
  for (const label of labels.nodes) {
    context.globalAlpha = lit && !lit.nodes.has(label.id) ? 0.3 : 1;
    drawText(context, label, colours["--ink"], 3.5);
  }
  context.globalAlpha = 1;
  drawCrosses(context, scale, lit);
  context.restore();
});

// --- moving

const boundsOf = (ids) => {
  const places = Object.values(network.getPositions(ids));
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
};
function move(position, scale, quick) {
  const animation = quick || still.matches ? false : { duration: 350, easingFunction: "easeInOutQuad" };
  network.moveTo({ position, scale, animation });
}
// All of the picture in the window, labels included; they keep their size, so the rest makes room for them.
function fit(quick = false) {
  const ids = nodeView.getIds();
  if (!ids.length) return;
  const { left, right, top, bottom } = boundsOf(ids);
  const rough = scaleFor(right - left, bottom - top, 24);
  placeLabels(rough);
  const boxes = labels.nodes.map(({ box }) => box);
  const [most, least] = [Math.min(stage.clientWidth * 0.16, 150), 14];
  const out = (pixels) => Math.min(Math.max(pixels, least), most); // how far labels stand out
  const over = {
    left: out(left * rough - Math.min(...boxes.map((box) => box.left))), right: out(Math.max(...boxes.map((box) => box.right)) - right * rough),
    top: out(top * rough - Math.min(...boxes.map((box) => box.top))), bottom: out(Math.max(...boxes.map((box) => box.bottom)) - bottom * rough),
  };
  const scale = scaleFor(right - left, bottom - top, 12, over);
  const middle = { x: (left + right + (over.right - over.left) / scale) / 2, y: (top + bottom + (over.bottom - over.top) / scale) / 2 };
  move(middle, scale, quick);
}
// At first: all of it, or the heart of a picture that is too big for the window.
function begin() {
  fit(true);
  const heart = data.nodes[0];
  if (heart && network.getScale() < 0.27) move(network.getPositions([heart.id])[heart.id], 0.42, true);
}
function scaleFor(width, height, margin, over = { left: 0, right: 0, top: 0, bottom: 0 }) {
  const wide = Math.max(stage.clientWidth - 2 * margin - over.left - over.right, 80);
  const high = Math.max(stage.clientHeight - 2 * margin - over.top - over.bottom, 80);
  return Math.min(wide / Math.max(width, 1), high / Math.max(height, 1), 1.25);
}
function zoom(factor) {
  move(network.getViewPosition(), Math.min(Math.max(network.getScale() * factor, 0.05), 8));
}
// An entity in the middle, as near as its neighbours allow.
function goTo(iri) {
  const near = [iri, ...factsOf.get(iri).filter(factShown).flatMap((fact) => [fact.subject, fact.object])];
  const { left, right, top, bottom } = boundsOf(near);
  move(network.getPositions([iri])[iri], Math.min(Math.max(scaleFor(right - left, bottom - top, 70) * 0.85, 0.7), 1.8));
}

// Both ends of a fact in the window: moves only if one of them is outside.
function reveal({ subject, object }) {
  const inside = [subject, object].every((iri) => {
    const { x, y } = network.canvasToDOM(network.getPositions([iri])[iri]);
    return x > 20 && x < stage.clientWidth - 20 && y > 20 && y < stage.clientHeight - 20;
  });
  if (inside) return;
  const { left, right, top, bottom } = boundsOf([subject, object]);
  move({ x: (left + right) / 2, y: (top + bottom) / 2 }, Math.min(network.getScale(), scaleFor(right - left, bottom - top, 70)));
}

// --- what is under the pointer

function nodeAt({ x, y }) {
  const found = network.getNodeAt({ x, y });
  if (found !== undefined) return found;
  const origin = network.canvasToDOM({ x: 0, y: 0 });
  const [px, py] = [x - origin.x, y - origin.y];
  const label = (labels ? labels.nodes : []).find(({ box }) => box.left <= px && px <= box.right && box.top <= py && py <= box.bottom);
  return label && label.id;
}
function edgeAt({ x, y }) {
  const at = network.DOMtoCanvas({ x, y });
  const far = edgeView.getIds().filter((id) => network.body.edges[id].connected).map((id) => {
    const { edgeType, from, to } = network.body.edges[id];
    return [edgeType.getDistanceToEdge(from.x, from.y, to.x, to.y, at.x, at.y), id];
  });
  const [distance, id] = far.reduce((least, one) => (one[0] < least[0] ? one : least), [Infinity]);
  return distance * network.getScale() <= 8 ? id : undefined;
}
// What the pointer is on lights up with its neighbours, beside what was clicked. vis-network's own hovering takes the edge
// drawn last, not the nearest one.
function hover(node, edge) {
  const near = node !== undefined ? factsOf.get(node).filter(factShown) : edge !== undefined ? [data.facts[edge]] : [];
  const ids = near.map(({ iri }) => iri);
  stage.style.cursor = near.length ? "pointer" : "";
  if (ids.join() === (hovered ? [...hovered.edges].join() : "")) return;
  hovered = near.length ? { nodes: new Set(near.flatMap((fact) => [fact.subject, fact.object])), edges: new Set(ids) } : null;
  repaint();
}
let pointed = null; // the last place of the pointer, looked at once a frame
stage.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch" || event.buttons) return;
  if (!pointed) requestAnimationFrame(() => {
    const node = nodeAt(pointed);
    hover(node, node === undefined ? edgeAt(pointed) : undefined);
    pointed = null;
  });
  const { left, top } = stage.getBoundingClientRect();
  pointed = { x: event.clientX - left, y: event.clientY - top };
});
stage.addEventListener("pointerleave", () => hover());

// Lines stay visible from afar.
const lineWidths = new Map(data.edges.map(({ id, width }) => [id, width]));
network.on("beforeDrawing", () => {
  const wider = Math.min(Math.max(0.6 / network.getScale(), 1), 2.4);
  for (const [id, width] of lineWidths) if (network.body.edges[id]) network.body.edges[id].options.width = width * wider;
});
network.on("dragging", ({ nodes: [moved] }) => { if (moved !== undefined) labels = null; });
network.on("dragEnd", ({ nodes: [moved] }) => { if (moved !== undefined) nodes.update({ id: moved, ...network.getPositions([moved])[moved] }); });
