// The part of the graph that the page knows, and what of it is on show.

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { type Vocabulary, facts as factsOf, labels, local, sameFacts, vocabulary } from "./queries";
import type { Source } from "./source";
import { FACETS, type Facet, ONLY, passes, state } from "./state";
import type { Entity, Fact, Group, Iri, Neighbours, Path } from "./values";
import { lang } from "./words";

export const LARGE = 40; // facts from which a neighbourhood is opened by relation
const BUNDLED = 900; // lines from which those between two entities are one
const MOST = 300; // facts of a neighbourhood that are fetched at once

/** The doors; set once, by the page that starts. */
export let source: Source;

export const entities = signal<ReadonlyMap<Iri, Entity>>(new Map());
export const facts = signal<ReadonlyMap<Iri, Fact>>(new Map());
export const total = signal({ entities: 0, facts: 0 });
export const names = signal<Vocabulary>(new Map());
export const titles = signal<ReadonlyMap<Iri, string>>(new Map()); // of articles and speakers
export const paths = signal<readonly Path[]>([]);
export const busy = signal(0);
export const problem = signal("");
export const version = signal(0); // of what is known: another one after each decision

interface Opening {
  limit: number;
  entities: ReadonlyMap<Iri, Entity>; // with their places and communities, which are of this picture only
  facts: readonly Fact[];
}

const opening = signal<Opening | null>(null);
const links = signal<readonly Fact[]>([]); // of what was added, see `asking`
const around = signal<ReadonlyMap<Iri, Neighbours>>(new Map());

/** A class or relation in words. */
export function named(term: Iri): string {
  const found = names.value.get(term)?.labels;
  return found?.[lang.value] ?? found?.[""] ?? found?.en ?? local(term);
}

export function labelOf(iri: Iri): string {
  return entities.value.get(iri)?.label ?? titles.value.get(iri) ?? local(iri);
}

/** Wait for something with the sign of being busy; what goes wrong is told to the person. */
export async function during<T>(work: Promise<T>): Promise<T | undefined> {
  busy.value = busy.peek() + 1;
  try {
    return await work;
  } catch (error) {
    problem.value = (error as Error).message;
    return undefined;
  } finally {
    busy.value = busy.peek() - 1;
  }
}

function know(more: Iterable<Entity>, said: Iterable<Fact>): void {
  batch(() => {
    const all = new Map(entities.value);
    for (const { iri, label, type, degree } of more) all.set(iri, { iri, label, type, degree });
    entities.value = all;
    facts.value = new Map([...facts.value, ...[...said].map((fact): [Iri, Fact] => [fact.iri, fact])]);
  });
}

const failed = new Set<Iri>(); // links may name what is gone
const asked = new Map<Iri, Promise<Neighbours | undefined>>(); // what has not come yet: the panel and the picture both ask

export async function neighbourhood(entity: Iri): Promise<Neighbours | undefined> {
  const known = around.value.get(entity);
  if (known) return known;
  const coming = asked.get(entity) ?? fetched(entity).finally(() => asked.delete(entity));
  asked.set(entity, coming);
  return coming;
}

async function fetched(entity: Iri): Promise<Neighbours | undefined> {
  const found = await during(source.neighbours(entity, MOST));
  if (!found) {
    failed.add(entity);
    return undefined;
  }
  know([found.entity, ...found.groups.flatMap((group) => group.entities)], found.groups.flatMap((group) => group.facts));
  around.value = new Map(around.value).set(entity, found);
  return found;
}

/** The name of a group in the state. */
export const groupName = (entity: Iri, group: Group) => `${entity}|${group.direction}|${group.relation}`;

function groupsOf(name: string): Group[] {
  const [entity = "", direction, relation] = name.split("|");
  const groups = around.value.get(entity)?.groups ?? [];
  return direction ? groups.filter((group) => group.direction === direction && group.relation === relation) : groups;
}

// What is on show is told by the state and the graph alone, whatever else was read: the opening picture, what the state
// adds to it with its facts, and the facts that link what is added with the rest.

const NOTHING: Opening = { limit: 0, entities: new Map(), facts: [] };
const base = computed(() => (state.value.limit ? opening.value : NOTHING)); // null: has not come yet

