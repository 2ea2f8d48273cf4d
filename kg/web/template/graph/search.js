// The search box: completes names and aliases, with or without tone marks.
const box = byId("search");
const list = byId("hits");
const index = Object.values(data.entities).map((thing) => ({
  thing, names: [thing.label, ...thing.aliases].map((name) => ({ name, full: name.toLowerCase(), bare: withoutMarks(name) })),
}));
let hits = []; // of { thing, name }, best first
let at = 0; // which of them Enter takes

const MATCHES = [ // best first
  ({ full }, text) => full === text,
  ({ bare }, _, plain) => bare === plain,
  ({ full }, text) => full.startsWith(text),
  ({ bare }, _, plain) => bare.startsWith(plain),
  ({ bare }, _, plain) => bare.includes(` ${plain}`),
  ({ bare }, _, plain) => bare.includes(plain),
];

function find(text) {
  const plain = withoutMarks(text);
  const found = index.flatMap(({ thing, names }) => {
    for (const [rank, matches] of MATCHES.entries()) {
      const match = names.find((name) => matches(name, text, plain));
      if (match) return [{ rank, thing, name: match.name }];
    }
    return [];
  });
  return found.sort((a, b) => a.rank - b.rank || b.thing.weight - a.thing.weight || (a.thing.iri < b.thing.iri ? -1 : 1)).slice(0, 10);
}

function complete() {
  const text = box.value.trim().normalize("NFC").toLowerCase();
  hits = text ? find(text) : [];
  at = 0;
  const rows = hits.map(({ thing, name }, place) => {
    const row = make("li", { id: `hit-${place}` }, typeDot(thing.type), make("span", { textContent: thing.label }));
    if (name !== thing.label) row.append(make("small", { textContent: name }));
    row.setAttribute("role", "option");
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => choose(place));
    return row;
  });
  list.replaceChildren(...(rows.length ? rows : [make("li", { className: "nothing", textContent: word("nothing") })]));
  openList(Boolean(text));
  mark();
}
function openList(open) {
  list.hidden = !open;
  box.setAttribute("aria-expanded", String(open));
}
function mark() {
  [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(hits.length > 0 && place === at)));
  if (hits.length) box.setAttribute("aria-activedescendant", `hit-${at}`);
  else box.removeAttribute("aria-activedescendant");
}
function choose(place) {
  if (!hits[place]) return;
  const { thing } = hits[place];
  box.value = thing.label;
  openList(false);
  showEntity(thing.iri, true);
}

box.addEventListener("input", complete);
box.addEventListener("blur", () => openList(false));
box.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && hits.length) {
    at = (at + step + hits.length) % hits.length;
    mark();
    event.preventDefault();
  }
  if (event.key === "Enter") choose(at);
  if (event.key === "Escape") {
    box.value = "";
    openList(false);
    showHint();
  }
});
