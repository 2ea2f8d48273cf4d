// Oxigraph in a worker of the page: loads the graph once, answers queries, can be ended with them.

import init, { Store } from "oxigraph/web.js";

export type Asked =
  | { number: number; load: Uint8Array; oxigraph: ArrayBuffer }
  | { number: number; query: string; format?: string };

let store: Store;

async function answer(asked: Asked): Promise<unknown> {
  if ("query" in asked) {
    return store.query(asked.query, { use_default_graph_as_union: true, results_format: asked.format });
  }
  await init({ module_or_path: asked.oxigraph });
  store = new Store();
  store.load(asked.load, { format: "application/n-quads" });
  return store.size;
}

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  try {
    self.postMessage({ number: data.number, result: await answer(data) });
  } catch (error) {
    self.postMessage({ number: data.number, error: error instanceof Error ? error.message : String(error) });
  }
};
