// A whole article with the words of all its facts marked; a click on marked words opens their facts.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { during, facts, learn, source, version } from "../graph";
import { article } from "../queries";
import { go, state } from "../state";
import type { Article, Iri } from "../values";
import { count, t } from "../words";
import { Choices, FactPanel } from "./evidence";

interface Piece {
  text: string;
  statements: Iri[];
}

/** The text in pieces of one set of facts each. Offsets are code points, strings are not: so it is cut by letters. */
export function pieces({ text, spans }: Pick<Article, "text" | "spans">): Piece[] {
  const letters = [...text];
  const cuts = [...new Set([0, letters.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index) => ({
    text: letters.slice(start, cuts[index + 1]).join(""),
    statements: spans.filter((span) => span.start <= start && start < span.end).map((span) => span.statement),
  }));
}

export function ArticleView() {
  const iri = state.value.article;
  const found = useSignal<Article | undefined>(undefined);
  const missing = useSignal(false);
  const here = useSignal<Iri[]>([]);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    if (found.value?.iri !== iri) {
      found.value = undefined;
      here.value = [];
    }
    missing.value = false;
    void during(article(source, iri)).then(async (read) => {
      if (read) await learn([...new Set(read.spans.map((span) => span.statement))]);
      if (current) [found.value, missing.value] = [read, !read];
    });
    return () => void (current = false);
  }, [iri, version.value]);
  const { selected } = state.value;
  useEffect(() => {
    if (!selected) here.value = [];
  }, [selected]);
  useEffect(() => {
    body.current?.querySelector(".chosen")?.scrollIntoView({ block: "center" });
  }, [selected, found.value]);
  const cut = useComputed(() => (found.value ? pieces(found.value) : []));
  const shown = found.value;
  if (!shown) return <p class="waiting">{t(missing.value ? "gone" : "loading")}</p>;
  const show = (statements: Iri[]) => {
    here.value = statements;
    go({ selected: statements[0]! });
  };
  const close = () => {
    here.value = [];
    go({ selected: "" });
  };
  const open = here.value.length > 1 || selected.includes("/statement/");
  return (
    <div class="article-view">
      <article class="text" ref={body} lang="">
        <h1>{shown.title}</h1>
        <p class="source">
          {[shown.publisher, shown.date].filter(Boolean).join(" · ")}{" "}
          {shown.url && (
            <a href={shown.url} rel="noreferrer noopener" target="_blank">
              {shown.url}
            </a>
          )}{" "}
          {count(new Set(shown.spans.map((span) => span.statement)).size)} {t("facts")}
        </p>
        <div class="body">
          {cut.value.map(({ text, statements }, index) =>
            statements.length ? (
              <mark
                key={index}
                role="button"
                tabIndex={0}
                class={statements.includes(selected) ? "chosen" : ""}
                onClick={() => show(statements)}
                onKeyDown={(event) => event.key === "Enter" && show(statements)}
              >
                {text}
              </mark>
            ) : (
              text
            ),
          )}
        </div>
      </article>
      <aside class="panel" data-open={open} aria-label={t("evidence")}>
        {open && (
          <button class="close" onClick={close} aria-label={t("close")} title={`${t("close")} (Esc)`}>
            ×
          </button>
        )}
        {here.value.length > 1 && (
          <Choices facts={here.value.flatMap((one) => facts.value.get(one) ?? [])} />
        )}
        {selected.includes("/statement/") && <FactPanel statement={selected} />}
      </aside>
    </div>
  );
}
