// The picture as a table: the same facts, for screen readers and for those who rather read.

import { useSignal } from "@preact/signals";
import { labelOf, named, visible } from "../graph";
import { go, state } from "../state";
import type { Fact } from "../values";
import { count, t, type Word } from "../words";
import { Amount } from "./stage";

const PAGE = 200;
const COLUMNS: [Word, (fact: Fact) => string | number][] = [
  ["subject", (fact) => labelOf(fact.s)],
  ["relation", (fact) => named(fact.p)],
  ["object", (fact) => labelOf(fact.o)],
  ["modality", (fact) => t(fact.modality)],
  ["confidence", (fact) => fact.confidence],
  ["speaker", (fact) => (fact.speaker ? labelOf(fact.speaker) : "")],
  ["date", (fact) => fact.date],
  ["article", (fact) => labelOf(fact.article)],
];

export function Table() {
  const by = useSignal<Word>("subject");
  const down = useSignal(false);
  const most = useSignal(PAGE);
  const of = COLUMNS.find(([name]) => name === by.value)![1];
  const order = (a: Fact, b: Fact) => {
    const [x, y] = [of(a), of(b)];
    return typeof x === "number" ? x - (y as number) : x.localeCompare(String(y), state.value.lang);
  };
  const rows = [...visible.value.facts].sort((a, b) => order(a, b) * (down.value ? -1 : 1));
  const sort = (name: Word) => {
    down.value = by.value === name && !down.value;
    by.value = name;
  };
  return (
    <div class="table-view">
      <Amount />
      <table>
        <thead>
          <tr>
            {COLUMNS.map(([name]) => (
              <th key={name} aria-sort={by.value === name ? (down.value ? "descending" : "ascending") : undefined}>
                <button onClick={() => sort(name)}>
                  {t(name)} {by.value === name && (down.value ? "↓" : "↑")}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most.value).map((fact) => (
            <tr key={fact.iri} aria-selected={state.value.selected === fact.iri}>
              <td>
                <button class="name" onClick={() => go({ selected: fact.s })}>
                  {labelOf(fact.s)}
                </button>
              </td>
              <td>
                <button class="open" onClick={() => go({ selected: fact.iri })} title={t("evidence")}>
                  {named(fact.p)}
                </button>
              </td>
              <td>
                <button class="name" onClick={() => go({ selected: fact.o })}>
                  {labelOf(fact.o)}
                </button>
              </td>
              <td>{t(fact.modality)}</td>
              <td>{Math.round(fact.confidence * 100)}%</td>
              <td>{fact.speaker && labelOf(fact.speaker)}</td>
              <td>{fact.date}</td>
              <td class="clip" title={labelOf(fact.article)}>
                {labelOf(fact.article)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!rows.length && <p>{t("nothing")}</p>}
      {rows.length > most.value && (
        <button class="link" onClick={() => (most.value += PAGE)}>
          {t("more")}: {count(rows.length - most.value)}
        </button>
      )}
    </div>
  );
}
