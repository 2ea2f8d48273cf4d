// An entity: its classes, other names, facts by relation, articles; and what can be done with it in the picture.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { during, entities, groupName, labelOf, LARGE, named, neighbourhood, source, version } from "../graph";
import { classColour } from "../palette";
import { type Details, details } from "../queries";
import { go, state, toggled } from "../state";
import type { Group, Iri, Neighbours } from "../values";
import { count, t } from "../words";
import { Marks, Sentence } from "./evidence";
import { DecideEntity } from "./decide";

const FEW = 5;

/** Put an entity's neighbourhood on show: at once where it is small, else the panel offers it by relation. */
export async function expand(iri: Iri): Promise<void> {
  const before = state.value.selected;
  const found = await neighbourhood(iri);
  if (!found) return;
  const { opened } = state.value;
  const selected = state.value.selected === before ? iri : state.value.selected; // the person may have gone on
  if (found.total <= LARGE && !opened.includes(iri)) go({ opened: [...opened, iri], selected });
  else go({ selected });
}

export function EntityPanel({ iri }: { iri: Iri }) {
  const about = useSignal<Details | undefined>(undefined);
  const around = useSignal<Neighbours | undefined>(undefined);
  useEffect(() => {
    let current = true;
    if (around.value?.entity.iri !== iri) about.value = around.value = undefined;
    void during(details(source, iri)).then((found) => current && (about.value = found));
    void neighbourhood(iri).then((found) => current && (around.value = found));
    return () => void (current = false);
  }, [iri, version.value]);
  const entity = entities.value.get(iri) ?? around.value?.entity;
  const known = about.value;
  return (
    <article class="entity" data-entity={iri}>
      <h2>{entity?.label ?? labelOf(iri)}</h2>
      <p class="types">
        {(known?.types ?? (entity ? [entity.type] : [])).map((type) => (
          <span key={type} class="type">
            <i class="dot" style={{ background: classColour(type) }} /> {named(type)}
          </span>
        ))}
        {known?.broader.map((one) => (
          <span key={one}>
            {t("broader")}: <Name iri={one} />
          </span>
        ))}
      </p>
      {known && known.aliases.length > 0 && (
        <p class="aliases">
          {t("aliases")}: {known.aliases.join(", ")}
        </p>
      )}
      <Actions iri={iri} />
      {around.value && <Groups around={around.value} />}
      {known && known.articles.length > 0 && (
        <section>
          <h3>{t("articles")}</h3>
          <ul class="articles">
            {known.articles.map((one) => (
              <li key={one.iri}>
                <button class="link" onClick={() => go({ tab: "article", article: one.iri })}>
                  {one.title}
                  {one.date && ` · ${one.date}`}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <DecideEntity key={iri} iri={iri} />
    </article>
  );
}

function Name({ iri }: { iri: Iri }) {
  return (
    <button class="name" onClick={() => go({ selected: iri })}>
      {labelOf(iri)}
    </button>
  );
}

function Actions({ iri }: { iri: Iri }) {
  const { hidden, pinned, focus } = state.value;
  return (
    <div class="actions" role="toolbar">
      <button onClick={() => void expand(iri)} title="E">
        {t("expand")}
      </button>
      <button onClick={() => go({ focus: focus === iri ? "" : iri })} aria-pressed={focus === iri} title="F">
        {t("focus")}
      </button>
      <button onClick={() => go({ pinned: toggled(pinned, iri) })} aria-pressed={pinned.includes(iri)} title="P">
        {t(pinned.includes(iri) ? "unpin" : "pin")}
      </button>
      <button onClick={() => go({ hidden: toggled(hidden, iri), selected: "" })} title="H">
        {t("hide")}
      </button>
      <button onClick={() => go({ path: [iri], selected: "" })}>{t("pathFrom")}</button>
    </div>
  );
}

function Groups({ around }: { around: Neighbours }) {
  const { opened } = state.value;
  const iri = around.entity.iri;
  const large = around.total > LARGE;
  return (
    <section class="groups">
      <h3>
        {t("neighbours")} <small>{count(around.total)}</small>
        {large && !opened.includes(iri) && (
          <button class="link" onClick={() => go({ opened: [...opened, iri] })}>
            {t("addAll")}
          </button>
        )}
      </h3>
      {around.groups.map((group) => (
        <FactGroup key={groupName(iri, group)} iri={iri} group={group} large={large} />
      ))}
    </section>
  );
}

function FactGroup({ iri, group, large }: { iri: Iri; group: Group; large: boolean }) {
  const all = useSignal(false);
  const { opened } = state.value;
  const name = groupName(iri, group);
  const shown = all.value ? group.facts : group.facts.slice(0, FEW);
  return (
    <details open={!large}>
      <summary>
        {group.direction === "in" ? "← " : ""}
        {named(group.relation)} <small>{count(group.count)}</small>
        {large && !opened.includes(iri) && (
          <button class="link" onClick={(event) => (event.preventDefault(), go({ opened: toggled(opened, name) }))}>
            {opened.includes(name) ? t("hide") : t("add")}
          </button>
        )}
      </summary>
      <table class="facts">
        <tbody>
          {shown.map((fact) => (
            <tr key={fact.iri}>
              <td>
                <button class="open" onClick={() => go({ selected: fact.iri })} title={t("evidence")}>
                  <Sentence fact={fact} link={false} />
                </button>
                <Marks fact={fact} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {group.facts.length > FEW && (
        <button class="link" onClick={() => (all.value = !all.value)}>
          {all.value ? "−" : `+ ${count(group.facts.length - FEW)}`}
        </button>
      )}
      {group.facts.length < group.count && (
        <small>
          {t("showing")} {count(group.facts.length)} {t("of")} {count(group.count)}
        </small>
      )}
    </details>
  );
}
