// Where the person is: all of it is in the address, so that one link brings it back and the browser's history undoes it.

import { computed, effect, signal } from "@preact/signals";
import { parted, PREFIXES } from "./queries";
import type { Iri } from "./values";
import { type Lang, lang } from "./words";

export type Tab = "graph" | "table" | "query" | "article";
export type Theme = "" | "light" | "dark"; // "": as the system has it
export const FACETS = ["types", "relations", "articles", "speakers", "modalities"] as const;
export type Facet = (typeof FACETS)[number];

export interface State {
  tab: Tab;
  limit: number; // of the opening picture; 0: only what was opened
  opened: string[]; // neighbourhoods on show: "entity", or "entity|direction|relation" for a part of one
  hidden: Iri[];
  pinned: Iri[];
  focus: Iri; // only this entity and what it is linked to; "": everything
  selected: Iri; // an entity or a statement
  path: Iri[]; // the two ends of a path that is shown, or the first while the other is chosen
  without: Record<Facet, string[]>; // what the filters leave out; behind ONLY, what they let through
  confidence: number; // at least
  from: string; // dates of facts, "": any
  to: string;
  article: Iri;
  query: string;
  colour: "type" | "community";
  theme: Theme;
  lang: Lang;
}

export const OPENING = 200;

export const START: State = {
  tab: "graph",
  limit: OPENING,
  opened: [],
  hidden: [],
  pinned: [],
  focus: "",
  selected: "",
  path: [],
  without: { types: [], relations: [], articles: [], speakers: [], modalities: [] },
  confidence: 0,
  from: "",
  to: "",
  article: "",
  query: "",
  colour: "type",
  theme: "",
  lang: "vi",
};

export const state = signal<State>(START);
/** Where entities were put by hand or by the layout, as far as that differs from the opening picture. */
export const places = signal<ReadonlyMap<Iri, readonly [number, number]>>(new Map());
export const filtered = computed(() => {
  const { without, confidence, from, to } = state.value;
  return FACETS.some((facet) => without[facet].length) || confidence > 0 || from !== "" || to !== "";
});

/** Only what is listed behind it is let through, whatever else comes later. */
export const ONLY = "*";

/** Whether a filter lets a fact through that has these values: none that is left out, or one of those that it may have. */
export function passes(list: readonly string[], values: readonly string[]): boolean {
  const listed = (value: string) => list.includes(value);
  return list[0] === ONLY ? values.some(listed) : !values.some(listed);
}

let depth = 0; // of our own entries in the browser's history
export const canUndo = signal(false);

/** Go on to another state, as a step that can be undone; `quiet` changes are none of their own. */
export function go(change: Partial<State>, quiet = false): void {
  const next = { ...state.value, ...change };
  state.value = next;
  if (!quiet) depth += 1;
  canUndo.value = depth > 0;
  write(quiet);
}

export function undo(): void {
  if (depth > 0) history.back();
}

export function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((one) => one !== item) : [...list, item];
}

export function moved(more: Iterable<[Iri, readonly [number, number]]>): void {
  places.value = new Map([...places.value, ...more]);
  write(true);
}

export function forgetPlaces(except: readonly Iri[] = []): void {
  places.value = new Map([...places.value].filter(([iri]) => except.includes(iri)));
}

function write(quiet: boolean): void {
  const address = encode(state.value, places.value);
  const url = address ? `#${address}` : location.pathname + location.search;
  if (quiet) history.replaceState({ depth }, "", url);
  else history.pushState({ depth }, "", url);
}

/** Follow the address from now on. */
export function start(): void {
  const read = () => {
    [state.value, places.value] = decode(location.hash.slice(1));
    depth = history.state?.depth ?? 0;
    canUndo.value = depth > 0;
  };
  read();
  addEventListener("popstate", (event) => {
    const { lang, theme } = state.value;
    read();
    if (event.state) go({ lang, theme }, true); // no steps to be undone
  });
  effect(() => {
    lang.value = state.value.lang;
    document.documentElement.lang = state.value.lang;
    document.documentElement.dataset.theme = state.value.theme;
  });
}

