// The page of `kg serve`.

import { createElement, render } from "preact";
import { setLayoutWorker } from "../doors";
import * as graph from "../graph";
import * as state from "../state";
import "../style.css";
import { App } from "../views/app";
import { server } from "./server";

setLayoutWorker(() => new Worker(new URL("../layout.worker.ts", import.meta.url), { type: "module" }));
state.start();
const about: { editable: boolean } = await fetch("api/about").then((response) => (response.ok ? response.json() : { editable: false }));
void graph.start(server(about.editable));
render(createElement(App, null), document.body);
