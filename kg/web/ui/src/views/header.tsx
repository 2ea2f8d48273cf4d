// Above everything: search, tabs, undo, language, theme.

import { canUndo, forgetPlaces, go, START, state, type Tab, undo } from "../state";
import { dark } from "../palette";
import { t } from "../words";
import { Exports } from "./exports";
import { helping } from "./help";
import { Search } from "./search";

const TABS: Tab[] = ["graph", "table", "query"];

export function Header() {
  const { tab, lang, article } = state.value;
  const tabs = article ? [...TABS, "article" as const] : TABS;
  return (
    <header>
      <a class="logo" href="#" title="kg" aria-label={`kg: ${t("reset")}`} onClick={(event) => (event.preventDefault(), restart())}>
        kg
      </a>
      <Search />
      <nav aria-label="kg">
        {tabs.map((name) => (
          <button key={name} class="tab" aria-current={tab === name ? "page" : undefined} onClick={() => go({ tab: name })}>
            {t(name)}
          </button>
        ))}
      </nav>
      <div class="tools">
        <button onClick={undo} disabled={!canUndo.value} title={`${t("undo")} (Ctrl+Z)`}>
          ↶<span class="wide"> {t("undo")}</span>
        </button>
        <Exports />
        <button onClick={() => go({ theme: dark.value ? "light" : "dark" }, true)} title={t("theme")} aria-label={t("theme")}>
          {dark.value ? "☀" : "☾"}
        </button>
        <button onClick={() => go({ lang: lang === "vi" ? "en" : "vi" }, true)} lang={lang === "vi" ? "en" : "vi"}>
          {lang === "vi" ? "English" : "Tiếng Việt"}
        </button>
        <button onClick={() => (helping.value = true)} title={`${t("help")} (?)`} aria-label={t("help")}>
          ?
        </button>
      </div>
    </header>
  );
}

function restart(): void {
  const { lang, theme, query } = state.value;
  forgetPlaces();
  go({ ...START, lang, theme, query });
}
