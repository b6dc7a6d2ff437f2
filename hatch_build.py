"""What goes into a wheel: the package, and the embedded model's weights unless ``MTFIX_WITHOUT_MODEL=1`` leaves them out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_MODEL = "MTFIX_WITHOUT_MODEL"


class ModelHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Puts ``models/default`` into wheels; a checkout installed with ``pip install -e`` reads it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        model = Path(self.root) / "models" / "default"
        if version == "editable" or os.environ.get(WITHOUT_MODEL, "") not in ("", "0"):
            return
        build_data["force_include"][str(model)] = "mtfix/models/default"
