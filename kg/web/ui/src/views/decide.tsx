// What people decide about facts and entities, where the server allows it; all of it can be taken back.

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { during, labelOf, named, names, refresh, source } from "../graph";
import type { Decision } from "../source";
import { go, OPENING, state } from "../state";
import { type Fact, type Iri, MODALITIES } from "../values";
import { count, t } from "../words";
import { Search } from "./search";

const token = signal(sessionStorage.getItem("kg-token") ?? ""); // never in the address
const made = signal<{ iri: Iri; text: string }[]>([]);

async function decide(decision: Decision): Promise<void> {
  const done = await during(source.decide!(decision, token.value).then(() => true));
  if (!done) return;
  if (decision.action === "merge" || decision.action === "split") leave("into" in decision ? [decision.into] : []);
  else go({ selected: "" });
  await Promise.all([refresh(), list()]);
}

/** Look at these entities: those that were open may have gone. */
function leave(opened: Iri[]): void {
  go({ selected: opened[0] ?? "", opened, hidden: [], pinned: [], focus: "", path: [], limit: state.value.limit || OPENING });
}

async function takeBack(iri: Iri): Promise<void> {
  const done = await during(source.undo!(iri, token.value).then(() => true));
  if (!done) return;
  leave([]);
  await Promise.all([refresh(), list()]);
}

async function list(): Promise<void> {
  made.value = (await during(source.decisions!())) ?? [];
}

function Token() {
  return (
    <form class="token" onSubmit={(event) => event.preventDefault()}>
      <label for="token">{t("token")}</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        value={token.value}
        onInput={(event) => {
          token.value = event.currentTarget.value.trim();
          sessionStorage.setItem("kg-token", token.value);
        }}
      />
    </form>
  );
}

/** ``articles``: how many state the fact, in whatever way. */
export function Decide({ fact, articles }: { fact: Fact; articles: number }) {
  const correcting = useSignal(false);
  const everywhere = useSignal(false);
  const relation = useSignal(fact.p);
  const modality = useSignal<string>(fact.modality);
  useEffect(() => {
    correcting.value = everywhere.value = false;
    [relation.value, modality.value] = [fact.p, fact.modality];
  }, [fact.iri]);
  if (!source.editable) return null;
  const relations = [...names.value].filter(([, term]) => term.kind === "relation").map(([iri]) => iri);
  relations.sort((a, b) => named(a).localeCompare(named(b)));
  return (
    <section class="decide">
      <Token />
      {articles > 1 && (
        <label class="check">
          <input type="checkbox" checked={everywhere.value} onChange={(event) => (everywhere.value = event.currentTarget.checked)} />
          {`${t("everywhere")} (${count(articles)})`}
        </label>
      )}
      <div class="actions">
        <button onClick={() => void decide({ action: "reject", statement: fact.iri, everywhere: everywhere.value })}>{t("reject")}</button>
        <button aria-expanded={correcting.value} onClick={() => (correcting.value = !correcting.value)}>
          {t("correct")}
        </button>
      </div>
      {correcting.value && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const right = { relation: relation.value, modality: modality.value };
            void decide({ action: "correct", statement: fact.iri, ...right, everywhere: everywhere.value });
          }}
        >
          <label>
            {t("relation")}
            <select value={relation.value} onChange={(event) => (relation.value = event.currentTarget.value)}>
              {relations.map((iri) => (
                <option key={iri} value={iri}>
                  {named(iri)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t("modality")}
            <select value={modality.value} onChange={(event) => (modality.value = event.currentTarget.value)}>
              {MODALITIES.map((one) => (
                <option key={one} value={one}>
                  {t(one)}
                </option>
              ))}
            </select>
          </label>
          <button>{t("save")}</button>
        </form>
      )}
      <Decisions />
    </section>
  );
}

export function DecideEntity({ iri }: { iri: Iri }) {
  const merging = useSignal(false);
  if (!source.editable) return null;
  return (
    <section class="decide">
      <Token />
      <div class="actions">
        <button aria-expanded={merging.value} onClick={() => (merging.value = !merging.value)}>
          {t("merge")}
        </button>
        <button onClick={() => void decide({ action: "split", entity: iri })}>{t("split")}</button>
      </div>
      {merging.value && (
        <>
          <p>
            {labelOf(iri)} → …
          </p>
          <Search id="into" choose={(into) => void decide({ action: "merge", entity: iri, into })} />
        </>
      )}
      <Decisions />
    </section>
  );
}

function Decisions() {
  return (
    <details onToggle={(event) => event.currentTarget.open && void list()}>
      <summary>{t("decisions")}</summary>
      <ul>
        {made.value.map((one) => (
          <li key={one.iri}>
            {one.text}{" "}
            <button class="link" onClick={() => void takeBack(one.iri)}>
              {t("takeBack")}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
