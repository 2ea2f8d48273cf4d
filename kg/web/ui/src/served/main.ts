// The page of `kg serve`.

import { begin } from "../begin";
import { server } from "./server";

const about: { editable: boolean } = await fetch("api/about").then((response) => (response.ok ? response.json() : { editable: false }));
begin(server(about.editable), () => new Worker(new URL("../layout.worker.ts", import.meta.url), { type: "module" }));
