"""Packs and their validated rules before they are compiled for a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mtfix.errors import PackError
from mtfix.files.cache import parse_source
from mtfix.profile import Profile
from mtfix.rules.kinds.registry import KINDS
from mtfix.rules.reading import DocumentRule
from mtfix.rules.rule import Rule, RuleInfo
from mtfix.rules.schema import RuleModel
from mtfix.types import SPEECH, Kind, Tier

_ALL_KINDS = frozenset(Kind)


class PackedRule:
    """A validated rule before it is compiled for a profile; ``place`` is ``file:line:column``.

    ``head`` is what the file says of the keys that the engine asks for. A rule from the cache (its ``source``) was
    validated when it was kept, and becomes a model again when somebody asks for it: of a thousand rules a wire wakes a
    few dozen. ``digest`` names the pack in the cache.
    """

    __slots__ = ("_model", "_source", "digest", "head", "locked_by", "pack", "place", "tags")

    def __init__(
        self,
        head: Mapping[str, Any],
        pack: str,
        place: str,
        *,
        model: RuleModel | None = None,
        source: str = "",
        digest: str = "",
    ) -> None:
        self.head = head
        self.pack = pack
        self.place = place
        self.digest = digest
        # What the rule answers to in enable and disable lists: its id, its pack, its own tags.
        self.tags: frozenset[str] = frozenset((head["id"], pack, *head["tags"]))
        # Locks on direct speech name this.
        self.locked_by: frozenset[str] = self.tags | {SPEECH} if head["quotes"] == "words" else self.tags
        self._model = model
        self._source = source

    @property
    def id(self) -> str:
        return str(self.head["id"])

    def promote(self) -> PackedRule:
        """Return the rule as one whose edits are applied, not only suggested."""
        head = {**self.head, "tier": Tier.AUTO.value}
        return PackedRule(
            head, self.pack, self.place, model=self._model, source=self._source, digest=self.digest
        )  # fmt: skip

    @property
    def model(self) -> RuleModel:
        if self._model is None:
            self._model = KINDS[self.head["kind"]].model_validate(parse_source(self._source))
        return self._model


@dataclass(frozen=True, slots=True)
class RulePack:
    """One file: its name, its own rules, the packs that it extends, and what it leaves out of them.

    ``always`` and ``never`` are what editors want of rules, whichever pack those stand in: applied without asking, or
    left out. They name rules by id; an id that no rule has is passed over, for rules come and go.
    """

    name: str
    about: str
    place: str
    rules: tuple[PackedRule, ...]
    extends: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


def make_info(packed: PackedRule, order: int) -> RuleInfo:
    """Return what the engine knows of a rule; ``order`` is its rank in file order."""
    head = packed.head
    return RuleInfo(
        id=head["id"],
        kind=head["kind"],
        pack=packed.pack,
        stage=head["stage"],
        tier=Tier(head["tier"]),
        why=head["why"],
        tags=packed.locked_by,
        quotes=head["quotes"],
        kinds=frozenset(map(Kind, head["in"])) or _ALL_KINDS,
        place=packed.place,
        order=order,
        whole=KINDS[head["kind"]].whole,
    )


def compile_rule(packed: PackedRule, profile: Profile, order: int) -> Rule | DocumentRule:
    """Compile a rule for a profile. Raises PackError with the rule's place."""
    try:
        return packed.model.compile(make_info(packed, order), profile)
    except ValueError as error:
        raise PackError(f"{packed.place}: rule {packed.id}: {error}") from None


def applies_under(packed: PackedRule, profile: Profile) -> bool:
    """Whether the rule exists under the profile (its ``when``)."""
    return all(
        profile[setting] in (value if isinstance(value, list) else [value])
        for setting, value in packed.head["when"].items()
    )
