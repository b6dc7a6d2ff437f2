"""Small documents and small packs for the tests of the rule layer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import RuleIndex
from mtfix.rules.packs.read import parse_pack
from mtfix.rules.packs.select import compile_rules
from mtfix.types import Document, Fix, Kind, Segment


def make_document(*paragraphs: str | list[str], kind: Kind = Kind.SENTENCE) -> Document:
    """A document of paragraphs, each a sentence or a list of sentences."""
    segments: list[Segment] = []
    gaps = [""]
    for paragraph in paragraphs:
        sentences = [paragraph] if isinstance(paragraph, str) else paragraph
        for sentence in sentences:
            segments.append(Segment(sentence, sentence, kind))
            gaps.append(" ")
        gaps[-1] = "\n\n"
    gaps[-1] = ""
    return Document("test", tuple(segments), tuple(gaps))


def make_stage(yaml: str, stage: str = "pre", fix: Fix = Fix.SAFE, profile: Profile | None = None) -> RuleStage:
    """The stage of a pack given as the YAML of its rules."""
    pack = parse_pack("pack: test\nrules:\n" + textwrap.indent(textwrap.dedent(yaml), "  "), "test.yaml")
    house = profile or Profile()
    compiled = [r for r in compile_rules(pack.rules, house) if r.info.stage == stage]
    return RuleStage(stage, RuleIndex(compiled), house, fix)


@pytest.fixture
def run() -> Callable[..., str]:
    def run_rules(yaml: str, *paragraphs: str | list[str], fix: Fix = Fix.SAFE) -> str:
        return make_stage(yaml, fix=fix)(make_document(*paragraphs)).text

    return run_rules


def rule(match: str, replace: str, rule_id: str = "T_RULE", **keys: str) -> str:
    """The YAML of a substitution whose examples are never run."""
    extra = "".join(f"  {k.rstrip('_')}: {v}\n" for k, v in keys.items())
    return (
        f"- id: {rule_id}\n  kind: substitution\n  match: '{match}'\n  replace: '{replace}'\n  why: A test.\n{extra}"
        "  examples: [{bad: x, good: y}, {keep: z}]\n"
    )
