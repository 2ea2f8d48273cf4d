// Keys of the whole page; those of fields and lists are where these are.

import { picture } from "../canvas";
import { lines, visible } from "../graph";
import { go, state, toggled, undo } from "../state";
import type { Iri } from "../values";
import { expand } from "./entity";
import { helping } from "./help";

const STEP = 1;
const entity = () => (state.value.selected.includes("/statement/") ? "" : state.value.selected);

function withEntity(act: (iri: Iri) => void): () => void {
  return () => {
    const iri = entity();
    if (iri) act(iri);
  };
}

/** The next of some things after the selected one, round and round. */
function next(all: Iri[], by: number): void {
  const at = all.indexOf(state.value.selected);
  const found = all[(at + by + (at < 0 && by < 0 ? 1 : 0) + all.length) % all.length];
  if (found) go({ selected: found }, true);
}

/** The facts of the selected entity, or of the selected fact's subject. */
function factsHere(): Iri[] {
  const { selected } = state.value;
  const own = lines.value.find((line) => line.facts.some((fact) => fact.iri === selected))?.facts[0];
  const of = own?.s ?? selected;
  return lines.value.flatMap(({ facts: [fact] }) => (fact && (fact.s === of || fact.o === of) ? [fact.iri] : []));
}

const KEYS: Record<string, () => void> = {
  "/": () => document.getElementById("search")?.focus(),
  "1": () => go({ tab: "graph" }),
  "2": () => go({ tab: "table" }),
  "3": () => go({ tab: "query" }),
  ArrowLeft: () => picture.value?.pan(-STEP, 0),
  ArrowRight: () => picture.value?.pan(STEP, 0),
  ArrowUp: () => picture.value?.pan(0, STEP),
  ArrowDown: () => picture.value?.pan(0, -STEP),
  "+": () => picture.value?.zoom(1.5),
  "=": () => picture.value?.zoom(1.5),
  "-": () => picture.value?.zoom(1 / 1.5),
  "0": () => picture.value?.fit(),
  n: () => next(visible.value.entities.map((one) => one.iri), 1),
  N: () => next(visible.value.entities.map((one) => one.iri), -1),
  r: () => next(factsHere(), 1),
  R: () => next(factsHere(), -1),
  e: withEntity((iri) => void expand(iri)),
  h: withEntity((iri) => go({ hidden: toggled(state.value.hidden, iri), selected: "" })),
  p: withEntity((iri) => go({ pinned: toggled(state.value.pinned, iri) })),
  f: withEntity((iri) => go({ focus: state.value.focus === iri ? "" : iri })),
  l: () => picture.value?.rearrange(),
  "?": () => (helping.value = true),
  Escape: () => (state.value.selected ? go({ selected: "" }) : state.value.path.length ? go({ path: [] }) : undefined),
};

export function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const typed = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable], dialog";
  if (target.closest(typed)) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") {
    event.preventDefault();
    return undo();
  }
  const scrolled = event.key.startsWith("Arrow") && !(target === document.body || target.closest(".canvas"));
  if (event.ctrlKey || event.metaKey || event.altKey || scrolled) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
