// What both pages do once they have their doors.

import { createElement, render } from "preact";
import { picture } from "./canvas";
import { setLayoutWorker } from "./doors";
import * as graph from "./graph";
import type { Source } from "./source";
import * as state from "./state";
import "./style.css";
import { App } from "./views/app";

export function begin(source: Source, worker: () => Worker): void {
  setLayoutWorker(worker);
  state.start();
  void graph.start(source);
  render(createElement(App, null), document.body);
  // for scripts and tests: where on the screen entities and facts are drawn
  Object.assign(window, { kg: { place: (iri: string) => picture.value?.place(iri), middle: (iri: string) => picture.value?.middle(iri) } });
}
