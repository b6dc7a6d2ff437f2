"""Packages that may be missing: what is said then, and how one is hidden from a library that only looks for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class Hide(MetaPathFinder):
    """Says of some packages that they are not installed; what is imported already stays."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def hide_packages(*names: str) -> Iterator[None]:
    """Hide packages while the block runs."""
    finder = Hide(*names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def say_missing(what: str, package: str | None, extra: str) -> str:
    """Return one line for a package that is not installed: what needs it, and how to get it.

    >>> say_missing("--engine ray", "ray", "ray")
    "--engine ray needs the package ray: pip install 'mtfix[ray]'"
    """
    return f"{what} needs the package {package}: pip install 'mtfix[{extra}]'"
