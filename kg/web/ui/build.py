"""Hatch's hook: a wheel has the explorer inside, so that the installed package needs no Node."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Builds kg/web/static with npm where it is not there yet; an editable install leaves that to make."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatch before the wheel is packed."""
        static = Path(self.root, "kg/web/static")
        if version != "editable" and not (static / "index.html").exists():
            for command in (("ci", "--no-audit", "--no-fund"), ("run", "build")):
                subprocess.run(["npm", *command], cwd=Path(self.root, "kg/web/ui"), check=True)
        build_data["artifacts"].append("kg/web/static/**")
