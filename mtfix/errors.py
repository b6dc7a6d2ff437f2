"""Errors that a user may see: one line each, with the place and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pydantic import ValidationError

# More names than this are not listed in an error.
MANY_NAMES = 40


class MtfixError(Exception):
    """Base of all errors that are the input's fault. The command line prints it as one line and exits 2."""


class InputError(MtfixError):
    """A file cannot be read: missing, binary, undecodable, too large."""


class OutputError(MtfixError):
    """A result cannot be written."""


class ConfigError(MtfixError):
    """A configuration file or option is wrong."""


class PackError(MtfixError):
    """A rule pack or profile is wrong; the message starts with ``file:line:column``."""


class ModelError(MtfixError):
    """A model cannot be found, loaded or trusted."""


class TrailError(MtfixError):
    """A stage broke the contract of the trail. Always a defect of the stage that the message names."""


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """Return one line for an unknown name: a near match if there is one, and the known names (of many, the nearest).

    >>> unknown_name("profile", "app", ["ap", "bbc"])
    "unknown profile 'app': did you mean 'ap'? Known: ap, bbc"
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=5, cutoff=0.4 if len(names) > MANY_NAMES else 0.6)
    hint = f" did you mean '{near[0]}'?" if near else ""
    if len(names) > MANY_NAMES:
        listed = ", ".join(near or names[:5]) + f" and {len(names) - len(near or names[:5]):,} more"
    else:
        listed = ", ".join(names) or "none"
    return f"unknown {what} '{name}':{hint} Known: {listed}"


class Mistake(NamedTuple):
    """What a validation found first: where in the value, whether it is an unknown key, and what is wrong."""

    place: tuple[int | str, ...]
    is_unknown_key: bool
    is_missing: bool
    message: str

    @property
    def key(self) -> str:
        """The last part of the place; empty for the whole value."""
        return str(self.place[-1]) if self.place else ""

    @property
    def path(self) -> str:
        """The place with dots: ``test.0.files``."""
        return ".".join(map(str, self.place))


def read_mistake(error: ValidationError) -> Mistake:
    """Return the first mistake of a pydantic error; an unknown key before all, for it often leaves the right one missing."""
    first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    message = first["msg"].removeprefix("Value error, ")
    return Mistake(first["loc"], first["type"] == "extra_forbidden", first["type"] == "missing", message)
