// How two entities hang together: each path with the sentence behind every hop.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { busy, during, labelOf, paths, problem, source } from "../graph";
import { quotes } from "../queries";
import { go, state } from "../state";
import type { Path, Quote } from "../values";
import { count, t } from "../words";
import { Marks, QuoteView, Sentence } from "./evidence";
import { Search } from "./search";

export function Paths() {
  const [from, to] = state.value.path;
  return (
    <article class="paths">
      <h2>
        {labelOf(from!)} → {to ? labelOf(to) : "…"}
      </h2>
      {!to && (
        <>
          <p>{t("pathTo")}</p>
          <Search id="target" />
        </>
      )}
      {to && !paths.value.length && !busy.value && !problem.value && <p>{t("noPath")}</p>}
      {paths.value.map((path, index) => (
        <PathView key={path.entities.join(" ")} path={path} open={index === 0} />
      ))}
    </article>
  );
}

function PathView({ path, open }: { path: Path; open: boolean }) {
  const told = useSignal<Quote[]>([]);
  const firsts = path.hops.map((hop) => hop[0]!);
  useEffect(() => {
    void during(quotes(source, firsts.map((fact) => fact.iri))).then((found) => (told.value = found ?? []));
  }, [firsts.map((fact) => fact.iri).join(" ")]);
  return (
    <details open={open}>
      <summary>
        {count(path.hops.length)} {t("hop")}: {path.entities.map(labelOf).join(" – ")}
      </summary>
      <ol>
        {firsts.map((fact, index) => (
          <li key={fact.iri}>
            <button class="open" onClick={() => go({ selected: fact.iri })}>
              <Sentence fact={fact} link={false} />
            </button>
            <Marks fact={fact} />
            <ul class="quotes">
              {told.value.filter((quote) => quote.statement === fact.iri).slice(0, 1).map((quote) => (
                <QuoteView key={quote.start} quote={quote} />
              ))}
            </ul>
            {path.hops[index]!.length > 1 && (
              <small>
                + {count(path.hops[index]!.length - 1)} {t("facts")}
              </small>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
