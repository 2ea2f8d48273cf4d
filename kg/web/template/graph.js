// The picture: draws the network, searches and filters it, and shows the sentences behind a fact.
// Text of articles is only ever set as textContent, so it never becomes HTML.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const WORDS = {
    vi: {
      search: "Tìm thực thể…", fit: "Xem tất cả", language: "English", types: "Loại thực thể", modalities: "Tình thái",
      relations: "Quan hệ", all: "Tất cả", none: "Không", empty: "Chưa có quan hệ nào trong đồ thị này.",
      hint: "Bấm vào một cạnh để xem câu nói điều đó, hoặc vào một thực thể để xem các quan hệ của nó.",
      shown: (n, all, f, facts) => `${n} trong ${all} thực thể, ${f} trong ${facts} quan hệ`,
      asserted: "khẳng định", planned: "dự kiến", possible: "có thể", denied: "phủ định",
      speaker: "Người nói", article: "Bài", confidence: "Độ tin cậy", aliases: "Tên khác", itself: "bài báo", sentences: "Câu nêu điều này",
      facts: (n) => `${n} quan hệ`, hidden: (n) => `${n} thực thể không có quan hệ không được vẽ.`, nothing: "Không tìm thấy.",
    },
    en: {
      search: "Find an entity…", fit: "Show all", language: "Tiếng Việt", types: "Kinds of entities", modalities: "Modality",
      relations: "Relations", all: "All", none: "None", empty: "This graph holds no facts yet.",
      hint: "Click an edge to see the sentence that states it, or an entity to see its facts.",
      shown: (n, all, f, facts) => `showing ${n} of ${all} entities, ${f} of ${facts} facts`,
      asserted: "asserted", planned: "planned", possible: "possible", denied: "denied",
      speaker: "Speaker", article: "Article", confidence: "Confidence", aliases: "Also called", itself: "the article", sentences: "Sentences that state it",
      facts: (n) => `${n} fact${n === 1 ? "" : "s"}`, hidden: (n) => `${n} entities without a fact are not drawn.`, nothing: "Nothing found.",
    },
  };
  const MODALITIES = ["asserted", "planned", "possible", "denied"];
  const byId = (id) => document.getElementById(id);
  const off = { type: new Set(), modality: new Set(), relation: new Set() }; // what the filters take out
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let lang = "vi";
  let selected = null; // a function that shows the details again, in the current language

  const nodes = new vis.DataSet(data.nodes);
  const edges = new vis.DataSet(data.edges);
  const factsOf = new Map(data.nodes.map((node) => [node.id, []]));
  for (const fact of Object.values(data.facts)) {
    factsOf.get(fact.subject).push(fact);
    if (fact.object !== fact.subject) factsOf.get(fact.object).push(fact);
  }

  // --- small builders

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const named = (labels, name) => (labels[name] && (labels[name][lang] || labels[name].en || labels[name].vi)) || name;
  const relation = (name) => named(data.relations, name);
  const type = (name) => named(data.types, name);
  const entity = (iri) => data.entities[iri];
  const plain = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
  const number = (value) => value.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB");
  const word = (key) => WORDS[lang][key];

  // --- the network

  const shownNode = (node) => !off.type.has(entity(node.id).type);
  const shownFact = (fact) =>
    !off.modality.has(fact.modality) && !off.relation.has(fact.relation)
    && !off.type.has(entity(fact.subject).type) && !off.type.has(entity(fact.object).type);
  const nodeView = new vis.DataView(nodes, { filter: (node) => shownNode(node) && factsOf.get(node.id).some(shownFact) });
  const edgeView = new vis.DataView(edges, { filter: (edge) => shownFact(data.facts[edge.id]) });
  const network = new vis.Network(byId("graph"), { nodes: nodeView, edges: edgeView }, {
    physics: false,
    layout: { improvedLayout: false },
    interaction: { hover: true, tooltipDelay: 200, hideEdgesOnDrag: data.edges.length > 1500, multiselect: false },
    nodes: { borderWidth: 0, chosen: { label: (values) => { values.mod = "bold"; } }, scaling: { label: { drawThreshold: 9, maxVisible: 21 } } },
    edges: {
      arrows: { to: { enabled: true, scaleFactor: 0.5 } }, smooth: false, width: 1.3, selectionWidth: 2, hoverWidth: 1,
      font: { size: 12, strokeWidth: 4 }, scaling: { label: { drawThreshold: 10, maxVisible: 14 } },
    },
  });

  function paint() {
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const [ink, soft, ground, accent] = ["--ink", "--soft", "--ground", "--accent"].map(colour);
    network.setOptions({
      nodes: { font: { color: ink, strokeWidth: 4, strokeColor: ground, face: "system-ui, Noto Sans, Arial, sans-serif" } },
      edges: {
        color: { color: dark.matches ? "#5b6779" : "#aab4c2", highlight: accent, hover: accent },
        font: { color: soft, strokeColor: ground, face: "system-ui, Noto Sans, Arial, sans-serif" },
      },
    });
    const faint = dark.matches ? "#2a313c" : "#e3e7ed";
    nodes.update(data.nodes.map(({ id, color }) => ({ id, color: lit && !lit.nodes.has(id) ? faint : color, font: { color: lit && !lit.nodes.has(id) ? soft + "55" : ink } })));
    edges.update(data.edges.map(({ id, color }) => ({
      id, label: relation(data.facts[id].relation), color: lit && !lit.edges.has(id) ? { color: faint } : color ? { color, highlight: color, hover: color } : null,
      font: { color: lit && !lit.edges.has(id) ? soft + "00" : soft },
    })));
  }

  let lit = null; // what a click lights up: everything else steps back
  function light(nodeIds, edgeIds) {
    lit = nodeIds ? { nodes: new Set(nodeIds), edges: new Set(edgeIds) } : null;
    paint();
  }

  // --- details

  const badge = (modality) => make("span", { className: `badge ${modality}`, textContent: word(modality) });
  const link = (iri) => {
    const button = make("button", { type: "button", className: "link", textContent: entity(iri) ? entity(iri).label : iri });
    button.addEventListener("click", () => (factsOf.has(iri) ? showEntity(iri, true) : undefined));
    return button;
  };
  const details = (...children) => byId("details").replaceChildren(...children);

  function showHint() {
    selected = showHint;
    light(null);
    network.unselectAll();
    const silent = Object.keys(data.entities).length - data.nodes.length;
    details(make("p", { className: "hint", textContent: word("hint") }));
    if (silent > 0) byId("details").append(make("p", { className: "hint", textContent: word("hidden")(number(silent)) }));
  }

  function quote(found) {
    const sentence = make("p", {}, found.prefix, make("mark", { textContent: found.exact }), found.suffix);
    const source = [found.title && found.title !== found.article ? found.title : "", found.article, found.date].filter(Boolean).join(" · ");
    return make("blockquote", {}, sentence, make("footer", { textContent: source }));
  }

  function showFact(id) {
    const fact = data.facts[id];
    selected = () => showFact(id);
    light([fact.subject, fact.object], [id]);
    network.selectEdges([id]);
    const list = make("dl", {},
      make("dt", { textContent: word("speaker") }),
      make("dd", {}, fact.speaker ? (factsOf.has(fact.speaker) ? link(fact.speaker) : fact.speaker_label) : word("itself")),
      make("dt", { textContent: word("confidence") }), make("dd", { textContent: fact.confidence.toFixed(2) }));
    details(
      make("p", { className: "triple" }, link(fact.subject), " ", make("b", { textContent: relation(fact.relation) }), " ", link(fact.object)),
      badge(fact.modality), list, make("h2", { textContent: word("sentences") }), ...fact.quotes.map(quote));
    byId("details").parentElement.scrollTop = 0;
  }

  function showEntity(iri, move) {
    const thing = entity(iri);
    const facts = factsOf.get(iri).filter(shownFact);
    selected = () => showEntity(iri, false);
    light([iri, ...facts.flatMap((fact) => [fact.subject, fact.object])], facts.map((fact) => fact.iri));
    network.selectNodes(nodeView.get(iri) ? [iri] : [], true);
    if (move && nodeView.get(iri)) network.focus(iri, { scale: Math.max(network.getScale(), 0.9), animation: !matchMedia("(prefers-reduced-motion: reduce)").matches });
    const dot = make("span", { className: "dot" });
    dot.style.background = data.colours[thing.type];
    const rows = facts.map((fact) => {
      const row = make("button", { type: "button", className: fact.modality },
        entity(fact.subject).label, " ", make("b", { textContent: relation(fact.relation) }), " ", entity(fact.object).label);
      if (fact.modality !== "asserted") row.append(" ", badge(fact.modality));
      row.addEventListener("click", () => showFact(fact.iri));
      return row;
    });
    const parts = [make("h3", { textContent: thing.label }), make("p", { className: "kind" }, dot, type(thing.type))];
    if (thing.aliases.length) parts.push(make("dl", {}, make("dt", { textContent: word("aliases") }), make("dd", { textContent: thing.aliases.join(", ") })));
    details(...parts, make("h2", { textContent: word("facts")(rows.length) }), make("div", { className: "facts" }, ...rows));
    byId("details").parentElement.scrollTop = 0;
  }

  network.on("click", ({ nodes: [node], edges: [edge] }) => (node ? showEntity(node, false) : edge ? showFact(edge) : showHint()));
  network.on("hoverNode", () => { byId("graph").style.cursor = "pointer"; });
  network.on("hoverEdge", () => { byId("graph").style.cursor = "pointer"; });
  network.on("blurNode", () => { byId("graph").style.cursor = ""; });
  network.on("blurEdge", () => { byId("graph").style.cursor = ""; });

  // --- search

  const index = Object.values(data.entities).filter(({ iri }) => factsOf.has(iri)).map((thing) => ({
    thing, names: [thing.label, ...thing.aliases].map((name) => [name.toLowerCase(), plain(name)]),
  }));
  function rank({ names }, text, bare) {
    const tests = [([full]) => full === text, ([, flat]) => flat === bare, ([full]) => full.startsWith(text),
      ([, flat]) => flat.startsWith(bare), ([, flat]) => flat.includes(` ${bare}`), ([, flat]) => flat.includes(bare)];
    return tests.findIndex((test) => names.some(test));
  }
  let hits = [];
  let at = 0;
  function search() {
    const text = byId("search").value.trim().toLowerCase();
    const scored = text ? index.map((row) => [rank(row, text, plain(text)), row.thing]).filter(([place]) => place >= 0) : [];
    hits = scored.sort((a, b) => a[0] - b[0] || b[1].degree - a[1].degree).slice(0, 12).map(([, thing]) => thing);
    at = 0;
    const rows = hits.map((thing, place) => {
      const row = make("li", { id: `hit-${place}` }, thing.label, " ", make("small", { textContent: type(thing.type) }));
      row.setAttribute("role", "option");
      row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(place); });
      return row;
    });
    byId("hits").replaceChildren(...(rows.length || !text ? rows : [make("li", { textContent: word("nothing") })]));
    byId("hits").hidden = !text;
    byId("search").setAttribute("aria-expanded", String(Boolean(text)));
    mark();
  }
  function mark() {
    [...byId("hits").children].forEach((row, place) => row.setAttribute("aria-selected", String(place === at && hits.length > 0)));
    byId("search").setAttribute("aria-activedescendant", hits.length ? `hit-${at}` : "");
  }
  function choose(place) {
    if (!hits[place]) return;
    byId("search").value = hits[place].label;
    byId("hits").hidden = true;
    byId("search").setAttribute("aria-expanded", "false");
    showEntity(hits[place].iri, true);
  }
  byId("search").addEventListener("input", search);
  byId("search").addEventListener("blur", () => { byId("hits").hidden = true; });
  byId("search").addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && hits.length) {
      at = (at + moves[event.key] + hits.length) % hits.length;
      mark();
      event.preventDefault();
    }
    if (event.key === "Enter") choose(at);
    if (event.key === "Escape") { byId("search").value = ""; search(); showHint(); }
  });

  // --- filters

  function filterRow(kind, name, label, count, sign) {
    const box = make("input", { type: "checkbox", checked: !off[kind].has(name) });
    box.dataset.filter = `${kind}:${name}`;
    box.addEventListener("change", () => { off[kind][box.checked ? "delete" : "add"](name); refresh(); });
    return make("li", {}, make("label", {}, box, sign, label, make("span", { className: "count", textContent: number(count) })));
  }
  const tally = (values) => values.reduce((counts, value) => counts.set(value, (counts.get(value) || 0) + 1), new Map());
  const typeCounts = tally(data.nodes.map(({ id }) => entity(id).type));
  const relationCounts = tally(Object.values(data.facts).map((fact) => fact.relation));
  const modalityCounts = tally(Object.values(data.facts).map((fact) => fact.modality));
  const frequent = (counts) => [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));

  function fillFilters() {
    byId("types").replaceChildren(...frequent(typeCounts).map(([name, count]) => {
      const dot = make("span", { className: "dot" });
      dot.style.background = data.colours[name];
      return filterRow("type", name, type(name), count, dot);
    }));
    byId("modalities").replaceChildren(...MODALITIES.map((name) =>
      filterRow("modality", name, word(name), modalityCounts.get(name) || 0, make("span", { className: `stroke ${name}` }))));
    byId("relations").replaceChildren(...frequent(relationCounts).map(([name, count]) => filterRow("relation", name, relation(name), count, "")));
  }
  function refresh() {
    edgeView.refresh();
    nodeView.refresh();
    byId("shown").textContent = word("shown")(number(nodeView.length), number(data.total.entities), number(edgeView.length), number(data.total.facts));
  }
  const every = (take) => () => {
    off.relation = new Set(take ? [] : relationCounts.keys());
    fillFilters();
    refresh();
  };
  byId("all").addEventListener("click", every(true));
  byId("none").addEventListener("click", every(false));

  // --- language, theme, start

  function speak() {
    document.documentElement.lang = lang;
    byId("search").placeholder = word("search");
    byId("search").setAttribute("aria-label", word("search"));
    for (const id of ["fit", "language", "all", "none", "empty"]) byId(id).textContent = word(id);
    for (const id of ["types", "modalities", "relations"]) byId(`${id}-title`).textContent = word(id);
    fillFilters();
    refresh();
    (selected || showHint)();
  }
  byId("language").addEventListener("click", () => { lang = lang === "vi" ? "en" : "vi"; speak(); });
  byId("fit").addEventListener("click", () => network.fit({ animation: false }));
  dark.addEventListener("change", paint);
  byId("query").hidden = !location.protocol.startsWith("http");
  byId("empty").hidden = data.nodes.length > 0;
  speak();
  network.fit({ animation: false });

  // for tests and for people at the console: where the middle of an edge is on the screen
  window.kg = {
    network,
    edgePosition(id) {
      const fact = data.facts[id];
      const drawn = network.body.edges[id];
      const middle = drawn.edgeType.getPoint(0.5);
      const { x, y } = network.canvasToDOM(middle);
      const box = byId("graph").getBoundingClientRect();
      return { x: x + box.left, y: y + box.top, subject: fact.subject, object: fact.object };
    },
    visible: () => ({ nodes: nodeView.getIds(), edges: edgeView.getIds() }),
  };
})();