const added = computed(() => {
  const said = state.value.opened.flatMap((name) => groupsOf(name).flatMap((group) => group.facts));
  said.push(...paths.value.flatMap((path) => path.hops.flat()));
  const named = [...state.value.opened.map((name) => name.split("|")[0]!), ...paths.value.flatMap((path) => path.entities)];
  return { entities: new Set([...named, ...said.flatMap((fact) => [fact.s, fact.o])]), facts: said };
});

/** The limit of the opening picture and the entities that are added to it: what links are asked for, as one text. */
const asking = computed(() => {
  if (!base.value) return "";
  const more = [...added.value.entities].filter((iri) => !base.value!.entities.has(iri));
  return [state.value.limit, ...more.sort()].join(" ");
});

/** All entities and facts that the state puts on show, before hiding and filtering. */
const chosen = computed(() => {
  if (!base.value) return { shown: new Set<Iri>(), said: [] }; // all at once, or it jumps
  const shown = new Set([...base.value.entities.keys(), ...added.value.entities]);
  const all = [...base.value.facts, ...added.value.facts, ...links.value];
  const said = new Map(all.filter((fact) => shown.has(fact.s) && shown.has(fact.o)).map((fact) => [fact.iri, fact]));
  return { shown, said: [...said.values()] };
});

const VALUE: Record<Facet, (fact: Fact) => string[]> = {
  types: (fact) => [entities.value.get(fact.s)?.type ?? "", entities.value.get(fact.o)?.type ?? ""],
  relations: (fact) => [fact.p],
  articles: (fact) => [fact.article],
  speakers: (fact) => [fact.speaker],
  modalities: (fact) => [fact.modality],
};

function fits(fact: Fact, except?: Facet): boolean {
  const { without, confidence, from, to } = state.value;
  return (
    fact.confidence >= confidence &&
    (!from || (fact.date !== "" && fact.date.slice(0, from.length) >= from)) &&
    (!to || (fact.date !== "" && fact.date.slice(0, to.length) <= to)) &&
    FACETS.every((facet) => facet === except || passes(without[facet], VALUE[facet](fact)))
  );
}

/** The facts that could be on show, not filtered. */
export const candidates = computed(() => {
  const { hidden, focus } = state.value;
  const { shown, said: all } = chosen.value;
  const gone = new Set(hidden);
  const near = focus ? new Set([focus]) : null;
  if (near) for (const fact of all) if (fact.s === focus || fact.o === focus) near.add(fact.s).add(fact.o);
  const there = (iri: Iri) => shown.has(iri) && !gone.has(iri) && (!near || near.has(iri));
  return { entities: [...shown].filter(there), facts: all.filter((fact) => there(fact.s) && there(fact.o)) };
});

/** What is on show, in order. */
export const visible = computed(() => {
  const { opened, pinned, selected, without } = state.value;
  const kept = new Set([...pinned, ...opened.map((name) => name.split("|")[0]!), selected]);
  const said = candidates.value.facts.filter((fact) => fits(fact));
  const linked = new Set(said.flatMap((fact) => [fact.s, fact.o]));
  const there = candidates.value.entities.filter((iri) => linked.has(iri) || kept.has(iri));
  const known = (iri: Iri) => base.value?.entities.get(iri) ?? entities.value.get(iri) ?? [];
  const found = there.flatMap(known);
  return {
    entities: found
      .filter((one) => kept.has(one.iri) || without.types[0] === ONLY || passes(without.types, [one.type]))
      .sort((a, b) => b.degree - a.degree || (a.iri < b.iri ? -1 : 1)),
    facts: said.sort((a, b) => b.confidence - a.confidence || (a.iri < b.iri ? -1 : 1)),
  };
});

