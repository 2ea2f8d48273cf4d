// The side panel: an entity with its facts, or a fact with the sentences that state it.
const panel = byId("details");
let shown = showHint; // shows the panel's content again, in the current language

const typeDot = (type) => {
  const dot = make("span", { className: "dot" });
  dot.style.background = `var(--type-${Object.keys(data.colours).indexOf(type)})`;
  return dot;
};
const badge = (modality) => make("span", { className: `badge ${modality}`, textContent: word(modality) });

function entityLink(iri, label = entity(iri)?.label ?? iri) {
  if (!entity(iri)) return label;
  const button = make("button", { type: "button", className: "link", textContent: label });
  button.addEventListener("click", () => showEntity(iri, true));
  return button;
}

function fill(...children) {
  const close = make("button", { type: "button", className: "close", textContent: "×", title: word("close") });
  close.setAttribute("aria-label", word("close"));
  close.addEventListener("click", showHint);
  panel.replaceChildren(close, ...children);
  panel.parentElement.scrollTop = 0;
  document.body.classList.add("open");
}

function showHint() {
  shown = showHint;
  network.unselectAll();
  speakOf(null);
  const silent = Object.keys(data.entities).length - data.nodes.length;
  const hints = [facts.length > 0 && word("hint"), data.total.entities > Object.keys(data.entities).length && word("cut"), silent > 0 && word("silent")(number(silent))];
  panel.replaceChildren(...hints.filter(Boolean).map((textContent) => make("p", { className: "hint", textContent })));
  document.body.classList.remove("open");
}

function sentence({ prefix, exact, suffix, title, article, date }) {
  const text = make("p", {}, prefix, make("mark", { textContent: exact }), suffix);
  const source = make("footer", {}, make("cite", { textContent: title || article }));
  const rest = [title && title !== article ? article : "", date].filter(Boolean).join(" · ");
  if (rest) source.append(make("span", { textContent: rest }));
  return make("blockquote", {}, text, source);
}

function showFact(iri) {
  const fact = data.facts[iri];
  shown = () => showFact(iri);
  network.unselectAll();
  if (edgeView.get(iri)) network.selectEdges([iri]);
  speakOf([fact.subject, fact.object], [iri]);
  const rows = [[word("speaker"), fact.speaker ? entityLink(fact.speaker, fact.speaker_label || undefined) : word("itself")],
    [word("confidence"), fact.confidence.toLocaleString(lang, { style: "percent" })]];
  fill(
    make("h3", { className: "triple" }, entityLink(fact.subject), make("b", { textContent: relationLabel(fact.relation) }), entityLink(fact.object)),
    make("p", { className: "kind" }, badge(fact.modality)),
    make("h2", { textContent: word("evidence") }), ...fact.quotes.map(sentence),
    make("dl", {}, ...rows.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", {}, value)])));
  if (edgeView.get(iri)) requestAnimationFrame(() => reveal(fact));
}

function factRow(fact) {
  const row = make("button", { type: "button", className: fact.modality }, make("span", { className: `stroke ${fact.modality}` }),
    make("span", {}, entity(fact.subject).label, " ", make("b", { textContent: relationLabel(fact.relation) }), " ", entity(fact.object).label));
  row.title = word(fact.modality);
  if (fact.speaker) row.lastChild.append(make("small", { textContent: ` — ${fact.speaker_label}` }));
  if (fact.times > 1) row.append(make("span", { className: "count", textContent: `×${fact.times}` }));
  row.addEventListener("click", () => showFact(fact.iri));
  return make("li", {}, row);
}

function showEntity(iri, travel) {
  const { label, type, aliases } = entity(iri);
  const order = ({ subject, relation, object }) => [subject === iri ? "0" : "1", relationLabel(relation), entity(subject).label, entity(object).label].join("\n");
  const facts = factsOf.get(iri).filter(factShown).sort((a, b) => order(a).localeCompare(order(b), lang));
  shown = () => showEntity(iri, false);
  network.unselectAll();
  const drawn = Boolean(nodeView.get(iri));
  if (drawn) network.selectNodes([iri], false);
  speakOf(...(drawn ? [[iri, ...facts.flatMap(({ subject, object }) => [subject, object])], facts.map((fact) => fact.iri)] : [null]));
  if (drawn && travel) goTo(iri);
  const kind = make("p", { className: "kind" }, typeDot(type), typeLabel(type));
  const names = aliases.length ? [make("dl", {}, make("dt", { textContent: word("aliases") }), make("dd", { textContent: aliases.join(", ") }))] : [];
  const list = facts.length ? make("ul", { className: "facts" }, ...facts.map(factRow)) : make("p", { className: "hint", textContent: word("lone") });
  fill(make("h3", { textContent: label }), kind, ...names, make("h2", { textContent: word("facts")(number(total(facts))) }), list);
}

network.on("click", ({ pointer }) => {
  const node = nodeAt(pointer.DOM);
  const edge = node === undefined ? edgeAt(pointer.DOM) : undefined;
  if (node !== undefined) showEntity(node, false);
  else if (edge !== undefined) showFact(edge);
  else showHint();
});