const LISTS = ["opened", "hidden", "pinned", "path"] as const;
const TEXTS = ["focus", "selected", "from", "to", "article", "query"] as const;
const NAMED = new Set<string>(["focus", "selected", "article"]);
const CHOICES: { [key in "tab" | "colour" | "theme" | "lang"]: readonly string[] } = {
  tab: ["graph", "table", "query", "article"],
  colour: ["type", "community"],
  theme: ["", "light", "dark"],
  lang: ["vi", "en"],
};

/** What differs from the start, as parameters; IRIs are short, places are whole pixels. */
export function encode(now: State, where: ReadonlyMap<Iri, readonly [number, number]>): string {
  const pairs: [string, string][] = [];
  for (const key of Object.keys(CHOICES) as (keyof typeof CHOICES)[]) {
    if (now[key] !== START[key]) pairs.push([key, now[key]]);
  }
  for (const key of TEXTS) if (now[key]) pairs.push([key, NAMED.has(key) ? packed(now[key]) : now[key]]);
  for (const key of LISTS) if (now[key].length) pairs.push([key, now[key].map(packed).join(" ")]);
  for (const facet of FACETS) if (now.without[facet].length) pairs.push([facet, now.without[facet].map(packed).join(" ")]);
  if (now.limit !== START.limit) pairs.push(["limit", String(now.limit)]);
  if (now.confidence) pairs.push(["confidence", String(now.confidence)]);
  const spots = [...where].map(([iri, [x, y]]) => `${packed(iri)},${Math.round(x)},${Math.round(y)}`);
  if (spots.length) pairs.push(["places", spots.join(" ")]);
  return new URLSearchParams(pairs).toString();
}

/** The state that an address tells; what it says wrong is as at the start. */
export function decode(address: string): [State, ReadonlyMap<Iri, readonly [number, number]>] {
  const told = new URLSearchParams(address);
  const list = (key: string) => (told.get(key) ?? "").split(" ").filter(Boolean).map(unpacked);
  const now = structuredClone(START) as State & Record<string, unknown>;
  for (const [key, allowed] of Object.entries(CHOICES)) {
    const value = told.get(key);
    if (value !== null && allowed.includes(value)) now[key] = value;
  }
  for (const key of TEXTS) now[key] = NAMED.has(key) ? unpacked(told.get(key) ?? "") : (told.get(key) ?? "");
  for (const key of LISTS) now[key] = list(key);
  for (const facet of FACETS) now.without[facet] = list(facet);
  // links from outside, as the server makes them of the names of things
  const [entity, statement, article] = ["entity", "statement", "article"].map((key) => told.get(key) ?? "");
  if (statement) now.selected = unpacked(statement);
  if (article && !told.has("tab")) now.tab = "article";
  if (entity) Object.assign(now, { limit: 0, opened: [unpacked(entity)], selected: unpacked(entity) });
  now.limit = within(told.get("limit"), now.limit, 2000);
  now.confidence = within(told.get("confidence"), 0, 1);
  const spots = (told.get("places") ?? "").split(" ").flatMap((spot): [Iri, [number, number]][] => {
    const [, name, x, y] = /^(.+),(-?\d+),(-?\d+)$/.exec(spot) ?? [];
    return name ? [[unpacked(name), [Number(x), Number(y)]]] : [];
  });
  return [now, new Map(spots)];
}

function within(text: string | null, usual: number, most: number): number {
  const number = Number(text ?? NaN);
  return Number.isFinite(number) && number >= 0 && number <= most ? number : usual;
}

/** A name of several IRIs, parted by |, with prefixes: an IRI has neither spaces nor |. Nobody's is "-". */
function packed(name: string): string {
  return name.split("|").map((iri) => (iri ? prefixed(iri) : "-")).join("|");
}

function prefixed(iri: Iri): string {
  const [prefix, rest] = parted(iri);
  return prefix ? `${prefix}:${rest}` : iri;
}

function unpacked(name: string): string {
  return name.split("|").map(whole).join("|");
}

function whole(name: string): Iri {
  const [, prefix, rest] = /^(\w+):(?!\/\/)(.*)$/.exec(name) ?? [];
  const start = prefix === undefined ? undefined : PREFIXES[prefix];
  return name === "-" ? "" : start === undefined ? name : start + rest;
}

