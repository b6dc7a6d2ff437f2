"""The pipeline of a worker: the rules and, unless left out, the model that is installed."""

from __future__ import annotations

from mtfix.config import Config
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Stage


def load_pipeline(config: Config) -> Pipeline:
    """Build the pipeline as `mtfix fix` does. Raises PackError, ConfigError, ModelError."""
    return build_pipeline(config, model=None if config.rules_only else load_model(config))


def load_model(config: Config) -> Stage | None:
    """Return the model's stage, None when no model is installed. Raises ModelError."""
    import mtfix.model

    load = getattr(mtfix.model, "load_stage", None)
    return load(config) if load is not None else None
