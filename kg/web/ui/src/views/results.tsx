// The result of a query as a table, as bars, and triples as a graph.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawTriples, MOST } from "../triples-picture";
import { ID, local, short } from "../queries";
import { call, labelOf } from "../graph";
import { visit } from "./search";
import type { Answer, Iri, Row, Term } from "../values";
import { count, t } from "../words";

const PAGE = 200;
const BARS = 50;
type Look = "table" | "chart" | "graph";

export function rowsOf({ rows, triples }: Answer): Row[] {
  return triples?.map(([subject, predicate, object]) => ({ subject, predicate, object })) ?? rows;
}

export function entitiesOf(rows: Row[]): Iri[] {
  const terms = rows.flatMap((row) => Object.values(row));
  return terms.flatMap((term) => (term?.type === "uri" && term.value.startsWith(ID) ? [term.value] : []));
}

export function Results({ answer, evidence }: { answer: Answer; evidence: (row: Row | [Term, Term, Term]) => void }) {
  const look = useSignal<Look>("table");
  useEffect(() => void (look.value = answer.triples ? "graph" : "table"), [answer]);
  if (answer.truth !== undefined) return <p class="truth">{t(answer.truth ? "yes" : "no")}</p>;
  const looks: Look[] = answer.triples ? ["graph", "table"] : ["table", "chart"];
  const rows = rowsOf(answer);
  return (
    <div class="results">
      <div class="looks" role="tablist">
        {looks.map((name) => (
          <button key={name} role="tab" aria-selected={look.value === name} onClick={() => (look.value = name)}>
            {t(name)}
          </button>
        ))}
        <small role="status">
          {count(rows.length)} {t("rows")}
        </small>
      </div>
      {look.value === "table" && <Rows variables={answer.variables} rows={rows} evidence={evidence} />}
      {look.value === "chart" && <Chart answer={answer} />}
      {look.value === "graph" && answer.triples && <Triples triples={answer.triples} evidence={evidence} />}
    </div>
  );
}

function Rows({ variables, rows, evidence }: { variables: string[]; rows: Row[]; evidence: (row: Row) => void }) {
  const most = useSignal(PAGE);
  useEffect(() => void call(entitiesOf(rows.slice(0, most.value))), [rows, most.value]);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {variables.map((name) => (
              <th key={name}>{name}</th>
            ))}
            <th />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most.value).map((row, index) => (
            <tr key={index}>
              {variables.map((name) => (
                <td key={name}>
                  <TermView term={row[name]} />
                </td>
              ))}
              <td>
                <button class="link" onClick={() => evidence(row)}>
                  {t("evidence")}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most.value && (
        <button class="link" onClick={() => (most.value += PAGE)}>
          {t("more")}: {count(rows.length - most.value)}
        </button>
      )}
    </div>
  );
}

/** A term for people; only addresses of the web become links. */
function TermView({ term }: { term: Term | undefined }) {
  if (!term) return null;
  if (term.type !== "uri") return <span lang={term["xml:lang"] ?? ""}>{term.value}</span>;
  if (term.value.startsWith(ID)) {
    return (
      <a
        href={`#entity=id:${encodeURIComponent(term.value.slice(ID.length))}`}
        title={term.value}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          visit(term.value);
        }}
      >
        {labelOf(term.value)}
      </a>
    );
  }
  const name = short(term.value);
  if (name === term.value && /^https?:\/\//.test(name)) {
    return (
      <a href={name} target="_blank" rel="noreferrer noopener">
        {name}
      </a>
    );
  }
  return <span title={term.value}>{name}</span>;
}

const numeric = (term: Term | undefined) => term?.type === "literal" && term.value.trim() !== "" && Number.isFinite(Number(term.value));

/** How much of a result is looked at, where that is not all. */
export function Cut({ shown, of }: { shown: number; of?: number }) {
  return (
    <p class="cut" role="status">
      {t("showing")} {count(shown)} {of !== undefined && `${t("of")} ${count(of)}`}
    </p>
  );
}

/** Bars of the first column of numbers, named by the first other column. */
function Chart({ answer }: { answer: Answer }) {
  const rows = answer.rows.slice(0, BARS);
  const value = answer.variables.find((name) => rows.length > 0 && rows.every((row) => numeric(row[name])));
  const names = answer.variables.filter((name) => name !== value);
  if (!value) return <p>{t("noNumbers")}</p>;
  const most = Math.max(...rows.map((row) => Math.abs(Number(row[value]!.value))), 1e-9);
  const label = (row: Row) => names.map((name) => (row[name]?.type === "uri" ? labelOrName(row[name]) : row[name]?.value)).filter(Boolean).join(" · ");
  const all = answer.rows.length;
  return (
    <table class="bars">
      <caption>
        {value}
        {all > BARS && <Cut shown={BARS} of={all} />}
      </caption>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            <th scope="row">{label(row)}</th>
            <td>
              <i style={{ width: `${(Math.abs(Number(row[value]!.value)) / most) * 100}%` }} />
              <span>{row[value]!.value}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const labelOrName = (term: Term | undefined) => (term!.value.startsWith(ID) ? labelOf(term!.value) : local(term!.value));

function Triples({ triples, evidence }: { triples: [Term, Term, Term][]; evidence: (row: [Term, Term, Term]) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => drawTriples(box.current!, triples, evidence), [triples]);
  return (
    <>
      {triples.length > MOST && <Cut shown={MOST} of={triples.length} />}
      <div class="triples" ref={box} role="img" aria-label={t("graph")} />
    </>
  );
}
