// Beside the picture: what is selected, with its evidence.

import { candidates, entities, labelOf, paths } from "../graph";
import { go, state } from "../state";
import { t } from "../words";
import { EntityPanel } from "./entity";
import { FactPanel } from "./evidence";
import { Paths } from "./path";

export function Panel() {
  const { selected, path } = state.value;
  const statement = selected.includes("/statement/");
  const content = statement ? (
    <FactPanel statement={selected} />
  ) : selected ? (
    <EntityPanel iri={selected} />
  ) : path.length ? (
    <Paths />
  ) : (
    <Start />
  );
  const close = () => go(selected ? { selected: "" } : { path: [] });
  return (
    <aside class="panel" aria-label={t("evidence")} data-open={Boolean(selected || path.length)}>
      {(selected || path.length > 0) && (
        <button class="close" onClick={close} aria-label={t("close")} title={`${t("close")} (Esc)`}>
          ×
        </button>
      )}
      {selected && paths.value.length > 0 && (
        <button class="link" onClick={() => go({ selected: "" })}>
          ← {t("paths")}
        </button>
      )}
      {content}
    </aside>
  );
}

/** Before anything is selected: the most central entities, as a way in. */
function Start() {
  const central = candidates.value.entities.flatMap((iri) => entities.value.get(iri) ?? []);
  const most = central.sort((a, b) => b.degree - a.degree || (a.iri < b.iri ? -1 : 1)).slice(0, 12);
  return (
    <div class="start">
      <p>{t("selectHint")}</p>
      <ul class="chips">
        {most.map((entity) => (
          <li key={entity.iri}>
            <button onClick={() => go({ selected: entity.iri })}>{labelOf(entity.iri)}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}
