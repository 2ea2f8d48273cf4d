// Language, theme, start; and a handle for tests and for people at the console.
function speak() {
  document.documentElement.lang = lang;
  box.placeholder = word("search");
  box.setAttribute("aria-label", word("search"));
  stage.setAttribute("aria-label", word("graph"));
  byId("language").textContent = word("language");
  for (const id of ["fit", "larger", "smaller"]) {
    byId(id).title = word(id);
    byId(id).setAttribute("aria-label", word(id));
  }
  fillFilters();
  refresh();
}
function colourTypes() {
  Object.values(data.colours).forEach((colour, place) => document.documentElement.style.setProperty(`--type-${place}`, typeColour(colour)));
  paint();
}

byId("language").addEventListener("click", () => {
  lang = lang === "vi" ? "en" : "vi";
  speak();
});
byId("fit").addEventListener("click", () => fit());
byId("larger").addEventListener("click", () => zoom(1.4));
byId("smaller").addEventListener("click", () => zoom(1 / 1.4));
dark.addEventListener("change", colourTypes);
byId("query").hidden = !location.protocol.startsWith("http");
addEventListener("keydown", ({ key }) => { if (key === "Tab") document.body.classList.add("keys"); });
addEventListener("pointerdown", () => document.body.classList.remove("keys"), { capture: true });
let untouched = true; // as long as nobody has moved the picture, it fits the window
for (const event of ["pointerdown", "wheel", "keydown"]) addEventListener(event, () => { untouched = false; }, { capture: true, passive: true });
network.on("resize", () => { if (untouched) begin(); });

speak();
colourTypes();
begin();

// kg.edgePosition(iri), kg.nodePosition(iri): where the middle of an edge, or an entity, is in the window, to click there.
// kg.visible(): the IRIs of all that is drawn. kg.network: vis-network's own object.
window.kg = {
  network,
  visible: () => ({ nodes: nodeView.getIds(), edges: edgeView.getIds() }),
  nodePosition: (iri) => inWindow(network.getPositions([iri])[iri]),
  edgePosition: (iri) => inWindow(network.body.edges[iri].edgeType.getPoint(0.5)),
};
function inWindow(point) {
  const { x, y } = network.canvasToDOM(point);
  const { left, top } = stage.getBoundingClientRect();
  return { x: x + left, y: y + top };
}
