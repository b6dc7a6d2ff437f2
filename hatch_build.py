"""What goes into a wheel: the package, and the embedded models unless ``MTFIX_WITHOUT_MODEL=1`` leaves them out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WITHOUT_MODEL = "MTFIX_WITHOUT_MODEL"


class ModelHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Puts the folders of ``models`` into wheels; a checkout installed with ``pip install -e`` reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or os.environ.get(WITHOUT_MODEL, "") not in ("", "0"):
            return
        for config in sorted(Path(self.root).glob("models/*/config.json")):
            build_data["force_include"][str(config.parent)] = f"mtfix/models/{config.parent.name}"
