"""Templates of replacements: `{name|filter}`, chosen by a profile setting where they are a map."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mtfix.english.agreement import fit_middle, raise_first
from mtfix.errors import unknown_name
from mtfix.profile import SETTINGS, Profile

_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)((?:\|\w+)*)\}|[{}]")


FILTERS: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "cap": raise_first,
    "mid": fit_middle,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: literal text and fields, each field a name and its filters."""

    parts: tuple[str | tuple[str, tuple[str, ...]], ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(p[0] for p in self.parts if not isinstance(p, str))

    def fill(self, values: Mapping[str, str | None]) -> str:
        """Return the text with each field replaced by its value (a missing group counts as empty)."""
        out: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                out.append(part)
                continue
            text = values.get(part[0]) or ""
            for name in part[1]:
                text = FILTERS[name](text)
            out.append(text)
        return "".join(out)


def parse_template(text: str) -> Template:
    """Parse one template. Raises ValueError naming the unknown filter or the stray brace."""
    parts: list[str | tuple[str, tuple[str, ...]]] = []
    at = 0
    for m in _FIELD.finditer(text):
        if m.start() > at:
            parts.append(text[at : m.start()])
        at = m.end()
        if m.group() in ("{{", "}}"):
            parts.append(m.group()[0])
        elif m.group(1) is None:
            raise ValueError(f"stray '{m.group()}' in the template '{text}' (write '{m.group() * 2}' for a brace)")
        else:
            filters = tuple(f for f in m.group(2).split("|") if f)
            for name in filters:
                if name not in FILTERS:
                    raise ValueError(unknown_name("filter", name, FILTERS))
            parts.append((m.group(1), filters))
    if at < len(text):
        parts.append(text[at:])
    return Template(tuple(parts))


def choose_text(replace: str | Mapping[str, str], profile: Profile) -> str:
    """Return the template text for the profile: itself, or the entry that the map's ``by`` setting selects.

    Raises ValueError when the map lacks ``by``, or an entry for one of the setting's values and ``default``.
    """
    if isinstance(replace, str):
        return replace
    setting = replace.get("by", "")
    if setting not in SETTINGS:
        raise ValueError(unknown_name("profile setting", setting, SETTINGS) + " (key 'by' of 'replace')")
    for key in replace:
        if key not in ("by", "default", *SETTINGS[setting]):
            raise ValueError(unknown_name(f"value of {setting}", key, SETTINGS[setting]))
    missing = [v for v in SETTINGS[setting] if v not in replace]
    if missing and "default" not in replace:
        raise ValueError(f"'replace' by {setting} has no entry for {missing[0]} and no 'default'")
    return replace.get(profile[setting], replace.get("default", ""))
