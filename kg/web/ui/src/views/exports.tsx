// What is shown, or the whole graph, as files.

import { useSignal } from "@preact/signals";
import { picture } from "../canvas";
import { drawn, save } from "../files";
import { during, labelOf, source, visible } from "../graph";
import { turtle } from "../queries";
import { t } from "../words";

const ENDINGS = { turtle: "ttl", graphml: "graphml", gexf: "gexf" } as const;

async function shown(format: keyof typeof ENDINGS): Promise<void> {
  const { entities, facts } = visible.value;
  const content =
    format === "turtle"
      ? await during(turtle(source, facts.map((fact) => fact.iri)))
      : drawn(format, entities, facts, labelOf);
  if (content) save(`kg-shown.${ENDINGS[format]}`, content);
}

async function whole(format: keyof typeof ENDINGS): Promise<void> {
  const content = await during(source.dump(format));
  if (content) save(`kg.${ENDINGS[format]}`, content);
}

async function image(): Promise<void> {
  const content = await during(picture.value!.image());
  if (content) save("kg.png", content);
}

export function Exports() {
  const open = useSignal(false);
  const items = (act: (format: keyof typeof ENDINGS) => Promise<void>) =>
    ([["Turtle", "turtle"], ["GraphML", "graphml"], ["GEXF", "gexf"]] as const).map(([label, format]) => (
      <button key={format} role="menuitem" onClick={() => void act(format)}>
        {label}
      </button>
    ));
  return (
    <div
      class="menu"
      onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node) && (open.value = false)}
      onKeyDown={(event) => event.key === "Escape" && (open.value = false)}
    >
      <button aria-haspopup="menu" aria-expanded={open.value} onClick={() => (open.value = !open.value)} title={t("export")}>
        ⤓<span class="wide"> {t("export")}</span>
      </button>
      {open.value && (
        <div role="menu" onClick={() => (open.value = false)}>
          <h3>{t("shown")}</h3>
          {items(shown)}
          {picture.value && (
            <button role="menuitem" onClick={() => void image()}>
              PNG
            </button>
          )}
          <h3>{t("whole")}</h3>
          {items(whole)}
        </div>
      )}
    </div>
  );
}
