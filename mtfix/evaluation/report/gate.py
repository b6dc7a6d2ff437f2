"""Gates for CI: conditions on the figures of a result, each held against every entry."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mtfix.errors import ConfigError, unknown_name
from mtfix.evaluation.report.tables import figures
from mtfix.evaluation.result import Entry, Run

_CONDITION = re.compile(
    r"\s*(?P<figure>[a-z0-9_+.]+?)\s*(?P<test><=|>=|<|>|==)\s*(?P<bound>[+-]?\d+(?:\.\d+)?)\s*%?\s*"
)
_TESTS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt, "==": operator.eq,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """``figure test bound``; a bound with a sign speaks of the change against the machine translation."""

    figure: str
    test: str
    bound: float
    text: str

    def holds(self, value: float) -> bool:
        """Whether a value meets the condition; differences below one millionth are none."""
        return _TESTS[self.test](round(value, 6), self.bound)


def parse_condition(text: str, *, kind: str = "") -> Condition:
    """Return the condition of ``bleu>=+0.2``, ``worsened<=0.3``, ``ter.change<=0`` ...

    ``kind`` is ``min`` or ``max``: what the option is called, so that ``--min 'worsened<=1'`` is caught as a slip.
    Raises ConfigError.

    >>> parse_condition("bleu>=+0.2").figure
    'bleu.change'
    """
    match = _CONDITION.fullmatch(text)
    if not match:
        raise ConfigError(
            f"not a condition: '{text}'; write FIGURE>=NUMBER, for example 'bleu>=+0.2' or 'worsened<=0.3'"
        )
    figure, test, bound = match.group("figure", "test", "bound")
    if (kind == "min" and "<" in test) or (kind == "max" and ">" in test):
        raise ConfigError(
            f"--{kind} '{text}' asks for the opposite; write --{'max' if kind == 'min' else 'min'} '{text}'"
        )
    if bound[0] in "+-" and "." not in figure:
        figure += ".change"
    return Condition(figure, test, float(bound), text.strip())


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that an entry does not meet."""

    entry: Entry
    condition: Condition
    value: float

    def __str__(self) -> str:
        return (
            f"{self.entry.test_set.name}: {self.entry.system.name}: {self.condition.figure} is {self.value:.4g}, "
            f"wanted {self.condition.text}"
        )


def check_gate(run: Run, conditions: Iterable[Condition]) -> list[Failure]:
    """Return every failure. Raises ConfigError for a figure that an entry does not have (the known ones are listed)."""
    wanted = list(conditions)
    if not wanted:
        raise ConfigError("a gate needs a condition: --min 'bleu>=+0.2' or --max 'worsened<=0.3'")
    if not run.entries:
        raise ConfigError("nothing to hold the gate against: no entry is left")
    failures = []
    for entry in run.entries:
        known = figures(entry)
        for condition in wanted:
            if condition.figure not in known:
                raise ConfigError(f"{entry.test_set.name}: " + unknown_name("figure", condition.figure, known))
            if not condition.holds(known[condition.figure]):
                failures.append(Failure(entry, condition, known[condition.figure]))
    return failures
