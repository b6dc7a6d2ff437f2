"""Names throughout a document: what is a mention, what form it gets, what is left alone."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.findings import Status, list_findings
from mtfix.formats import read_document
from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import RuleIndex
from mtfix.rules.kinds.designation import find_notes, is_boilerplate
from mtfix.rules.kinds.institution import is_miscased
from mtfix.rules.origin import find_origin
from mtfix.rules.packs.profiles import list_profiles, load_profile
from mtfix.rules.packs.read import parse_pack
from mtfix.rules.packs.select import compile_rules, gather_packs, select_rules
from mtfix.types import Fix

PACKS = ("islamic-state", "contested-names", "designation", "russia-orgs", "cis-orgs", "regions", "titles")


@lru_cache(maxsize=32)
def stages(profile: Profile) -> tuple[RuleStage, ...]:
    compiled = compile_rules(select_rules(gather_packs(PACKS, defaults=False)), profile)
    names = ("pre", "post", "document")
    return tuple(RuleStage(n, RuleIndex([r for r in compiled if r.info.stage == n]), profile, Fix.SAFE) for n in names)


class HashableProfile(Profile):
    """A profile that a cache can hold."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.settings.items()))))


def house(name: str = "plain", **changes: str) -> Profile:
    profile = load_profile(name)
    return HashableProfile(profile.name, profile.about, profile.since, {**profile.settings, **changes})


def fix(text: str, name: str = "plain", **changes: str) -> str:
    document = read_document(text)
    for stage in stages(house(name, **changes)):
        document = stage(document)
    return document.text


def findings(text: str, name: str = "plain", **changes: str) -> list[str]:
    document = read_document(text)
    for stage in stages(house(name, **changes)):
        document = stage(document)
    return [f.before for f in list_findings(document) if f.status in (Status.SUGGESTED, Status.FLAG)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Militants of the IG in Syria and Iraq.", "Militants of Islamic State in Syria and Iraq."),
        ("The IG militants left Syria for Iraq.", "The Islamic State militants left Syria for Iraq."),
        ("An ISIS cell was found in Iraq.", "An Islamic State cell was found in Iraq."),
        ("ISIS' leader fled Syria.", "Islamic State's leader fled Syria."),
        ("pro-ISIS and ISIL-held towns of Syria", "pro-Islamic State and Islamic State-held towns of Syria"),
        ("the group “Islamic state” (ISIS, ISIL; formerly IGIL)", "the group Islamic State"),
        ("ISIS/ISIL militants in Syria", "Islamic State militants in Syria"),
        ("“Islamic state”, banned in Russia, fled.", "Islamic State, banned in Russia, fled."),
        ("MILITANTS OF ISIS LEAVE PALMYRA", "MILITANTS OF ISLAMIC STATE LEAVE PALMYRA"),
        ("Militants of “the Islamic state,” he said, fled Syria.", "Militants of Islamic State, he said, fled Syria."),
    ],
)
def test_every_way_to_write_the_name_becomes_one(text: str, wanted: str) -> None:
    assert fix(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "IG Metall said that its members in Syria and Iraq fear militants.",
        "The inspector general (IG) audited aid to Syria, Iraq and Mosul. The IG found that militants stole it.",
        "She put the pictures of Syria and Iraq on IG, her Instagram page, and the militants saw them.",
        "This IS war, said the Syrian, and IS it a war in Iraq, militants asked.",
        "What IS clear: militants hold Mosul, in Iraq, and Raqqa, in Syria.",
        "THE WAR IS OVER, MILITANTS IN SYRIA AND IRAQ SAY",
        "Isis is the goddess of the Nile; the Isis flows through Oxford.",
        "ISIS Bank and ISIS Pharmaceuticals merged.",
        "The Institute for Science and International Security (ISIS) studied Iran's reactor.",
        "Iran is an Islamic state, not a secular one; militants want an Islamic state in Syria.",
        "The Islamic State of Iraq, a forerunner, was led by al-Baghdadi's teacher in Iraq.",
        "The group, also known as ISIS, ISIL or Daesh, holds towns in Syria.",
        "“Nobody in this room is for ISIL in Syria,” the diplomat said.",
        "The IS-95 standard and IS-LM curve are taught in Syria, Iraq and Mosul, militants or not.",
        "Islamic State University in Jakarta trains teachers.",
    ],
)
def test_what_is_something_else_stays(text: str) -> None:
    assert fix(text) == text


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ("plain", "Islamic State fled Syria. Islamic State fighters stay, and Islamic State knows it."),
        ("ap", "The Islamic State group fled Syria. IS fighters stay, and IS knows it."),
        ("reuters", "Islamic State fled Syria. Islamic State fighters stay, and Islamic State knows it."),
        ("un", "Islamic State in Iraq and the Levant (ISIL) fled Syria. ISIL fighters stay, and ISIL knows it."),
    ],
)
def test_the_house_chooses_first_and_later_forms(profile: str, wanted: str) -> None:
    assert fix("ISIS fled Syria. ISIL fighters stay, and Daesh knows it.", profile) == wanted
    assert fix(wanted, profile) == wanted


