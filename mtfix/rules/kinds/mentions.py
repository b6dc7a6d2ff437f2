"""Finds where a text mentions a name: the words, the quotation marks and brackets that belong to them, the company they keep.

A machine-translated wire writes `the terrorist organization “Islamic state” (ISIS)`: one mention, whose scare quotes and
second name go when the house's form takes its place. What stands around decides the form: an article, a possessive, a
noun that the name modifies ("IG militants"), a noun that it explains ("the group ISIS").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from mtfix.rules.reading import Reading
from mtfix.rules.rule import Context, Quote

OPENING, CLOSING = "“\"«„‘'", "”\"»“’'"
_PAIRS = {"“": "”", '"': '"', "«": "»", "„": "“”", "‘": "’", "'": "'"}

# Nouns that a name before them modifies: "ISIS fighters", "FSB officer". Titles too: "FSB Director".
HEAD_NOUNS = frozenset(
    """
    militant militants fighter fighters terrorist terrorists jihadist jihadists extremist extremists insurgent
    insurgents supporter supporters sympathizer sympathizers sympathiser sympathisers member members leader leaders
    commander commanders recruiter recruiters recruit recruits cell cells group groups gunman gunmen bomber bombers
    suspect suspects follower followers affiliate affiliates adherent adherents participant participants stronghold
    strongholds territory territories position positions target targets forces troops units unit branch branches
    propaganda video videos website flag flags ideology attack attacks bombing bombings militia militias network
    networks prisoner prisoners captive captives hostage hostages bride brides wife wives ranks activity activities
    structure structures base bases camp camps convoy convoys oil caliphate emir emirs warlord warlords
    director directors head heads chief chiefs chairman chairwoman officer officers agent agents employee employees
    official officials department departments directorate office offices headquarters staff spokesman spokeswoman
    spokesperson spokespeople representative representatives source sources press service services general colonel
    major captain building investigator investigators operative operatives academy border college board statement
    statements report reports data website troops soldiers serviceman servicemen personnel special information
    minister ministers deputy secretary president prosecutor prosecutors summit summits meeting meetings session
    mission missions observer observers monitor monitors countries country states state membership members
    headline headlines affiliate-group operation operations raid raids veteran veterans archive archives
    inspector inspectors patrol patrols post posts academy institute hospital lawyer lawyers deputies deputy
    movement movements party parties organization organizations grouping formation formations front army sect
    lawmaker lawmakers committee commission speaker vote election elections hearing hearings
    """.split()
)
# Nouns that a name after them explains: "the terrorist organization ISIS".
GROUP_NOUNS = (
    "organization|organisation|organizations|organisations|group|groups|grouping|groupings|movement|movements|"
    "party|formation|formations|gang|faction|factions|militia|network|cell|association|structure"
)
_GROUP_BEFORE = re.compile(rf"\b(?:{GROUP_NOUNS})\s+$", re.IGNORECASE)
# A text that explains names needs them: "also known as ISIS", "the acronym ISIL", "calls itself Islamic State".
_NAMED_BEFORE = re.compile(
    r"\b(?:(?:known|(?<!so-)(?<!so )called|referred\s+to|named|renamed|rebranded|dubbed|translated|rendered)(?:\s+(?:itself|themselves"
    r"|as|by))*(?:\s+(?:the|its|acronym|initials|acronyms))*|calls?\s+itself|calling\s+itself|(?:acronyms?|abbreviations?"
    r"|names?|terms?|words?|initials)(?:\s+(?:as|of|like))?(?:\s+the)?|(?:stands|short|name)\s+(?:for|to|from)(?:\s+the)?"
    r"|(?<=\()(?:formerly|previously|then|once|earlier|ex)|Soviet(?:-era)?)"
    r"\s*[“\"‘'«(]?$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"^[”\"’'»)]?,?\s+(?:(?:also|formerly|previously|otherwise|better|sometimes)\s+(?:known|called|referred)|or\s+(?:the\s+)?"
    r"[“\"]?(?:IS|ISIS|ISIL|Da['’]?esh)\b|stands\s+for|is\s+(?:short|an\s+acronym|the\s+acronym))"
    r"|^[”\"’'»)]?\s*[,(]\s*(?:now|today|today['’]s|currently|present-day|nowadays|since\s+renamed|renamed)\b",
)
_LISTED = re.compile(r"^[”\"'’»)]?\s*,?\s*(?:or|and|/)?\s*(?:the\s+|also\s+)?[“\"‘'«(]?$")
_THE_BEFORE = re.compile(r"(?:^|(?<=[\s(\[“\"‘'«—–-]))(the|The|THE)(\s+)$")
_SO_CALLED = re.compile(r"(?:^|(?<=[\s(\[“\"‘'«—–-]))((?:the\s+)?so[- ‑]called\s+)$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"^(?:['’]s\b|['’](?=[\s,.;:)]))")
_BRACKET = re.compile(r"^\s*\(([^()\n]{1,120})\)")
_FILLER = re.compile(
    r"\b(?:formerly|previously|earlier|former|also|known|as|aka|or|and|the|ex|abbreviated|in|Arabic|Russian|English"
    r"|hereinafter|acronym|so-called|called|organization|group|translation|translated|translates|means|literally|from|is)\b|a\.k\.a\.",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"^(\s+)([A-Za-z][\w'’-]*)")


# What may stand behind a noun phrase; anything else could be a noun that the name modifies.
AFTER_PHRASE = re.compile(
    r"^(?:$|[.,;:)!?”\"»–—]|\s+[–—(]|\s+(?:of|in|at|by|to|from|with|for|and|or|against|on|into|about|after|before|since|while"
    r"|when|where|if|that|which|who|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|do|not"
    r"|also|said|says|told|noted|believes?|took|fled|went|held|lost|won|made|began|came|gave|sent|left|led|fought|struck"
    r"|claims|controls|operates|continues|threatens|holds|wants|plans|uses|remains|seeks|still|already|now|never|then"
    r"|[a-z]+(?:[^e]|re)ed|the|a|an|this|it|he|she|they|as|than|during|under|near|over|through|but|because|yesterday|today)\b)"
)
_BEFORE_PHRASE = re.compile(
    r"(?i)(?:^|[,;:(–—]\s*|\b(?:of|in|at|by|to|from|with|for|and|or|against|between|under|through|within|that|as|than|on|into"
    r"|via|about|but|after|before|since|while|when|where|if|said|told|informed|reported|stated|noted|added|stressed"
    r"|explained|specified|announced|according|joined|supported|attacked|accused|asked|called|informed)\s+)$",
)


def lacks_article(text: str, start: int) -> bool:
    """Whether a noun phrase begins at ``start`` without a determiner or adjective: there is room for "the".

    >>> lacks_article("told in MVD", 8), lacks_article("the local MVD", 10), lacks_article("MVD said", 0)
    (True, False, True)
    """
    before = text[max(0, start - 24) : start]
    return not before.strip('“"«( ') or _BEFORE_PHRASE.search(before) is not None


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to write a name, compiled: ``pattern`` matches it whole; ``before`` and ``after`` are anchored contexts."""

    pattern: Any
    source: str
    needs: str = ""
    quoted_only: bool = False
    garbled: bool = False
    before: Any = None
    after: Any = None
    slot: str = "name"


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention in one segment. ``start``:``end`` is what a form replaces; ``core`` the name's own words.

    ``article``: an article stood before and lies in the span. ``attributive``: the name modifies the noun behind it.
    ``explains``: it stands behind a noun that it explains. ``possessive``: its ending, also in the span. ``bracket``: the
    second name that followed in brackets, in the span; ``rest``: what else stood in those brackets. ``quoted``: how the
    words stand in quotation marks: not at all, as a name, or among somebody's words.
    """

    start: int
    end: int
    core: tuple[int, int]
    variants: tuple[Variant, ...]
    article: str = ""
    attributive: bool = False
    hyphened: bool = False
    explains: bool = False
    possessive: str = ""
    bracket: str = ""
    rest: str = ""
    tail: str = ""
    quoted: str = ""


def match_apostrophe(text: str, words: str) -> str:
    """Return ``words`` with the apostrophe that the text uses.

    >>> match_apostrophe("the state’s", "People's Republic")
    'People’s Republic'
    """
    return words.replace("'", "’") if "’" in text and "'" not in text else words


def compile_union(variants: Sequence[Variant]) -> Any:
    """Return one RE2 pattern, leftmost-longest, that finds any variant."""
    options = re2.Options()
    options.longest_match = True
    options.log_errors = False
    return re2.compile(union_source(variants), options)


def union_source(variants: Sequence[Variant]) -> str:
    """Return the RE2 source of all variants."""
    return "|".join(dict.fromkeys(f"(?:{v.source})" for v in variants))


def at_edges(text: str, start: int, end: int) -> bool:
    """Whether a name at the span ends where words end; it may be half of a hyphened word ("ISIS-linked")."""
    if start and (text[start - 1].isalnum() or text[start - 1] in "_@#&./"):
        return False
    if end < len(text):
        following = text[end]
        if following.isalnum() or following in "_@&":
            return False
        if following in "-‑." and end + 1 < len(text) and text[end + 1].isdigit():  # IS-95
            return False
    return True


@dataclass(frozen=True, slots=True)
class Names:
    """All variants of an entity as one pattern."""

    variants: tuple[Variant, ...]
    union: Any

    @classmethod
    def compile(cls, variants: Sequence[Variant]) -> Names:
        """Compile. Raises ValueError for a bad pattern."""
        return cls(tuple(variants), compile_union(variants))

    def find(self, text: str, context: Context, *, so_called: bool = False, group: bool = False) -> Iterator[Mention]:
        """Yield the mentions of ``text`` in order; see `find_mentions`."""
        yield from find_mentions(text, self.union, self.variants, context.quotes, so_called=so_called, group=group)

    def recall(
        self, reading: Reading, number: int, rule: str, *, so_called: bool = False, group: bool = False
    ) -> Sequence[Mention]:
        """Return the mentions of a segment in order; ``rule`` is the id under which they are remembered."""
        context = reading.context(number)
        return reading.note(
            number,
            (rule, context.quotes),
            lambda text: tuple(self.find(text, context, so_called=so_called, group=group)),
        )


def find_mentions(
    text: str,
    union: Any,
    variants: Sequence[Variant],
    quotes: Sequence[Quote],
    *,
    so_called: bool = False,
    group: bool = False,
) -> Iterator[Mention]:
    """Yield the mentions of ``text`` in order; names that a bracket repeats belong to the mention before it.

    ``so_called``: "so-called" belongs to the mention; ``group``: so does a "group" behind it.
    """
    done, explained = 0, -1
    for match in union.finditer(text):
        start, end = match.span()
        if start < done or not at_edges(text, start, end):
            continue
        if _NAMED_BEFORE.search(text[max(0, start - 60) : start]) or _NAMED_AFTER.search(text[end : end + 40]):
            explained = end
            continue
        if explained >= 0 and _LISTED.match(text[explained:start]):
            explained = end
            continue
        mention = _read_mention(text, start, end, variants, quotes, so_called, group)
        if mention is not None:
            done = mention.end
            yield mention


def _read_mention(
    text: str,
    start: int,
    end: int,
    variants: Sequence[Variant],
    quotes: Sequence[Quote],
    so_called: bool,
    group: bool,
) -> Mention | None:
    core = (start, end)
    quoted, tail = "", ""
    low, high = start, end
    inner = _THE_BEFORE.search(text[max(0, low - 8) : low])
    opened = low - len(inner.group()) if inner else low
    for at in (low, opened):
        if at and text[at - 1] in _PAIRS and high < len(text):
            closers = _PAIRS[text[at - 1]]
            if text[high] in closers:
                low, high, quoted = at - 1, high + 1, "name"
                break
            if text[high] in ",." and text[high + 1 : high + 2] and text[high + 1] in closers:
                tail, low, high, quoted = text[high], at - 1, high + 2, "name"
                break
    if not quoted:
        quoted = _quoted_among(text, start, end, quotes)
    fitting = _fitting_variants(text, start, end, quoted == "name", variants)
    if not fitting:
        return None
    bracket, rest = "", ""
    if not tail:
        high, bracket, rest = _read_bracket(text, high, variants)
    possessive = ""
    ending = _POSSESSIVE.search(text[high : high + 3])
    if ending and not bracket and not tail:
        possessive, high = ending.group(), high + len(ending.group())
    if group and not possessive and re.match(r"\s+group\b(?!-)", text[high:]):
        high += len(re.match(r"\s+group", text[high:]).group())  # type: ignore[union-attr]
        ending = _POSSESSIVE.search(text[high : high + 3])
        if ending:
            possessive, high = ending.group(), high + len(ending.group())
    hyphened = text[high : high + 1] in ("-", "‑") or (low > 0 and text[low - 1] in "-‑")
    following = _NEXT_WORD.match(text[high:])
    attributive = hyphened or bool(not possessive and following and following.group(2).lower() in HEAD_NOUNS)
    phrase = not attributive and (quoted == "name" or possessive or tail or AFTER_PHRASE.match(text[high:]) is not None)
    article = ""
    if so_called and (called := _SO_CALLED.search(text[max(0, low - 20) : low])):
        low -= len(called.group(1))
        if _NAMED_BEFORE.search(text[max(0, low - 60) : low]):
            return None
        article = "the " if called.group(1).lower().startswith("the") else ""
        if article and attributive:
            low += 4  # the article belongs to the noun behind
            article = ""
    elif phrase and (the := _THE_BEFORE.search(text[max(0, low - 8) : low])):
        low -= len(the.group())
        article = the.group()
    if not phrase and not article and _THE_BEFORE.search(text[max(0, low - 8) : low]):
        attributive = True  # "the IG problem": the article belongs to the noun behind
    explains = not article and bool(_GROUP_BEFORE.search(text[max(0, low - 20) : low]))
    return Mention(
        low,
        high,
        core,
        tuple(fitting),
        article,
        attributive,
        hyphened,
        explains,
        possessive,
        bracket,
        rest,
        tail,
        quoted,
    )


def _fitting_variants(text: str, start: int, end: int, quoted: bool, variants: Sequence[Variant]) -> list[Variant]:
    """Return the variants that the words may be, by what stands around them."""
    words = text[start:end]
    return [
        v
        for v in variants
        if v.pattern.fullmatch(words) is not None
        and (quoted or not v.quoted_only)
        and (v.before is None or v.before.search(text[max(0, start - 60) : start]) is not None)
        and (v.after is None or v.after.search(text[end:]) is not None)
    ]


def _quoted_among(text: str, start: int, end: int, quotes: Sequence[Quote]) -> str:
    """Return "words" when the span stands among other words in quotation marks."""
    return "words" if any(q.start <= start and end <= q.end for q in quotes) else ""


def _read_bracket(text: str, at: int, variants: Sequence[Variant]) -> tuple[int, str, str]:
    """Return where a bracket (or slash) with further names ends, those names, and what else the bracket says.

    `(ISIL, formerly ISIS)` is all names; of `(ISIS, banned in Russia)` the rest is `banned in Russia`.
    """
    slash = re.match(r"\s?/\s?([\w'’-]+)", text[at:])
    if slash and _is_name(slash.group(1), variants):
        return at + slash.end(), slash.group(1), ""
    bracket = _BRACKET.match(text[at:])
    if bracket is None:
        return at, "", ""
    parts = re.split(r"\s*[,;/]\s*", bracket.group(1))
    named = 0
    while named < len(parts) and _is_name(parts[named], variants):
        named += 1
    if not named:
        return at, "", ""
    rest = bracket.group(1)[bracket.group(1).index(parts[named]) :] if named < len(parts) else ""
    return at + bracket.end(), ", ".join(parts[:named]), rest


def _is_name(words: str, variants: Sequence[Variant]) -> bool:
    bare = words.strip(" –—-" + OPENING + CLOSING)
    if any(v.pattern.fullmatch(bare) is not None for v in variants):
        return True
    stripped = " ".join(_FILLER.sub(" ", bare).split()).strip(" –—-" + OPENING + CLOSING)
    return stripped != bare and any(v.pattern.fullmatch(stripped) is not None for v in variants)
