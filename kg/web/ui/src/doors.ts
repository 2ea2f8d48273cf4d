// What differs between the served page and the page in a file, besides the source: set once at the start.

let makeWorker: () => Worker | null = () => null;

export function setLayoutWorker(make: () => Worker | null): void {
  makeWorker = make;
}

/** A worker that arranges the picture; null where it has to be done in the page. */
export function layoutWorker(): Worker | null {
  return makeWorker();
}
