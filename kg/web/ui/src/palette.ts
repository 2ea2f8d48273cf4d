// Colours by class and by community: hues far apart, dark enough on white and light enough on black.

import { computed, effect, signal } from "@preact/signals";
import { local } from "./queries";
import { state } from "./state";
import type { Entity, Iri, Modality } from "./values";

const CLASSES: Record<string, [string, string]> = {
  Person: ["#c2571a", "#f0925a"],
  Organization: ["#2563a8", "#6ea8ec"],
  Place: ["#2e7d4f", "#62bd88"],
  Product: ["#7a4fb5", "#b18ce8"],
  Technology: ["#0f7f8c", "#4fc0cd"],
  Resource: ["#8d6a00", "#d4ad3f"],
  Concept: ["#5f6b7a", "#a3b0c0"],
  Event: ["#b83268", "#ef7fab"],
  Work: ["#8a5a33", "#c9976d"],
  Role: ["#6b6b2f", "#b5b567"],
  Literal: ["#6b6b6b", "#a8a8a8"],
};
const OTHERS = Object.values(CLASSES);
export const MODALITY: Record<Modality, [string, string]> = {
  asserted: ["#8a95a3", "#7d8896"],
  planned: ["#3b7dd8", "#6ea8ec"],
  possible: ["#b07d00", "#d9ae4a"],
  denied: ["#c23b3b", "#ef7f7f"],
};

const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", () => (systemDark.value = system.matches));
export const dark = computed(() => (state.value.theme ? state.value.theme === "dark" : systemDark.value));
effect(() => {
  document.documentElement.dataset.look = dark.value ? "dark" : "light";
});

const ofTheme = (pair: [string, string]) => pair[dark.value ? 1 : 0];

export function classColour(type: Iri): string {
  const name = local(type);
  return ofTheme(CLASSES[name] ?? OTHERS[hash(name) % OTHERS.length]!);
}

export function colourOf(entity: Entity): string {
  if (state.value.colour === "type") return classColour(entity.type);
  return entity.community === undefined ? ofTheme(CLASSES.Literal!) : ofTheme(OTHERS[entity.community % OTHERS.length]!);
}

export function modalityColour(modality: Modality): string {
  return ofTheme(MODALITY[modality]);
}

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 65521, 7);
}
