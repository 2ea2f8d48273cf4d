// The legend, which is also the filter: types, modalities and relations with their counts.
const facts = Object.values(data.facts);
const total = (some) => some.reduce((sum, { times }) => sum + times, 0); // statements, of which alike ones are drawn once
const tally = (values) => values.reduce((sums, [name, times]) => sums.set(name, (sums.get(name) || 0) + times), new Map());
const counts = {
  type: tally(data.nodes.map(({ id }) => [entity(id).type, 1])),
  modality: tally(facts.map(({ modality, times }) => [modality, times])),
  relation: tally(facts.map(({ relation, times }) => [relation, times])),
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
    byId(id).hidden = !facts.length;
    byId(id).replaceChildren(title, make("ul", {}, ...names().map((name) => filterRow(kind, name, label(name), sign(name)))));
  }
}

function refresh() {
  edgeView.refresh();
  nodeView.refresh();
  const part = (visible, all) => (visible === all ? number(all) : word("of")(number(visible), number(all)));
  byId("shown").textContent = [word("entities")(part(nodeView.length, data.total.entities)), word("facts")(part(total(facts.filter(factShown)), data.total.facts))].join(" · ");
  byId("empty").hidden = nodeView.length > 0;
  byId("empty").textContent = word(facts.length ? "filtered" : "empty");
  shown();
}
