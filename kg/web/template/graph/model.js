// The data of the page, and what is shown of it. Nothing here draws.
const data = JSON.parse(document.getElementById("data").textContent);
const off = { type: new Set(), modality: new Set(), relation: new Set() }; // what the filters take out
let lang = document.documentElement.lang;

const factsOf = new Map(Object.keys(data.entities).map((iri) => [iri, []]));
for (const fact of Object.values(data.facts)) {
  factsOf.get(fact.subject).push(fact);
  if (fact.object !== fact.subject) factsOf.get(fact.object).push(fact);
}

const byId = (id) => document.getElementById(id);
const word = (key) => WORDS[lang][key];
const entity = (iri) => data.entities[iri];
const labelled = (labels, name) => {
  const found = labels[name] || {};
  return found[lang] || found[""] || found.en || found.vi || name;
};
const relationLabel = (name) => labelled(data.relations, name);
const typeLabel = (name) => labelled(data.types, name);
const number = (value) => value.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB");
const withoutMarks = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");

function factShown(fact) {
  return !off.modality.has(fact.modality) && !off.relation.has(fact.relation)
    && !off.type.has(entity(fact.subject).type) && !off.type.has(entity(fact.object).type);
}
const entityShown = (iri) => factsOf.get(iri).some(factShown);

// An element with properties and children; text is set as text, so that nothing of an article becomes HTML.
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
