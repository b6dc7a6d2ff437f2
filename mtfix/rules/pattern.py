"""RE2 patterns that compile when they are first tried, or at once where a bad one must be reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import re2

_GROUP = re.compile(r"\(\?P<(\w+)>")

_LOOK_AROUND = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=")

_eager: ContextVar[bool] = ContextVar("_eager", default=False)


@contextmanager
def compiling_at_once() -> Iterator[None]:
    """Compile every pattern made inside the block, so that a bad one is reported where it is written.

    Elsewhere patterns compile when they are first tried: of a thousand rules a wire wakes a few dozen.
    """
    token = _eager.set(True)
    try:
        yield
    finally:
        _eager.reset(token)


class Pattern:
    """An RE2 pattern that compiles when it is first tried. Spans of its matches count code points."""

    __slots__ = ("_compiled", "_ignore_case", "groups", "source")

    def __init__(self, source: str, *, ignore_case: bool) -> None:
        if _LOOK_AROUND.search(source):
            raise ValueError(
                f"'{source}' uses look-around or a back-reference, which RE2 does not have: "
                "use before, after, not_before, not_after or unless"
            )
        self.source = source
        self.groups = frozenset(_GROUP.findall(source))
        self._ignore_case = ignore_case
        self._compiled: Any = self._compile() if _eager.get() else None

    def _compile(self) -> Any:
        options = re2.Options()
        options.case_sensitive = not self._ignore_case
        options.log_errors = False
        try:
            return re2.compile(self.source, options)
        except re2.error as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"'{self.source}' is not a valid RE2 pattern: {reason}") from None

    def search(self, text: str, start: int = 0) -> Any:
        """Return the first match object at or behind ``start``, or None."""
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled.search(text, start)

    def finditer(self, text: str) -> Iterator[Any]:
        """Return the matches, left to right."""
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled.finditer(text)  # type: ignore[no-any-return]

    def fullmatch(self, text: str) -> Any:
        """Return the match of the whole text or None."""
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled.fullmatch(text)


def compile_pattern(pattern: str, *, ignore_case: bool = True) -> Pattern:
    """Return the pattern. Raises ValueError with a reason for the editor: unsafe or (at once) invalid or empty ones."""
    compiled = Pattern(pattern, ignore_case=ignore_case)
    if _eager.get() and compiled.search("") is not None:
        raise ValueError(f"'{pattern}' matches the empty string: it would fire everywhere")
    return compiled


def compile_edge(pattern: str, *, ignore_case: bool, end: bool) -> Pattern:
    """Return a context pattern anchored at its end (``before``) or start (``after``)."""
    return Pattern(f"(?:{pattern})\\z" if end else f"\\A(?:{pattern})", ignore_case=ignore_case)
