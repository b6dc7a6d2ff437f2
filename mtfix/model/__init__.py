"""The embedded post-editing model: hypotheses, hunks, guard, confidence. Importing this loads no runtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mtfix.config import Config
    from mtfix.types import Stage


def load_stage(config: Config, say: Callable[[str], None] = lambda line: None) -> Stage | None:
    """Return the model's stage for a configuration, or None when no model is installed. Raises ModelError.

    ``say`` gets a line where loading takes long.
    """
    from mtfix.model.load import load_stage as load

    return load(config, say)
