"""What the shell completes: names of profiles, formats, packs, languages, models and rules. `mtfix --install-completion` sets it up.

Each function gets the beginning of a word and returns the words it may become, with a line of help where there is one. A
damaged pack or profile completes nothing; the run itself says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from mtfix.errors import MtfixError

Words = list[tuple[str, str]]


def _matching(words: Iterable[tuple[str, str]], beginning: str) -> Words:
    return [(word, help) for word, help in words if word.lower().startswith(beginning.lower())]


def complete_profile(incomplete: str) -> Words:
    """House profiles."""
    from mtfix.rules.packs.profiles import list_profiles

    return _matching(((name, "") for name in list_profiles()), incomplete)


def complete_format(incomplete: str) -> Words:
    """Formats."""
    from mtfix.formats.registry import FORMATS

    return _matching(((f.name, f.about) for f in FORMATS), incomplete)


def complete_pack(incomplete: str) -> Words:
    """Rule packs that ship, and the user's own."""
    from mtfix.rules.packs.find import packaged_packs, user_pack_folder

    names = [*packaged_packs(), *(p.stem for p in sorted(user_pack_folder().glob("*.yaml")))]
    return _matching(((name, "") for name in dict.fromkeys(names)), incomplete)


def complete_source(incomplete: str) -> Words:
    """Source languages."""
    from mtfix.sources.registry import list_sources

    before, comma, last = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{code}", help) for code, help in _matching(((s.code, s.name) for s in list_sources()), last)
    ]


def complete_model(incomplete: str) -> Words:
    """Models that are installed."""
    from mtfix.model.load import ENDPOINT, installed_models

    return _matching([*((name, "") for name in installed_models()), (ENDPOINT, "a server's model")], incomplete)


def complete_rule(incomplete: str) -> Words:
    """Rules, by id."""
    from mtfix.config import Config
    from mtfix.rules.packs.select import configured_rules

    try:
        return _matching(((r.id, "") for r in configured_rules(Config())), incomplete)
    except MtfixError:
        return []


def complete_choice(incomplete: str) -> Words:
    """Rules, or ``model``, or ``all``."""
    return _matching((("all", "every one"), ("model", "those of the model")), incomplete) + complete_rule(incomplete)


def complete_selection(incomplete: str) -> Words:
    """Rules and packs: what ``--enable`` and ``--disable`` take."""
    return complete_pack(incomplete) + complete_rule(incomplete)
