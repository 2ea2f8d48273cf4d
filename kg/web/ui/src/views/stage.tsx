// The picture with its tools and how much of the graph it shows.

import { useEffect, useRef } from "preact/hooks";
import { mount, picture } from "../canvas";
import { busy, facts, total, visible } from "../graph";
import { layoutWorker } from "../doors";
import { classColour, MODALITY, modalityColour } from "../palette";
import { named } from "../graph";
import { go, OPENING, state } from "../state";
import { MODALITIES } from "../values";
import { count, t } from "../words";

const MORE = 2000;

export function Stage() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => mount(box.current!, layoutWorker()), []);
  return (
    <>
      <div class="canvas" ref={box} tabIndex={0} role="img" aria-label={`${t("graph")}: ${amount()}`} />
      <Amount />
      <Tools />
      <Legend />
      {busy.value > 0 && !facts.value.size && <p class="waiting">{t("loading")}</p>}
    </>
  );
}

function amount(): string {
  const { entities, facts } = visible.value;
  return `${count(entities.length)} ${t("entities")}, ${count(facts.length)} ${t("facts")}`;
}

/** "Showing 200 of 4,812", with a way to more. */
export function Amount() {
  const { entities, facts } = visible.value;
  const all = total.value;
  const { limit, hidden } = state.value;
  const next = Math.min(Math.max(limit, OPENING / 2) * 2, MORE);
  return (
    <p class="amount" role="status">
      {t("showing")} <b>{count(entities.length)}</b> {t("of")} {count(all.entities)} {t("entities")}, <b>{count(facts.length)}</b>{" "}
      {t("of")} {count(all.facts)} {t("facts")}
      {limit < MORE && limit < all.entities && (
        <button class="link" onClick={() => go({ limit: next, focus: "" })}>
          {t("more")}
        </button>
      )}
      {hidden.length > 0 && (
        <button class="link" onClick={() => go({ hidden: [] })}>
          {count(hidden.length)} {t("hidden")}: {t("showHidden")}
        </button>
      )}
    </p>
  );
}

function Tools() {
  const { colour, focus } = state.value;
  const act = (name: Parameters<typeof t>[0], sign: string, click: () => void) => (
    <button onClick={click} title={t(name)} aria-label={t(name)}>
      {sign}
    </button>
  );
  return (
    <div class="stage-tools" role="toolbar" aria-label={t("graph")}>
      {act("zoomIn", "+", () => picture.value?.zoom(1.5))}
      {act("zoomOut", "−", () => picture.value?.zoom(1 / 1.5))}
      {act("fit", "⤢", () => picture.value?.fit())}
      {act("layout", "✣", () => picture.value?.rearrange())}
      <button onClick={() => go({ colour: colour === "type" ? "community" : "type" })} title={t("colour")}>
        ◐<span class="wide"> {t(colour === "type" ? "byType" : "byCommunity")}</span>
      </button>
      {focus && (
        <button class="active" onClick={() => go({ focus: "" })}>
          {t("focus")} ×
        </button>
      )}
    </div>
  );
}

function Legend() {
  const types = [...new Set(visible.value.entities.map((entity) => entity.type))].filter(Boolean).sort();
  const modes = MODALITIES.filter((mode) => MODALITY[mode] && visible.value.facts.some((fact) => fact.modality === mode));
  return (
    <ul class="legend" aria-hidden="true">
      {state.value.colour === "type" &&
        types.map((type) => (
          <li key={type}>
            <i class="dot" style={{ background: classColour(type) }} /> {named(type)}
          </li>
        ))}
      {modes.map((mode) => (
        <li key={mode}>
          <i class="stroke" style={{ background: modalityColour(mode) }} /> {t(mode)}
        </li>
      ))}
    </ul>
  );
}
