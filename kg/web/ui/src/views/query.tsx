// Ask in SPARQL: worked examples, an editor, results as a table, chart or graph; every row opens its evidence.

import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Editor } from "../editor";
import { examples } from "../examples";
import { save } from "../files";
import { busy, call, candidates, during, entities, facts, learn, source } from "../graph";
import { declared, factsBetween, factsOfEvidence, ID, MOST, STATEMENT } from "../queries";
import { FORMATS } from "../source";
import { go, state } from "../state";
import { MOST as PICTURED } from "../triples-picture";
import type { Answer, Iri, Row, Term } from "../values";
import { count, t } from "../words";
import { Choices, FactPanel } from "./evidence";
import { Cut, entitiesOf, Results, rowsOf } from "./results";

const answer = signal<Answer | null>(null);
const failure = signal("");
const asked = signal(""); // the query that answer is of
const running = signal<AbortController | null>(null);
let latest = ""; // the query that was run last, whatever came of it
let draft = ""; // what the editor holds

/** Run a query; `quiet`: because the address says so. */
async function run(query: string, quiet = false): Promise<void> {
  running.value?.abort();
  const abort = new AbortController();
  running.value = abort;
  failure.value = "";
  latest = query;
  if (!quiet) go({ query, selected: "" });
  try {
    const found = await source.query(query, abort.signal);
    await call(entitiesOf(rowsOf(found).slice(0, PICTURED)));
    if (running.value !== abort) return;
    answer.value = found;
    asked.value = query;
  } catch (error) {
    if (running.value !== abort) return;
    answer.value = null;
    failure.value = abort.signal.aborted ? "" : (error as Error).message;
  } finally {
    if (running.value === abort) running.value = null;
  }
}

export function QueryView() {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const here = useSignal<Iri[] | null>(null);
  const shown = examples(candidates.value.facts.length ? [...facts.value.values()] : [], entities.value);
  const rows = useRef(0); // whose evidence was asked for
  draft ||= declared(state.value.query || shown[0]!.query);
  const start = () => void run(declared(draft));
  useEffect(() => {
    let gone = false;
    void import("../editor").then(({ edit }) => {
      if (gone) return;
      const events = { change: (query: string) => (draft = query), run: start };
      editor.current = edit(box.current!, draft, events);
    });
    return () => {
      gone = true;
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => {
    const { query } = state.value;
    if (query === latest) return;
    here.value = null;
    if (query) {
      draft = declared(query);
      editor.current?.set(draft);
      void run(query, true);
    } else {
      [answer.value, failure.value, latest] = [null, "", ""];
    }
  }, [state.value.query]);
  const pick = (query: string) => {
    editor.current?.set(query);
    draft = query;
    here.value = null;
    void run(query);
  };
  const evidence = async (row: Row | [Term, Term, Term]) => {
    const number = ++rows.current;
    const found = await during(statementsOf(Array.isArray(row) ? { s: row[0], p: row[1], o: row[2] } : row));
    if (found) await learn(found);
    if (!found || number !== rows.current) return;
    here.value = found;
    go({ selected: found[0] ?? "" }, true);
  };
  return (
    <div class="query-view">
      <section class="ask">
        <label class="examples">
          {t("examples")}
          <select value="" onChange={(event) => pick(event.currentTarget.value)}>
            <option value="" disabled hidden>
              …
            </option>
            {shown.map((one) => (
              <option key={one.en} value={one.query}>
                {state.value.lang === "vi" ? one.vi : one.en}
              </option>
            ))}
          </select>
        </label>
        <div class="editor" ref={box} />
        <div class="actions">
          <button class="primary" onClick={start}>
            {t("run")} <kbd>Ctrl+Enter</kbd>
          </button>
          {running.value && (
            <button onClick={() => running.value?.abort()}>
              {t("stop")}
            </button>
          )}
          {answer.value && <Downloads answer={answer.value} />}
        </div>
        {running.value && <p role="status">{t("running")}</p>}
        {failure.value && (
          <pre class="failure" role="alert">
            {failure.value}
          </pre>
        )}
        {answer.value && <Results answer={answer.value} evidence={(row) => void evidence(row)} />}
      </section>
      <aside class="panel" data-open={here.value !== null} aria-label={t("evidence")}>
        {here.value && (
          <button class="close" onClick={() => (here.value = null)} aria-label={t("close")}>
            ×
          </button>
        )}
        {here.value && <FactList statements={here.value} />}
        {here.value && state.value.selected.includes("/statement/") && <FactPanel statement={state.value.selected} />}
      </aside>
    </div>
  );
}

function FactList({ statements }: { statements: Iri[] }) {
  if (!statements.length && !busy.value) return <p>{t("noFacts")}</p>;
  if (statements.length < 2) return null;
  return (
    <>
      {statements.length >= MOST && <Cut shown={MOST} />}
      <Choices facts={statements.flatMap((iri) => facts.value.get(iri) ?? [])} />
    </>
  );
}

/** The facts behind a row: named themselves, or by their evidence, or those between the entities that it names. */
async function statementsOf(row: Row): Promise<Iri[]> {
  const iris = Object.values(row).flatMap((term) => (term?.type === "uri" ? [term.value] : []));
  const statements = iris.filter((iri) => iri.startsWith(STATEMENT));
  const evidence = iris.filter((iri) => iri.includes("/evidence/")).map((iri) => iri.replace(/-(quote|position)$/, ""));
  const ends = [...new Set(iris.filter((iri) => iri.startsWith(ID)))];
  const relations = iris.filter((iri) => iri.includes("#") && !iri.startsWith("http://www.w3.org/"));
  if (statements.length) return statements;
  if (evidence.length) return factsOfEvidence(source, evidence);
  return ends.length ? factsBetween(source, ends, relations) : [];
}

function Downloads({ answer }: { answer: Answer }) {
  const kind = answer.triples ? "triples" : "table";
  const fetch = async (name: string) => {
    try {
      save(`kg-query.${FORMATS[name]!.ending}`, await source.download(asked.value, name));
    } catch (error) {
      failure.value = (error as Error).message;
    }
  };
  const names = Object.keys(FORMATS).filter((name) => FORMATS[name]!.of === kind);
  return (
    <span class="downloads">
      {t("download")}:{" "}
      {names.map((name) => (
        <button key={name} class="link" onClick={() => void fetch(name)}>
          {name}
        </button>
      ))}
      {!answer.triples && answer.truth === undefined && <small>{count(answer.rows.length)} {t("rows")}</small>}
    </span>
  );
}
