"""The pipeline of a worker: the rules and, unless left out, the model that is installed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from mtfix.config import Config
from mtfix.pipeline import Pipeline, load_pipeline


def load_on_one_core(config: Config) -> Pipeline:
    """Return the pipeline that `mtfix fix` has, for one of many workers. Raises PackError, ConfigError, ModelError."""
    with contextlib.nullcontext() if config.rules_only else _one_core():
        return load_pipeline(config)


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Let a model that is loaded here make one thread: there are as many workers as cores already.

    Runtimes count the cores that the process may use; afterwards it may use all of them again.
    """
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