def test_a_heading_is_not_the_first_mention() -> None:
    text = "ISIS leaves Palmyra\n\nISIS left the town of Palmyra in Syria on Monday. ISIS gave no reason."
    wanted = (
        "IS leaves Palmyra\n\nThe Islamic State group left the town of Palmyra in Syria on Monday. IS gave no reason."
    )
    assert fix(text, "ap") == wanted


def test_quoted_names_have_a_policy_of_their_own() -> None:
    text = "“Those who left for ISIS in Syria, and for the IG, will be tried,” said the source."
    assert "for ISIS in Syria, and for Islamic State, will" in fix(text)
    assert fix(text, quoted_names="leave") == text
    assert "for Islamic State in Syria, and for Islamic State, will" in fix(text, quoted_names="fix")


def test_the_words_are_not_their_own_evidence() -> None:
    assert fix("According to ISIS, the reactor is ready.") == "According to ISIS, the reactor is ready."
    assert fix("ISIS militants said so.") == "Islamic State militants said so."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It was told in MVD on Monday.", "It was told in the Interior Ministry on Monday."),
        ("MVD spokesman Petrov left.", "Interior Ministry spokesman Petrov left."),
        ("A letter of the MVD of Russia came.", "A letter of Russia's Interior Ministry came."),
        ("The local MVD knows.", "The local Interior Ministry knows."),
        ("Moscow MVD knows.", "Moscow Interior Ministry knows."),
        ("experts of Ministry of justice", "experts of the Justice Ministry"),
        ("the Federal migration service and the state Duma", "the Federal Migration Service and the State Duma"),
        ("told in the Ministry of emergency situations", "told in the Emergencies Ministry"),
        ("the Luhansk people’s republic’s head", "the Luhansk People’s Republic’s head"),
    ],
)
def test_institutions_get_their_english_name(text: str, wanted: str) -> None:
    assert fix(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The FSB said on Monday that it had detained three people.",
        "The interior ministry and the foreign ministry agreed. Interior ministry troops came.",
        "The French Ministry of Justice and the Supreme Court agreed.",
        "SK Hynix, OAK Hill, the GPU, the APU and the ATO are in the news, and he RAN.",
        "A central bank, a pension fund and a public chamber are not names. Central bank officials know.",
        "The High Commissioner on Human Rights spoke in Moscow.",
        "Goldome FSB, a savings bank, sold 14 offices.",
        "The United States, the League of Arab States and 50 States met.",
    ],
)
def test_right_and_foreign_names_stay(text: str) -> None:
    assert fix(text) == text


def test_a_lone_acronym_is_explained_once_and_only_in_a_translation() -> None:
    translated = "About it reported in FSB of Russia. The FSB gave no details."
    assert fix(translated) == "About it reported in Russia's Federal Security Service (FSB). The FSB gave no details."
    clean = "Russian officials, among them the FSB, gave no details."
    assert fix(clean) == clean
    assert "(FSB)" not in fix(translated, acronyms="keep")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The FSB reports\n\nAbout it reported in FSB, in Moscow.",
            "The FSB reports\n\nAbout it reported in the Federal",
        ),
        ("“We asked the FSB and it told us,” about it reported the Moscow FSB.", "“We asked the FSB and it told us,”"),
        (
            "The Federal Security Service knows. About it reported the FSB.",
            "The Federal Security Service knows. About it",
        ),
    ],
)
def test_headings_quotations_and_named_offices_get_no_explanation(text: str, wanted: str) -> None:
    assert fix(text).startswith(wanted)


def test_miscased_is_what_no_house_writes() -> None:
    def judge(words: str, *, opens: bool = False, lower: bool = True) -> bool:
        return is_miscased(words, "Supreme Court", opens=opens, lower=lower)

    assert judge("Supreme court") and judge("supreme Court")
    assert not judge("Supreme Court") and not judge("supreme court") and not judge("SUPREME COURT")
    assert not judge("Supreme court", opens=True)
    assert judge("supreme court", lower=False)


@pytest.mark.parametrize(
    ("setting", "wanted"), [("region", "the Krasnodar region"), ("territory", "the Krasnodar Territory")]
)
def test_regions_follow_the_setting(setting: str, wanted: str) -> None:
    assert fix("A fire in Krasnodar krai went out.", regions=setting) == f"A fire in {wanted} went out."


