// The page: what is where.

import { useEffect } from "preact/hooks";
import { busy, problem } from "../graph";
import { state } from "../state";
import { ArticleView } from "./article";
import { Filters } from "./filters";
import { Header } from "./header";
import { Help } from "./help";
import { onKey } from "./keyboard";
import { Panel } from "./panel";
import { QueryView } from "./query";
import { Stage } from "./stage";
import { Table } from "./table";

export function App() {
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const { tab } = state.value;
  const picture = tab === "graph" || tab === "table";
  return (
    <>
      <Header />
      <main class={`tab-${tab}`} aria-busy={busy.value > 0}>
        {picture && <Filters />}
        {picture && (
          <section class="middle">
            {tab === "graph" ? <Stage /> : <Table />}
          </section>
        )}
        {picture && <Panel />}
        {tab === "query" && <QueryView />}
        {tab === "article" && <ArticleView />}
      </main>
      {problem.value && (
        <div class="problem" role="alert">
          <span>{problem.value}</span>
          <button aria-label="×" onClick={() => (problem.value = "")}>
            ×
          </button>
        </div>
      )}
      <Help />
    </>
  );
}
