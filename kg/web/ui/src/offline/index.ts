// What the page in a file knows by heart: entities, facts, who is linked with whom. Made once, from three queries.

import { plain } from "../plain";
import type { Entity, Fact, Found, Group, Iri, Neighbours, Part, Path } from "../values";

const LONGEST = 6; // hops of a path
const STRONGEST = 3; // links of each entity that are kept where all of them would be a hairball, as on the server

export interface Opening {
  entities: Entity[]; // the most central first, with places
  total: { entities: number; facts: number };
}

interface Known extends Entity {
  names: string[];
}

export class Index {
  private readonly entities = new Map<Iri, Known>();
  private readonly about = new Map<Iri, Fact[]>();
  readonly ranked: readonly Known[]; // all entities, the most central first
  private readonly place: ReadonlyMap<Iri, number>; // in that

  constructor(
    private readonly opening: Opening,
    found: { iri: Iri; label: string; type: Iri; aliases: string[] }[],
    private readonly facts: Fact[],
  ) {
    for (const fact of facts) {
      for (const end of new Set([fact.s, fact.o])) {
        const known = this.about.get(end);
        if (known) known.push(fact);
        else this.about.set(end, [fact]);
      }
    }
    const placed = new Map(opening.entities.map((entity) => [entity.iri, entity]));
    for (const { iri, label, type, aliases } of found) {
      const degree = this.about.get(iri)?.length ?? 0;
      this.entities.set(iri, { ...placed.get(iri), iri, label, type, degree, names: [label, ...aliases] });
    }
    const rank = new Map(opening.entities.map((entity, index) => [entity.iri, index]));
    const place = (iri: Iri) => rank.get(iri) ?? Infinity;
    this.ranked = [...this.entities.values()].sort((a, b) => place(a.iri) - place(b.iri) || order(a, b));
    this.place = new Map(this.ranked.map((entity, index) => [entity.iri, index]));
  }

  overview(limit: number): Part {
    const shown = this.ranked.slice(0, limit).filter((entity) => entity.degree > 0);
    const inside = new Set(shown.map((entity) => entity.iri));
    return { entities: shown, facts: this.strongest(inside, inside), total: this.opening.total };
  }

  links(limit: number, more: readonly Iri[]): Fact[] {
    const inside = this.ranked.slice(0, limit).filter((entity) => entity.degree > 0).map((entity) => entity.iri);
    return this.strongest(new Set(more), new Set([...inside, ...more]));
  }

  /** The facts of some entities with those on show; where they link too many, the strongest links of each. */
  private strongest(of: ReadonlySet<Iri>, shown: ReadonlySet<Iri>): Fact[] {
    const pairs = new Map<string, { facts: Fact[]; ends: [number, number] }>();
    for (const fact of this.facts) {
      if (!shown.has(fact.s) || !shown.has(fact.o) || !(of.has(fact.s) || of.has(fact.o))) continue;
      const ends = [this.place.get(fact.s)!, this.place.get(fact.o)!].sort((a, b) => a - b) as [number, number];
      const pair = pairs.get(ends.join()) ?? { facts: [], ends };
      pair.facts.push(fact);
      pairs.set(ends.join(), pair);
    }
    let kept = [...pairs.values()];
    if (kept.length > STRONGEST * shown.size) {
      const counts = new Map<number, number>();
      const count = (end: number) => counts.set(end, (counts.get(end) ?? 0) + 1).get(end)!;
      kept.sort((a, b) => b.facts.length - a.facts.length || a.ends[0] - b.ends[0] || a.ends[1] - b.ends[1]);
      kept = kept.filter(({ ends }) => {
        const own = [...new Set(ends)].filter((end) => of.has(this.ranked[end]!.iri));
        return own.map((end) => count(end) <= STRONGEST).includes(true);
      });
    }
    return kept.flatMap((pair) => pair.facts);
  }

