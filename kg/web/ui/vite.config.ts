// Two builds into ../static: the served page (index.html and assets/), and with --mode offline one script and one style
// sheet, offline/explorer.*, which kg export puts into a file together with the data and Oxigraph.
import { defineConfig, type Plugin } from "vite";

const served = { outDir: "../static", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } };
const offline = {
  outDir: "../static/offline",
  emptyOutDir: true,
  lib: {
    entry: "src/offline/main.ts",
    formats: ["iife" as const],
    name: "kgExplorer",
    fileName: () => "explorer.js",
    cssFileName: "explorer",
  },
};

/** Oxigraph's WebAssembly stays a file beside the script (see package.json): left alone, Vite would put it into the script, twice as long. */
function oxigraph(): Plugin {
  return {
    name: "oxigraph",
    transform: (code, id) => (id.includes("oxigraph/web.js") ? code.replace(/new URL\('web_bg.wasm', import.meta.url\)/, "undefined") : null),
  };
}

export default defineConfig(({ mode }) => ({
  base: "./",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: mode === "offline" ? [oxigraph()] : [],
  worker: { plugins: () => (mode === "offline" ? [oxigraph()] : []) },
  build: { target: "es2022", chunkSizeWarningLimit: 1500, ...(mode === "offline" ? offline : served) },
}));
