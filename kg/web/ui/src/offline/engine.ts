// The worker with Oxigraph, as promises. A query that is stopped ends the worker; the next one starts a fresh one.

import type { Asked } from "./store.worker";
import StoreWorker from "./store.worker?worker&inline";

type Question = { query: string; format?: string };

export class Engine {
  private worker: Worker | undefined;
  private waiting = new Map<number, { done(result: unknown): void; failed(error: Error): void }>();
  private number = 0;
  private ready: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly quads: Uint8Array,
    private readonly oxigraph: ArrayBuffer,
  ) {
    this.begin();
  }

  /** What a query gives: a truth value, or the result in a format as text. */
  async ask(question: Question, signal?: AbortSignal): Promise<string | boolean> {
    await this.ready;
    const stop = () => this.restart();
    signal?.addEventListener("abort", stop, { once: true });
    return (this.post(question) as Promise<string | boolean>).finally(() => signal?.removeEventListener("abort", stop));
  }

  private begin(): void {
    this.worker = new StoreWorker();
    this.worker.onmessage = ({ data }: MessageEvent<{ number: number; result?: unknown; error?: string }>) => {
      const waits = this.waiting.get(data.number);
      this.waiting.delete(data.number);
      if (data.error === undefined) waits?.done(data.result);
      else waits?.failed(new Error(data.error));
    };
    this.ready = this.post({ load: this.quads, oxigraph: this.oxigraph });
  }

  private restart(): void {
    this.worker?.terminate();
    for (const waits of this.waiting.values()) waits.failed(new DOMException("stopped", "AbortError"));
    this.waiting.clear();
    this.begin();
  }

  private post(asked: DistributiveOmit<Asked, "number">): Promise<unknown> {
    const number = ++this.number;
    return new Promise((done, failed) => {
      this.waiting.set(number, { done, failed });
      this.worker!.postMessage({ number, ...asked });
    });
  }
}

type DistributiveOmit<T, K extends keyof never> = T extends unknown ? Omit<T, K> : never;