/** The values of each filter with the numbers of facts that they would leave, the most frequent first. */
export const facets = computed(() => {
  const found = {} as Record<Facet, [string, number][]>;
  for (const facet of FACETS) {
    const counts = new Map<string, number>();
    for (const fact of candidates.value.facts) {
      const counted = fits(fact, facet) ? 1 : 0;
      for (const value of new Set(VALUE[facet](fact))) counts.set(value, (counts.get(value) ?? 0) + counted);
    }
    found[facet] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
  return found;
});

/** Facts that say the same in the same way are one line in the picture; in a large one all facts of two entities are. */
export interface Line {
  key: string;
  facts: Fact[];
}

export const lines = computed((): Line[] => {
  const exact = merged((fact) => [fact.s, fact.p, fact.o, fact.modality, fact.speaker]);
  return exact.length <= BUNDLED ? exact : merged((fact) => [fact.s, fact.o].sort());
});

function merged(of: (fact: Fact) => string[]): Line[] {
  const alike = new Map<string, Line>();
  for (const fact of visible.value.facts) {
    const key = of(fact).join("|");
    const line = alike.get(key);
    if (line) line.facts.push(fact);
    else alike.set(key, { key, facts: [fact] });
  }
  return [...alike.values()];
}

/** The facts of a fact's line. */
export function alike(statement: Iri): Fact[] {
  const own = facts.value.get(statement);
  return lines.value.find((line) => line.facts.some((fact) => fact.iri === statement))?.facts ?? (own ? [own] : []);
}

/** All facts that link the same two in the same way, on show or not. */
export async function stated(fact: Fact): Promise<Fact[]> {
  const found = (await during(sameFacts(source, fact))) ?? [];
  know([], found);
  return found;
}

/** Know facts by the IRIs of their statements, with their ends. */
export async function learn(statements: Iri[]): Promise<void> {
  const unknown = statements.filter((iri) => !facts.value.has(iri));
  if (!unknown.length) return;
  const found = (await during(factsOf(source, unknown))) ?? [];
  await call(found.flatMap((fact) => [fact.s, fact.o]));
  know([], found);
}

/** Know what entities and articles are called. */
export async function call(iris: Iterable<Iri>): Promise<void> {
  const unknown = [...new Set(iris)].filter((iri) => !entities.value.has(iri) && !titles.value.has(iri));
  if (!unknown.length) return;
  titles.value = new Map([...titles.value, ...unknown.map((iri): [Iri, string] => [iri, local(iri)])]); // asked for only once
  const found = await during(labels(source, unknown));
  if (found?.size) titles.value = new Map([...titles.value, ...found]);
}

/** The two ends of the path that is asked for. */
const ends = computed(() => state.value.path.slice(0, 2).join(" "));

/** Keep what is known in step with the state, from now on. */
export async function start(from: Source): Promise<void> {
  source = from;
  names.value = (await during(vocabulary(source))) ?? new Map();
  effect(() => {
    const { limit } = state.value;
    if (opening.peek()?.limit !== limit) void untracked(() => open(limit));
  });
  effect(() => {
    for (const name of state.value.opened) {
      const entity = name.split("|")[0]!;
      if (!around.peek().has(entity) && !failed.has(entity)) void untracked(() => neighbourhood(entity));
    }
  });
  effect(() => {
    void version.value;
    const asked = ends.value;
    const [one, other] = asked.split(" ");
    paths.value = [];
    if (one && other) void untracked(() => during(source.paths(one, other))).then((found) => found && show(asked, found));
  });
  effect(() => {
    const asked = asking.value;
    void untracked(() => link(asked));
  });
  effect(() => {
    const all = [...facts.value.values()].flatMap((fact) => [fact.article, fact.speaker]);
    void untracked(() => call(all.filter(Boolean)));
  });
}

async function open(limit: number): Promise<void> {
  const part = await during(source.overview(limit || 1)); // of nothing only how much there is
  if (!part || limit !== state.peek().limit) return; // it is another picture by now
  batch(() => {
    know(part.entities, part.facts);
    total.value = part.total;
    opening.value = { limit, entities: new Map(part.entities.map((one) => [one.iri, one])), facts: part.facts };
  });
}

async function link(asked: string): Promise<void> {
  const [limit, ...more] = asked.split(" ");
  const found = more.length ? await during(source.links(Number(limit), more)) : [];
  if (asked !== asking.peek()) return; // it is another picture by now
  know([], found ?? []);
  links.value = found ?? [];
}

async function show(asked: string, found: readonly Path[]): Promise<void> {
  const unknown = [...new Set(found.flatMap((path) => path.entities))].filter((iri) => !entities.value.has(iri));
  await Promise.all(unknown.map(async (iri) => neighbourhood(iri)));
  if (asked !== ends.peek()) return;
  know([], found.flatMap((path) => path.hops.flat()));
  paths.value = found;
}

/** Everything anew, after a decision. */
export async function refresh(): Promise<void> {
  asked.clear();
  failed.clear();
  batch(() => {
    entities.value = new Map();
    facts.value = new Map();
    around.value = new Map();
    opening.value = null;
  });
  const { limit, opened } = state.value;
  const reread = new Set(opened.map((name) => name.split("|")[0]!));
  await Promise.all([open(limit), ...[...reread].map(neighbourhood)]);
  version.value += 1;
  await link(asking.peek());
}
