// Results as they come -> values: SPARQL's JSON, and N-Triples as Oxigraph writes them.

import type { Answer, Term } from "./values";

interface Results {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Answer["rows"] };
}

export function tabular({ head, boolean, results }: Results): Answer {
  return { variables: head.vars ?? [], rows: results?.bindings ?? [], truth: boolean };
}

const TERM = /<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([\w-]+))?/gy;
const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

export function parseTriples(text: string): [Term, Term, Term][] {
  return text.split("\n").flatMap((line) => {
    const terms = parseLine(line);
    return terms.length === 3 ? [terms as [Term, Term, Term]] : [];
  });
}

function parseLine(line: string): Term[] {
  const terms: Term[] = [];
  TERM.lastIndex = 0;
  for (let found = TERM.exec(line); found; found = TERM.exec(line)) {
    const [, iri, blank, text, datatype, lang] = found;
    if (iri !== undefined) terms.push({ type: "uri", value: unescaped(iri) });
    else if (blank !== undefined) terms.push({ type: "bnode", value: blank });
    else terms.push({ type: "literal", value: unescaped(text!), datatype, "xml:lang": lang });
    TERM.lastIndex += line[TERM.lastIndex] === " " ? 1 : 0;
  }
  return terms;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/g, (_, four, eight, one) =>
    four || eight ? String.fromCodePoint(parseInt(four ?? eight, 16)) : (ESCAPES[one] ?? one),
  );
}
