// The legend, which is also the filter: types, modalities and relations with their counts.
const tally = (values) => values.reduce((counts, value) => counts.set(value, (counts.get(value) || 0) + 1), new Map());
const facts = Object.values(data.facts);
const counts = {
  type: tally(data.nodes.map(({ id }) => entity(id).type)),
  modality: tally(facts.map(({ modality }) => modality)),
  relation: tally(facts.map(({ relation }) => relation)),
};
const frequent = (kind) => [...counts[kind]].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
const FILTERS = [ // kind, id in the page, names, label of a name, its sign
  ["type", "types", () => frequent("type"), typeLabel, typeDot],
  ["modality", "modalities", () => MODALITIES, word, (name) => make("span", { className: `stroke ${name}` })],
  ["relation", "relations", () => frequent("relation"), relationLabel, () => ""],
];

function filterRow(kind, name, label, sign) {
  const check = make("input", { type: "checkbox", checked: !off[kind].has(name) });
  check.dataset.filter = `${kind}:${name}`;
  check.addEventListener("change", () => {
    off[kind][check.checked ? "delete" : "add"](name);
    refresh();
  });
  const count = make("span", { className: "count", textContent: number(counts[kind].get(name) || 0) });
  return make("li", {}, make("label", {}, check, sign, make("span", { textContent: label }), count));
}

function fillFilters() {
  for (const [kind, id, names, label, sign] of FILTERS) {
    const title = make("h2", {}, word(id));
    for (const take of ["all", "none"]) {
      const button = make("button", { type: "button", className: "link", textContent: word(take) });
      button.dataset.choose = `${kind}:${take}`;
      button.addEventListener("click", () => {
        off[kind] = new Set(take === "all" ? [] : names());
        fillFilters();
        refresh();
      });
      title.append(button);
    }
    byId(id).replaceChildren(title, make("ul", {}, ...names().map((name) => filterRow(kind, name, label(name), sign(name)))));
  }
}

function refresh() {
  edgeView.refresh();
  nodeView.refresh();
  const part = (visible, all) => (visible === all ? number(all) : word("of")(number(visible), number(all)));
  const entities = data.total.entities - (Object.keys(data.entities).length - data.nodes.length);
  byId("shown").textContent = [word("entities")(part(nodeView.length, entities)), word("facts")(part(edgeView.length, data.total.facts))].join(" · ");
  byId("empty").hidden = nodeView.length > 0;
  shown();
}
