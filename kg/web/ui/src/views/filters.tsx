// What the picture leaves out, with the numbers of facts that each value would leave.

import { useSignal } from "@preact/signals";
import { facets, labelOf, named } from "../graph";
import { classColour, modalityColour } from "../palette";
import { type Facet, FACETS, filtered, go, ONLY, passes, START, state, toggled } from "../state";
import type { Modality } from "../values";
import { count, t, type Word } from "../words";

const FEW = 8;
const TITLES: Record<Facet, Word> = {
  types: "types",
  relations: "relations",
  articles: "articles",
  speakers: "speakers",
  modalities: "modality",
};

function nameOf(facet: Facet, value: string): string {
  if (facet === "modalities") return t(value as Modality);
  if (facet === "speakers" && !value) return t("itself");
  return facet === "types" || facet === "relations" ? named(value) || t("none") : labelOf(value);
}

function colour(facet: Facet, value: string): string | undefined {
  if (facet === "types") return classColour(value);
  return facet === "modalities" ? modalityColour(value as Modality) : undefined;
}

export function Filters() {
  const open = useSignal(matchMedia("(min-width: 1100px)").matches);
  return (
    <aside class="filters" aria-label={t("filters")} data-open={open.value}>
      <h2>
        <button class="fold" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          {t("filters")}
          {filtered.value && " ●"}
        </button>
        {filtered.value && (
          <button class="link" onClick={() => go({ without: START.without, confidence: 0, from: "", to: "" })}>
            {t("clear")}
          </button>
        )}
      </h2>
      {open.value && (
        <div class="facets">
          <Confidence />
          <Dates />
          {FACETS.map((facet) => (
            <Values key={facet} facet={facet} />
          ))}
        </div>
      )}
    </aside>
  );
}

function Confidence() {
  const { confidence } = state.value;
  return (
    <label class="range">
      {t("confidence")} <output>{confidence ? `${t("atLeast")} ${Math.round(confidence * 100)}%` : t("all")}</output>
      <input
        type="range"
        min="0"
        max="0.95"
        step="0.05"
        value={confidence}
        onInput={(event) => go({ confidence: Number(event.currentTarget.value) }, true)}
      />
    </label>
  );
}

function Dates() {
  const { from, to } = state.value;
  const field = (key: "from" | "to", value: string) => (
    <label>
      {t(key)}
      <input
        value={value}
        inputMode="numeric"
        placeholder="2025-06"
        pattern="\d{4}(-\d{2}(-\d{2})?)?"
        onChange={(event) => event.currentTarget.checkValidity() && go({ [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <fieldset class="dates">
      <legend>{t("date")}</legend>
      {field("from", from)}
      {field("to", to)}
    </fieldset>
  );
}

function Values({ facet }: { facet: Facet }) {
  const all = useSignal(false);
  const values = facets.value[facet];
  const { without } = state.value;
  const gone = without[facet];
  const set = (value: string[]) => go({ without: { ...without, [facet]: value } });
  if (values.length + gone.length < 2) return null;
  const shown = all.value ? values : values.slice(0, FEW);
  return (
    <fieldset>
      <legend>{t(TITLES[facet])}</legend>
      <ul>
        {shown.map(([value, number]) => (
          <li key={value}>
            <label>
              <input type="checkbox" checked={passes(gone, [value])} onChange={() => set(toggled(gone, value))} />
              <i class="dot" style={{ background: colour(facet, value) ?? "transparent" }} />
              <span>{nameOf(facet, value)}</span>
              <small>{count(number)}</small>
            </label>
            <button class="only" onClick={() => set([ONLY, value])}>
              {t("only")}
            </button>
          </li>
        ))}
      </ul>
      {values.length > FEW && (
        <button class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? "−" : `+ ${count(values.length - FEW)}`}
        </button>
      )}
      {gone.length > 0 && (
        <button class="link" onClick={() => set([])}>
          {t("all")}
        </button>
      )}
    </fieldset>
  );
}
