"""A small rule pack, and pipelines that do what pipelines do on a bad night. Workers import them by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from mtfix.config import Config
from mtfix.errors import PackError
from mtfix.pipeline import Pipeline, build_pipeline
from mtfix.types import Document

PACK = """\
pack: tiny
rules:
  - id: T_DECIMAL
    kind: substitution
    match: '(?P<a>\\d),(?P<b>\\d) (?P<c>thousand|million)'
    replace: '{a}.{b} {c}'
    why: Russian writes a decimal comma.
    examples: [{bad: '2,5 thousand', good: '2.5 thousand'}, {keep: '2,500 people'}]
  - id: T_PERSONS
    kind: substitution
    match: 'persons'
    replace: 'people'
    why: English counts people.
    examples: [{bad: 'ten persons', good: 'ten people'}, {keep: 'a person'}]
"""


@dataclass(frozen=True)
class Trap:
    """A stage that does ``act`` on documents that hold the word."""

    word: str
    act: Callable[[], None]
    name: str = "trap"

    def __call__(self, document: Document) -> Document:
        if self.word in document.mt:
            self.act()
        return document


def load(config: Config) -> Pipeline:
    """The rules alone."""
    return build_pipeline(config)


def load_slow(config: Config) -> Pipeline:
    """The rules, a little time a document."""
    return build_pipeline(config, model=Trap("", lambda: time.sleep(0.003)))


def load_traps(config: Config) -> Pipeline:
    """Rules that meet documents which raise, recurse, hang, or kill their worker."""
    base = build_pipeline(config)
    traps = (
        Trap("RAISE", _fail),
        Trap("HANG", _hang),
        Trap("KILL", lambda: os.kill(os.getpid(), signal.SIGKILL)),
        Trap("EXIT", lambda: os._exit(3)),
    )
    return Pipeline((*traps, *base.stages), base.profile, base.rules)


def load_deaf(config: Config) -> Pipeline:
    """A stage that hangs where no alarm reaches it."""
    base = build_pipeline(config)
    return Pipeline((Trap("HANG", _hang_deaf), *base.stages), base.profile, base.rules)


def _fail() -> None:
    raise ValueError("bad\nluck")


def _hang() -> None:
    time.sleep(60)


def _hang_deaf() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(60)


def load_broken(config: Config) -> Pipeline:
    """A pipeline that cannot be built."""
    raise PackError("no such pack")
