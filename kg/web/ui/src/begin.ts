// What both pages do once they have their doors.

import { createElement, render } from "preact";
import { picture } from "./canvas";
import { setLayoutWorker } from "./doors";
import * as graph from "./graph";
import { factsOfEvidence } from "./queries";
import type { Source } from "./source";
import * as state from "./state";
import "./style.css";
import { App } from "./views/app";

export function begin(source: Source, worker: () => Worker): void {
  setLayoutWorker(worker);
  const evidence = new URLSearchParams(location.hash.slice(1)).get("evidence"); // of a link from outside
  state.start();
  void graph.start(source);
  if (evidence) void factsOfEvidence(source, [evidence]).then(([selected]) => selected && state.go({ selected }, true));
  render(createElement(App, null), document.body);
  // for scripts and tests: where on the screen entities and facts are drawn, how many lines, and how often
  const kg = {
    place: (iri: string) => picture.value?.place(iri),
    middle: (iri: string) => picture.value?.middle(iri),
    drawn: () => picture.value?.drawn() ?? 0,
    lines: () => picture.value?.lines() ?? 0,
  };
  Object.assign(window, { kg });
}
