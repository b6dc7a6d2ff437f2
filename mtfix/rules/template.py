"""Templates of replacements: `{name|filter}`, chosen by a profile setting where they are a map."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mtfix.errors import unknown_name
from mtfix.profile import SETTINGS, Profile

_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)((?:\|\w+)*)\}|[{}]")

# Words that take a capital only because they open a sentence.
FUNCTION_WORDS = frozenset(
    """a an the this that these those it its he his she her they their we our you your my one some any many most
    all both each every no not several about above across after against along among around as at because
    before behind below between beyond but by despite during except for from if in inside into near of off on
    once onto or out over since so than then there though through to toward towards under until up upon when
    where which while who with within without according earlier later also only still now today yesterday
    tomorrow here how what why such two three four five six seven eight nine ten police officials authorities
    sources witnesses experts investigators doctors journalists reporters soldiers troops militants terrorists
    criminals participants representatives employees members citizens residents people""".split()
)


def lower_first(text: str) -> str:
    """Lower the first letter."""
    return text[:1].lower() + text[1:]


def raise_first(text: str) -> str:
    """Raise the first letter, looking past opening quotation marks and brackets.

    >>> raise_first("“we go”")
    '“We go”'
    """
    for i, character in enumerate(text):
        if character.isalnum():
            return text[:i] + character.upper() + text[i + 1 :]
        if character not in "“‘\"'(«[":
            break
    return text


def fit_middle(text: str) -> str:
    """Lower the first word when only the start of a sentence gave it a capital; names stay as they are.

    >>> fit_middle("The police in Omsk"), fit_middle("Moscow police")
    ('the police in Omsk', 'Moscow police')
    """
    word = re.match(r"[A-Za-z]+", text)
    if word and word.group().lower() in FUNCTION_WORDS and not (len(word.group()) > 1 and word.group().isupper()):
        return lower_first(text)
    return text


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
