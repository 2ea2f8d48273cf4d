// The page in a file: its data are in it, compressed; nothing is fetched.

import { createElement, render } from "preact";
import LayoutWorker from "../layout.worker?worker&inline";
import { setLayoutWorker } from "../doors";
import * as graph from "../graph";
import * as state from "../state";
import "../style.css";
import { App } from "../views/app";
import { page } from "./page";

const text = (id: string) => document.getElementById(id)!.textContent!;

async function bytes(id: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(text(id)), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function begin(): Promise<void> {
  setLayoutWorker(() => new LayoutWorker());
  state.start();
  const [quads, oxigraph] = await Promise.all([bytes("graph"), bytes("oxigraph")]);
  const source = await page({ opening: JSON.parse(text("opening")), quads: new Uint8Array(quads), oxigraph });
  void graph.start(source);
  render(createElement(App, null), document.body);
}

void begin();