def test_contested_towns_follow_the_setting() -> None:
    text = "He left Kiev for Kharkov with a chicken Kiev."
    assert fix(text) == text
    assert fix(text, contested_toponyms="ukrainian") == "He left Kyiv for Kharkiv with a chicken Kiev."
    assert fix("He left Kyiv.", contested_toponyms="russian") == "He left Kiev."


NOTE = "Aum Shinrikyo (banned in Russia) and the group Nurcular (prohibited in the Russian Federation) met."


def test_designation_notes_follow_the_setting() -> None:
    assert fix(NOTE) == NOTE
    assert findings(NOTE) == [" (banned in Russia)", " (prohibited in the Russian Federation)"]
    assert findings(NOTE, designation="keep") == []
    assert fix(NOTE, designation="strip") == "Aum Shinrikyo and the group Nurcular met."
    assert fix(NOTE, designation="move") == "Aum Shinrikyo (banned in Russia) and the group Nurcular met."
    before = "He joined the banned in Russia organization Aum Shinrikyo. Aum Shinrikyo (banned in Russia) denied it."
    after = "He joined the organization Aum Shinrikyo (banned in Russia). Aum Shinrikyo denied it."
    assert fix(before, designation="move") == after
    assert fix(after, designation="move") == after
    unnamed = "He joined the banned in Russia organization and left."
    assert fix(unnamed, designation="move") == unnamed


@pytest.mark.parametrize(
    "text",
    [
        "Both organizations are banned in Russia.",
        "The film (banned in Russia on December 29, 2014) was shown.",
        "Cheese (banned in Russia since the sanctions) is cheap.",
        "The book was banned in Russia, he said.",
    ],
)
def test_a_ban_that_is_news_is_no_note(text: str) -> None:
    assert list(find_notes(text)) == []
    assert fix(text, designation="strip") == text


def test_boilerplate_says_nothing_else() -> None:
    assert is_boilerplate("the activity of the organization is prohibited on the territory of the Russian Federation")
    assert not is_boilerplate("banned in Russia for hooliganism")
    assert not is_boilerplate("banned in China")


def test_signs_of_translation() -> None:
    is_translated = find_origin().shows_in
    assert is_translated("“We go”, – said the source.")
    assert is_translated("About it reported the press service.")
    assert not is_translated("“We will go,” the source said on Oct. 3, 2,500 miles from Moscow.")


FRAGMENTS = (
    "the IG took Palmyra", "ISIS fighters fled", "“Islamic state” (ISIL)", "Islamic State", "the Islamic State group",
    "IS militants", "“We fight ISIS and the IG in Syria,” he said", "MVD", "the FSB of Russia", "in FSB", "Russian troops",
    "the interior Ministry", "“Dzhebhat an-Nusra” (banned in Russia)", "the Nusra Front", "Kiev", "Krasnodar krai",
    "according to SKR", "the DNR and LNR", "about it reported in NAC", "ISIL", "ISIS's leader", "Al-Kaida",
    "the Supreme court", "so-called “Islamic State”", "Hizb ut-Tahrir", "the “Party of Islamic liberation”", "in Syria",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from([", ", ". ", " and ", ".\n\n"])), max_size=9),
    st.sampled_from(sorted(set(list_profiles()) & {"plain", "ap", "bbc", "reuters", "un"})),
)
def test_a_second_run_changes_nothing(parts: list[tuple[str, str]], profile: str) -> None:
    text = "".join(a + b for a, b in parts) + "as the officials in Moscow said on Monday."
    once = fix(text, profile)
    assert fix(once, profile) == once


def test_a_naming_rule_needs_a_default_form() -> None:
    yaml = """pack: t
rules:
  - id: T_NAME
    kind: naming
    entity: X
    why: A test.
    variants: [X]
    forms: {ap: {first: Y}}
    examples: [{bad: X, good: Y}, {keep: z}]
"""
    with pytest.raises(Exception, match=r"t\.yaml:3:\d+: rule T_NAME: 'forms' needs a 'default'"):
        parse_pack(yaml, "t.yaml")


def test_shared_evidence_is_named_or_listed() -> None:
    yaml = """pack: t
rules:
  - id: T_ORG
    kind: institution
    name: X
    why: A test.
    evidence: rusia
    examples: [{bad: X, good: Y}, {keep: z}]
"""
    with pytest.raises(Exception, match="unknown shared evidence 'rusia': did you mean 'russia'"):
        parse_pack(yaml, "t.yaml")
