// Search with completion: a combobox as WAI-ARIA has it.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { during, named, source } from "../graph";
import { classColour } from "../palette";
import { go, state } from "../state";
import type { Found, Iri } from "../values";
import { count, t } from "../words";

const MOST = 12;

/** Go to an entity: it is selected, with its neighbourhood; as the end of a path where one is being chosen. */
export function visit(iri: Iri): void {
  const { path, opened, hidden, tab } = state.value;
  if (path.length === 1 && path[0] !== iri) return go({ path: [path[0]!, iri], selected: "", tab: "graph" });
  const known = opened.some((name) => name === iri);
  go({
    tab: tab === "table" ? tab : "graph",
    selected: iri,
    opened: known ? opened : [...opened, iri],
    hidden: hidden.filter((one) => one !== iri),
    focus: "",
  });
}

export function Search({ choose = visit, id = "search" }: { choose?: (iri: Iri) => void; id?: string }) {
  const text = useSignal("");
  const found = useSignal<Found[]>([]);
  const total = useSignal(0);
  const at = useSignal(0);
  const open = useSignal(false);
  const asked = useRef(Promise.resolve());

  const ask = (value: string) => {
    text.value = value;
    open.value = true;
    const typed = value.trim();
    const answered = (typed ? during(source.search(typed, MOST)) : Promise.resolve(undefined)).then((answer) => {
      if (answered !== asked.current) return;
      found.value = answer?.results ?? [];
      total.value = answer?.total ?? 0;
      at.value = 0;
    });
    asked.current = answered;
  };
  const take = (one: Found | undefined) => {
    if (!one) return;
    open.value = false;
    text.value = "";
    choose(one.iri);
  };
  /** Take what is marked, of the answer to what is typed: Enter may be pressed before it is there. */
  const enter = async () => {
    const answered = asked.current;
    await answered;
    if (answered === asked.current) take(found.value[at.value]);
  };
  const step = (by: number) => {
    at.value = (at.value + by + found.value.length) % Math.max(found.value.length, 1);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => void enter(),
    Escape: () => (open.value = false),
  };
  const shown = open.value && text.value.trim() !== "";
  return (
    <div class="search" onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && (open.value = false)}>
      <input
        id={id}
        type="search"
        role="combobox"
        list={undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={state.value.path.length === 1 ? t("pathTo") : t("search")}
        title={t("searchHint")}
        aria-label={t("search")}
        aria-expanded={shown}
        aria-controls={`${id}-found`}
        aria-activedescendant={shown && found.value.length ? `${id}-${at.value}` : undefined}
        value={text.value}
        onInput={(event) => ask(event.currentTarget.value)}
        onFocus={() => (open.value = true)}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act || !shown) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
      />
      {shown && (
        <div class="found">
          <ul id={`${id}-found`} role="listbox" aria-label={t("results")}>
            {found.value.map((one, index) => (
              <li
                key={one.iri}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === at.value}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(one)}
              >
                <i class="dot" style={{ background: classColour(one.type) }} />
                <b>{one.label}</b>
                {one.matched !== one.label && <span class="alias"> {one.matched}</span>}
                <small>
                  {named(one.type)} · {count(one.degree)}
                </small>
              </li>
            ))}
          </ul>
          <p role="status">
            {found.value.length ? `${count(found.value.length)} ${t("of")} ${count(total.value)} ${t("results")}` : t("noResult")}
          </p>
        </div>
      )}
    </div>
  );
}