  /** By the beginnings of words, with or without tone marks; names that begin so go first. */
  search(text: string, limit: number): { results: Found[]; total: number } {
    const wanted = plain(text);
    const words = wanted.split(/\s+/).filter(Boolean);
    const found = this.ranked.flatMap((entity) => {
      const fits = entity.names.map((name) => ({ name, rank: rank(name, text, wanted, words) })).filter(({ rank }) => rank < 4);
      const best = fits.sort((a, b) => a.rank - b.rank)[0];
      return best ? [{ entity, ...best }] : [];
    });
    found.sort((a, b) => a.rank - b.rank || order(a.entity, b.entity));
    const results = found.slice(0, limit).map(({ entity: { iri, label, type, degree }, name }) => ({ iri, label, type, degree, matched: name }));
    return { results, total: found.length };
  }

  neighbours(iri: Iri): Neighbours {
    const groups = new Map<string, Group>();
    const facts = this.about.get(iri) ?? [];
    for (const fact of facts) {
      const direction = fact.s === iri ? "out" : "in";
      const key = `${direction} ${fact.p}`;
      const group = groups.get(key) ?? { relation: fact.p, direction, count: 0, facts: [], entities: [] };
      group.count += 1;
      group.facts.push(fact);
      groups.set(key, group);
    }
    for (const group of groups.values()) {
      const ends = new Set(group.facts.map((fact) => (group.direction === "out" ? fact.o : fact.s)));
      group.entities = [...ends].flatMap((end) => this.entities.get(end) ?? []);
    }
    const sorted = [...groups.values()].sort((a, b) => b.count - a.count || (a.relation < b.relation ? -1 : 1));
    return { entity: this.entity(iri), groups: sorted, total: facts.length };
  }

  /** The shortest paths, over facts in either direction; those through less linked entities first. */
  paths(from: Iri, to: Iri, limit: number): Path[] {
    const before = new Map<Iri, Set<Iri>>([[from, new Set()]]);
    let edge = [from];
    for (let hop = 0; hop < LONGEST && edge.length && !before.has(to); hop++) {
      const next = new Map<Iri, Set<Iri>>();
      for (const iri of edge) {
        for (const fact of this.about.get(iri) ?? []) {
          const other = fact.s === iri ? fact.o : fact.s;
          if (!before.has(other)) next.set(other, (next.get(other) ?? new Set()).add(iri));
        }
      }
      for (const [iri, ways] of next) before.set(iri, ways);
      edge = [...next.keys()];
    }
    if (!before.has(to) || from === to) return [];
    const ways = (iri: Iri): Iri[][] => (iri === from ? [[from]] : [...before.get(iri)!].flatMap((one) => ways(one).map((way) => [...way, iri])));
    const weight = (way: Iri[]) => way.slice(1, -1).reduce((sum, iri) => sum + this.entity(iri).degree, 0);
    const found = ways(to).sort((a, b) => weight(a) - weight(b) || (a.join() < b.join() ? -1 : 1)).slice(0, limit);
    return found.map((way) => ({ entities: way, hops: way.slice(1).map((iri, index) => this.between(way[index]!, iri)) }));
  }

  private between(one: Iri, other: Iri): Fact[] {
    const facts = (this.about.get(one) ?? []).filter((fact) => fact.s === other || fact.o === other);
    const sure = (fact: Fact) => (fact.modality === "denied" ? 0 : fact.confidence);
    return facts.sort((a, b) => sure(b) - sure(a) || (a.iri < b.iri ? -1 : 1));
  }

  private entity(iri: Iri): Entity {
    return this.entities.get(iri) ?? { iri, label: iri, type: "", degree: 0 };
  }
}

function order(a: Entity, b: Entity): number {
  return b.degree - a.degree || (a.iri < b.iri ? -1 : 1);
}

/** 0: the name itself, 1: it begins so with the same tone marks, 2: it begins so, 3: words of it do, 4: none. */
function rank(name: string, text: string, wanted: string, words: string[]): number {
  const bare = plain(name);
  if (name === text || bare === wanted) return 0;
  if (name.toLowerCase().startsWith(text.toLowerCase())) return 1;
  if (bare.startsWith(wanted)) return 2;
  const own = bare.split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => own.some((one) => one.startsWith(word))) ? 3 : 4;
}
