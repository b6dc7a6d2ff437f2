"""What goes into a wheel: the package, and the embedded model's weights unless ``MTFIX_WITHOUT_MODEL=1`` leaves them out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_MODEL = "MTFIX_WITHOUT_MODEL"


class ModelHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Puts ``models/default`` and ``models/large`` into wheels; a checkout installed with ``pip install -e`` reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or os.environ.get(WITHOUT_MODEL, "") not in ("", "0"):
            return
        for name in ("default", "large"):
            build_data["force_include"][str(Path(self.root) / "models" / name)] = f"mtfix/models/{name}"
