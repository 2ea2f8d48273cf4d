// The SPARQL editor: Yasqe, which completes from this graph's own classes, relations and entities. Loaded when needed.

import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";
import { named, names, source } from "./graph";
import { plain } from "./plain";
import { PREFIXES, short, written } from "./queries";

const MOST = 30;

interface Token {
  string: string;
  type: string | null;
}

/** Prefixed names that go on from what was typed: by their own letters or by their labels. */
async function completions(typed: string): Promise<string[]> {
  const [, prefix, rest] = /^(?:(\w*):)?(.*)$/.exec(typed) ?? [];
  const wanted = plain(rest ?? "");
  const terms = [...names.value].filter(
    ([iri]) => (prefix === undefined || prefix === "kg") && (plain(short(iri)).includes(wanted) || plain(named(iri)).includes(wanted)),
  );
  const found = prefix === undefined || prefix === "id" ? await source.search((rest ?? "").replaceAll("-", " "), MOST) : { results: [] };
  return [...terms.map(([iri]) => written(iri)), ...found.results.map(({ iri }) => written(iri))].slice(0, MOST);
}

Yasqe.registerAutocompleter(
  {
    name: "kg",
    bulk: false,
    autoShow: true,
    isValidCompletionPosition: (editor) => {
      const token = editor.getCompleteToken() as unknown as Token;
      return token.type !== "ws" && /^[\p{L}][\p{L}\p{N}_-]*(:[\p{L}\p{N}_-]*)?$/u.test(token.string) && !isKeyword(token.string);
    },
    postProcessSuggestion: (editor, _, name) => {
      const prefix = name.split(":")[0]!;
      if (PREFIXES[prefix] && !editor.getPrefixesFromQuery()[prefix]) setTimeout(() => editor.addPrefixes({ [prefix]: PREFIXES[prefix]! }));
      return name;
    },
    get: (_, token) => completions((token as unknown as Token | undefined)?.string ?? ""),
  },
  false,
);

// Yasqe's own completers of classes, properties and prefixes would ask other hosts
Yasqe.defaults.autocompleters = ["variables", "kg"];

const isKeyword = (word: string) => /^(a|select|where|construct|describe|ask|filter|optional|union|values|bind|order|group|by|limit|offset|distinct|count|as|asc|desc|prefix|graph|minus|not|exists|in|having)$/i.test(word);

export interface Editor {
  value(): string;
  set(query: string): void;
  destroy(): void;
}

export function edit(box: HTMLElement, query: string, events: { change(query: string): void; run(): void }): Editor {
  const editor = new Yasqe(box, {
    value: query,
    persistenceId: null,
    showQueryButton: false,
    createShareableLink: null,
    consumeShareLink: null, // or it takes the query out of the address by itself
    resizeable: false,
    editorHeight: "auto",
    collapsePrefixesOnLoad: true,
    lineWrapping: true,
    extraKeys: { "Ctrl-Enter": events.run, "Cmd-Enter": events.run, "Ctrl-Space": () => editor.autocomplete(), Esc: () => editor.getInputField().blur() },
  } as never);
  editor.getInputField().setAttribute("aria-label", "SPARQL");
  editor.on("change", () => events.change(editor.getValue()));
  const set = (text: string) => {
    editor.setValue(text);
    editor.collapsePrefixes(true);
  };
  return { value: () => editor.getValue(), set, destroy: () => editor.destroy() };
}
