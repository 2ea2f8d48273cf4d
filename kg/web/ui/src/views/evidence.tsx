// A fact: every sentence that states it, who says so, how, and how sure it is; and the way into the article.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alike, during, facts, labelOf, learn, named, source, stated, version } from "../graph";
import { modalityColour } from "../palette";
import { quotes } from "../queries";
import { go, state } from "../state";
import type { Fact, Iri, Quote } from "../values";
import { t } from "../words";
import { Decide } from "./decide";
import { visit } from "./search";

/** Look at an entity, where entities are shown. */
function look(iri: Iri): void {
  const { tab } = state.value;
  if (tab === "graph" || tab === "table") go({ selected: iri });
  else visit(iri);
}

/** Subject, relation, object in words; all three can be clicked where they lead. */
export function Sentence({ fact, link = true }: { fact: Fact; link?: boolean }) {
  const end = (iri: Iri) =>
    link ? (
      <button class="name" onClick={() => look(iri)}>
        {labelOf(iri)}
      </button>
    ) : (
      <b>{labelOf(iri)}</b>
    );
  return (
    <>
      {end(fact.s)} <span class="relation">{named(fact.p)}</span> {end(fact.o)}
    </>
  );
}

export function Marks({ fact }: { fact: Fact }) {
  return (
    <span class="marks">
      <span class="mark" style={{ borderColor: modalityColour(fact.modality), color: modalityColour(fact.modality) }}>
        {t(fact.modality)}
      </span>
      <meter min={0} max={1} value={fact.confidence} title={t("confidence")} />
      <span title={t("confidence")}>{Math.round(fact.confidence * 100)}%</span>
      {fact.date && <span class="date">{fact.date}</span>}
      {fact.speaker && (
        <span>
          {t("says")}{" "}
          <button class="name" onClick={() => look(fact.speaker)}>
            {labelOf(fact.speaker)}
          </button>
        </span>
      )}
    </span>
  );
}

const states = (one: Fact, other: Fact) => one.s === other.s && one.p === other.p && one.o === other.o;
const saysLike = (one: Fact, other: Fact) =>
  states(one, other) && one.modality === other.modality && one.speaker === other.speaker;

/** Several facts to choose from. */
export function Choices({ facts: some }: { facts: Fact[] }) {
  return (
    <ul class="choices">
      {some.map((fact) => (
        <li key={fact.iri}>
          <button class="open" aria-pressed={fact.iri === state.value.selected} onClick={() => go({ selected: fact.iri }, true)}>
            <Sentence fact={fact} link={false} />
          </button>
          <Marks fact={fact} />
        </li>
      ))}
    </ul>
  );
}

export function FactPanel({ statement }: { statement: Iri }) {
  const told = useSignal<Quote[]>([]);
  const read = useSignal<{ of: Iri; facts: Fact[] | null }>({ of: "", facts: [] }); // all that state the same; null: gone
  const others = read.value.of === statement ? read.value.facts : [];
  const same = [...new Map([...alike(statement), ...(others ?? [])].map((one) => [one.iri, one])).values()];
  const key = same.map((fact) => fact.iri).join(" ");
  useEffect(() => {
    let current = true;
    void learn([statement]).then(async () => {
      const known = facts.value.get(statement);
      const found = known ? await stated(known) : null;
      if (current) read.value = { of: statement, facts: found };
    });
    return () => void (current = false);
  }, [statement, version.value]);
  useEffect(() => {
    let current = true;
    if (same.length) void during(quotes(source, same.map((fact) => fact.iri))).then((found) => current && (told.value = found ?? []));
    return () => void (current = false);
  }, [key]);
  const fact = facts.value.get(statement) ?? same[0];
  if (!fact) return <p>{t(others ? "loading" : "gone")}</p>;
  const own = new Set(same.filter((one) => saysLike(one, fact)).map((one) => one.iri));
  const said = told.value.filter((quote) => own.has(quote.statement));
  return (
    <article class="fact" data-statement={statement}>
      <h2>
        <Sentence fact={fact} />
      </h2>
      <Marks fact={fact} />
      {new Set(same.map((one) => one.p + one.modality + one.speaker)).size > 1 && <Choices facts={same} />}
      <ol class="quotes">
        {said.map((quote) => (
          <QuoteView key={`${quote.statement} ${quote.start}`} quote={quote} />
        ))}
      </ol>
      <Decide fact={fact} articles={new Set(same.filter((one) => states(one, fact)).map((one) => one.article)).size} />
    </article>
  );
}

export function QuoteView({ quote }: { quote: Quote }) {
  return (
    <li>
      <blockquote>
        {quote.prefix}
        <mark>{quote.exact}</mark>
        {quote.suffix}
      </blockquote>
      <button class="link" onClick={() => go({ tab: "article", article: quote.article, selected: quote.statement })}>
        {quote.title}
        {quote.date && ` · ${quote.date}`}
      </button>
    </li>
  );
}
