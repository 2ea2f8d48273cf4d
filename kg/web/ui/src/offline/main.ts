// The page in a file: its data are in it, compressed; nothing is fetched.

import { begin } from "../begin";
import LayoutWorker from "../layout.worker?worker&inline";
import { page } from "./page";

const text = (id: string) => document.getElementById(id)!.textContent!;

async function bytes(id: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(text(id)), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function start(): Promise<void> {
  const [quads, oxigraph] = await Promise.all([bytes("graph"), bytes("oxigraph")]);
  const source = await page({ opening: JSON.parse(text("opening")), quads: new Uint8Array(quads), oxigraph });
  begin(source, () => new LayoutWorker());
}

void start();
