// How graphs look, whatever is in them.

import { EdgeCurvedArrowProgram } from "@sigma/edge-curve";
import { createEdgeCompoundProgram, EdgeArrowHeadProgram, EdgeClampedProgram, NodePointProgram } from "sigma/rendering";
import type { Settings } from "sigma/settings";
import type { NodeDisplayData, PartialButFor } from "sigma/types";
import { dark } from "./palette";
import { unrolled } from "./unrolled";

const ARROW = createEdgeCompoundProgram([EdgeClampedProgram, EdgeArrowHeadProgram].map(unrolled));
export const FONT = "system-ui, 'Noto Sans', sans-serif";

export function colours() {
  return dark.value
    ? { paper: "#14181d", ink: "#e6e9ed", halo: "#14181d", faded: "#2a3037", chosen: "#ffd166", edge: "#aab4c0" }
    : { paper: "#fbfbfa", ink: "#1d2430", halo: "#ffffff", faded: "#e4e6e8", chosen: "#d9480f", edge: "#5b6673" };
}

/** For sigma. */
export function drawing(): Partial<Settings> {
  return {
    allowInvalidContainer: true,
    renderEdgeLabels: true,
    enableEdgeEvents: true,
    defaultEdgeType: "arrow",
    nodeProgramClasses: { circle: NodePointProgram },
    edgeProgramClasses: { arrow: ARROW, curved: EdgeCurvedArrowProgram },
    labelFont: FONT,
    renderLabels: false, // see nameLayer
    edgeLabelFont: FONT,
    edgeLabelSize: 11,
    edgeLabelColor: { color: "#5b6673" },
    zIndex: true,
    minCameraRatio: 0.05,
    maxCameraRatio: 4,
    stagePadding: 60,
    defaultDrawNodeHover: hoverLabel,
  };
}

type Drawn = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

/** A ring around what is selected, pinned or under the pointer. */
function hoverLabel(paper: CanvasRenderingContext2D, data: Drawn): void {
  paper.beginPath();
  paper.arc(data.x, data.y, data.size + 3, 0, Math.PI * 2);
  paper.strokeStyle = colours().chosen;
  paper.lineWidth = 3;
  paper.stroke();
}
