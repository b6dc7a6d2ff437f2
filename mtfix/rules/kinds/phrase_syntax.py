"""The little language of phrases: text in, nodes, one RE2 pattern out.

Nodes are words, white space, alternatives in parentheses, inflected words in angle brackets, slots in braces. Mistakes
are ValueErrors that quote the phrase and say at which column of it they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from mtfix.english.inflection import NOUN_FORMS, VERB_FORMS, spell_nouns, spell_verbs
from mtfix.english.nounphrase import MAX_WORDS, NUMBERS
from mtfix.errors import unknown_name

SLOT_TYPES = ("np", "list", "subject", "name", "num", "word", "words")
# Slots that are grown outwards where they stand at an end of the phrase.
_GROWN = ("np", "list", "subject", "name", "words")

_SPACE = r"[\s\x{00A0}\x{2009}\x{202F}]+"
_SPACES = re.compile("[\t\n\f\r \u00a0\u2009\u202f]+")  # the same for Python, whose white space is more than RE2's
_WORD = r"[\pL\pN](?:[\pL\pN'’.,‑-]*[\pL\pN])?['’]?"
_NUMBER_WORDS = "|".join(sorted(NUMBERS, key=lambda w: (-len(w), w)))
# How often the white space between words may stand in a slot of several words.
_MOST_SPACES: Mapping[str, int] = {"np": MAX_WORDS - 1, "list": 15, "subject": 15, "name": 4, "words": 11}


def _spell_slots(repeat: Callable[[str], str]) -> Mapping[str, str]:
    """Return the pattern of each type of slot; ``repeat`` says how the words but one of a type are repeated."""
    return {
        "np": rf"(?:[“«]?{_WORD}[”»]?{_SPACE}){repeat('np')}[“«]?{_WORD}[”»]?",
        "list": rf"(?:[“«]?{_WORD}[”»]?,?{_SPACE}){repeat('list')}[“«]?{_WORD}[”»]?",
        "subject": rf"(?:[“«]?{_WORD}[”»]?,?{_SPACE}){repeat('subject')}[“«]?{_WORD}[”»]?",
        "name": rf"(?-i:\p{{Lu}}[\pL'’.‑-]*(?:{_SPACE}(?:\p{{Lu}}[\pL'’.‑-]*|al|bin|von|van|de)){repeat('name')})",
        "num": rf"(?:\d+(?:[.,\x{{00A0}} ]\d+)*|{_NUMBER_WORDS})",
        "word": r"[\pL\pN](?:[\pL\pN'’‑-]*[\pL\pN])?",
        "words": rf"(?:{_WORD}{_SPACE}){repeat('words')}{_WORD}",
    }


_SLOT_PATTERNS = _spell_slots(lambda kind: f"{{0,{_MOST_SPACES[kind]}}}?")
_ENDLESS_PATTERNS = _spell_slots(lambda kind: "*?")
_LETTERS: Mapping[str, str] = {
    "'": "['’‘ʼ]",
    "’": "['’‘ʼ]",
    '"': '["“”„«»]',
    "“": '["“”„«»]',
    "”": '["“”„«»]',
    "-": "[-‑]",
    "–": "[-–—]",
    "—": "[-–—]",
}


@dataclass(frozen=True, slots=True)
class Space:
    column: int


@dataclass(frozen=True, slots=True)
class Words:
    """Literal text without white space."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a sequence of nodes."""

    branches: tuple[tuple[Node, ...], ...]
    optional: bool
    column: int


@dataclass(frozen=True, slots=True)
class Inflected:
    """A verb or noun in some of its forms."""

    lemmas: tuple[str, ...]
    kind: Literal["v", "n"]
    forms: tuple[str, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A slot: its name, and its type or the words it may hold."""

    name: str
    kind: str
    choices: tuple[str, ...]
    column: int


Node = Space | Words | Choice | Inflected | Hole


@dataclass(frozen=True, slots=True)
class Phrase:
    source: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Core:
    """A compiled phrase. ``words`` maps groups (``verb1``, ``noun1``) to their inflected words, in order;
    ``left`` and ``right`` are the outer slots (name, type) and whether white space parts them from the core.

    ``endless`` is the pattern with slots of any number of words, where there are such slots: RE2 writes out a counted
    repetition word by word, so the pattern itself takes four times as long to compile. What ``endless`` finds first is
    what the pattern finds first if it `fits`; where it finds nothing, there is nothing.
    """

    source: str
    pattern: str
    endless: str | None
    words: Mapping[str, Inflected]
    inner_slots: Mapping[str, str]
    left: tuple[str, str] | None = None
    right: tuple[str, str] | None = None
    left_gap: bool = False
    right_gap: bool = False

    def fits(self, groups: Mapping[str, str | None]) -> bool:
        """Whether no slot inside the core holds more words than its type may: words are what white space parts."""
        return all(
            len(re.findall(_SPACES, groups[name] or "")) <= _MOST_SPACES[kind]
            for name, kind in self.inner_slots.items()
            if kind in _MOST_SPACES
        )

    @property
    def slots(self) -> frozenset[str]:
        outer = {side[0] for side in (self.left, self.right) if side}
        return frozenset(self.inner_slots) | outer


def parse_phrase(text: str) -> Phrase:
    """Parse a phrase. Raises ValueError with the column of the mistake."""
    parser = _Parser(text)
    nodes = parser.parse_nodes(closing=False)
    if not nodes:
        raise ValueError("a phrase is empty")
    return Phrase(text, nodes)


@dataclass(slots=True)
class _Parser:
    text: str
    at: int = 0

    def fail(self, reason: str, at: int | None = None) -> NoReturn:
        raise ValueError(f"phrase '{self.text}', column {(self.at if at is None else at) + 1}: {reason}")

    def parse_nodes(self, *, closing: bool) -> tuple[Node, ...]:
        """Parse up to the end, or inside parentheses up to ``|`` or ``)``, which stay unread."""
        nodes: list[Node] = []
        while self.at < len(self.text):
            character, column = self.text[self.at], self.at
            if character in "|)":
                if not closing:
                    self.fail(f"'{character}' without an opening parenthesis")
                break
            if character.isspace():
                while self.at < len(self.text) and self.text[self.at].isspace():
                    self.at += 1
                nodes.append(Space(column))
            elif character == "(":
                nodes.append(self._parse_choice())
            elif character == "<":
                nodes.append(self._parse_inflected(self._read_to(">")))
            elif character == "{":
                nodes.append(self._parse_hole(self._read_to("}")))
            elif character in ">}?":
                self.fail(f"stray '{character}'")
            else:
                while (
                    self.at < len(self.text)
                    and self.text[self.at] not in "|()<>{}?"
                    and not self.text[self.at].isspace()
                ):
                    self.at += 1
                nodes.append(Words(self.text[column : self.at], column))
        while nodes and isinstance(nodes[-1], Space):
            nodes.pop()
        while nodes and isinstance(nodes[0], Space):
            nodes.pop(0)
        return tuple(nodes)

    def _read_to(self, mark: str) -> str:
        end = self.text.find(mark, self.at)
        if end < 0:
            self.fail(f"'{self.text[self.at]}' is never closed with '{mark}'")
        inside = self.text[self.at + 1 : end]
        self.at = end + 1
        return inside

    def _parse_choice(self) -> Choice:
        column = self.at
        branches: list[tuple[Node, ...]] = []
        while True:
            self.at += 1
            nodes = self.parse_nodes(closing=True)
            if not nodes:
                self.fail("an empty alternative: write (word)? for an optional word")
            branches.append(nodes)
            if self.at >= len(self.text):
                self.fail("'(' is never closed", column)
            if self.text[self.at] == ")":
                break
        self.at += 1
        optional = self.text[self.at : self.at + 1] == "?"
        self.at += optional
        return Choice(tuple(branches), optional, column)

    def _parse_inflected(self, inside: str) -> Inflected:
        column = self.at - len(inside) - 2
        match = re.fullmatch(r"([^:.]+)(?::(v|n))?(?:\.([\w,]+))?", inside)
        if match is None:
            self.fail(f"'<{inside}>' is not <verb>, <verb:v.past,part> or <noun:n.pl>", column)
        lemmas = tuple(" ".join(lemma.split()) for lemma in match.group(1).split("|"))
        if not all(re.fullmatch(r"[a-z]+(?:[ '-][a-z]+)*", lemma) for lemma in lemmas):
            self.fail(f"'<{inside}>' wants base forms in small letters", column)
        kind: Literal["v", "n"] = "n" if match.group(2) == "n" else "v"
        known = VERB_FORMS if kind == "v" else NOUN_FORMS
        forms = tuple((match.group(3) or "").split(",")) if match.group(3) else ()
        for form in forms:
            if form not in known:
                self.fail(unknown_name("form", form, known), column)
        return Inflected(lemmas, kind, forms, column)

    def _parse_hole(self, inside: str) -> Hole:
        column = self.at - len(inside) - 2
        name, colon, kind = inside.partition(":")
        if not re.fullmatch(r"[a-z][a-z_]*", name) or not colon:  # no digits: verb1, noun1 are ours
            self.fail(f"'{{{inside}}}' is not {{name:type}} with a name in small letters", column)
        if "|" in kind:
            choices = tuple(" ".join(choice.split()) for choice in kind.split("|"))
            if not all(choices):
                self.fail(f"'{{{inside}}}' has an empty alternative", column)
            return Hole(name, "choice", choices, column)
        if kind not in SLOT_TYPES:
            self.fail(unknown_name("slot type", kind, SLOT_TYPES), column)
        return Hole(name, kind, (), column)


@dataclass(slots=True)
class _Emitter:
    """Writes the pattern of a core, numbering its words and naming its slots."""

    source: str
    words: dict[str, Inflected] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"v": 0, "n": 0})

    def emit(self, nodes: Sequence[Node]) -> str:
        out: list[str] = []
        i = 0
        while i < len(nodes):
            node = nodes[i]
            spaced_before = i == 0 or isinstance(nodes[i - 1], Space)
            spaced_after = i + 1 == len(nodes) or isinstance(nodes[i + 1], Space)
            if isinstance(node, Choice) and node.optional and spaced_before and spaced_after and len(nodes) > 1:
                # An optional word takes one of its spaces with it.
                inside = self._choice(node)
                if out and out[-1] == _SPACE:
                    out[-1] = f"(?:{_SPACE}{inside})?"
                else:
                    out.append(f"(?:{inside}{_SPACE})?")
                    i += 1  # its space is inside the group
            else:
                out.append(self._node(node))
            i += 1
        return "".join(out)

    def _choice(self, node: Choice) -> str:
        return "(?:" + "|".join(self.emit(branch) for branch in node.branches) + ")"

    def _node(self, node: Node) -> str:
        if isinstance(node, Space):
            return _SPACE
        if isinstance(node, Words):
            return spell(node.text)
        if isinstance(node, Choice):
            return self._choice(node) + "?" * node.optional
        if isinstance(node, Inflected):
            self.counts[node.kind] += 1
            group = ("verb" if node.kind == "v" else "noun") + str(self.counts[node.kind])
            self.words[group] = node
            spellings = (spell_verbs if node.kind == "v" else spell_nouns)(node.lemmas, node.forms)
            return f"(?P<{group}>{'|'.join(spell(word) for word in spellings)})"
        if node.name in self.slots:
            raise ValueError(f"phrase '{self.source}', column {node.column + 1}: the slot '{node.name}' stands twice")
        self.slots[node.name] = node.kind
        if node.kind == "choice":
            ordered = sorted(node.choices, key=lambda c: (-len(c), c))
            return f"(?P<{node.name}>{'|'.join(spell(choice) for choice in ordered)})"
        return f"(?P<{node.name}>{_SLOT_PATTERNS[node.kind]})"


def spell(text: str) -> str:
    """Return the pattern of literal text: any white space, either apostrophe, any quotation mark, any dash."""
    return _SPACE.join("".join(_LETTERS.get(c, re.escape(c)) for c in word) for word in text.split())


def compile_core(phrase: Phrase) -> Core:
    """Compile a phrase. Raises ValueError when nothing literal is left to search for."""
    nodes = list(phrase.nodes)
    left, left_gap = _take_outer(nodes, 0)
    right, right_gap = _take_outer(nodes, -1)
    if not _is_literal(nodes):
        raise ValueError(f"phrase '{phrase.source}' has slots only: it needs a word to search for")
    emitter = _Emitter(phrase.source)
    body = emitter.emit(nodes)
    for side in (left, right):
        if side and (side[0] in emitter.slots or (left and right and left[0] == right[0])):
            raise ValueError(f"phrase '{phrase.source}': the slot '{side[0]}' stands twice")
    begins, ends = _edge_is_word(nodes[0], 0), _edge_is_word(nodes[-1], -1)
    pattern = (r"\b" if begins else "") + f"(?:{body})" + (r"\b" if ends else "")
    endless = pattern
    for kind in dict.fromkeys(emitter.slots.values()):
        if kind in _MOST_SPACES:
            endless = endless.replace(_SLOT_PATTERNS[kind], _ENDLESS_PATTERNS[kind])
    return Core(
        phrase.source, pattern, None if endless == pattern else endless,
        emitter.words, emitter.slots, left, right, left_gap, right_gap,
    )  # fmt: skip


def _take_outer(nodes: list[Node], side: Literal[0, -1]) -> tuple[tuple[str, str] | None, bool]:
    """Take the slot at one end off ``nodes``, and the white space beside it."""
    if len(nodes) < 2 or not isinstance(nodes[side], Hole):
        return None, False
    hole = nodes[side]
    assert isinstance(hole, Hole)
    if hole.kind not in _GROWN:
        return None, False
    nodes.pop(side)
    gap = isinstance(nodes[side], Space)
    if gap:
        nodes.pop(side)
    return (hole.name, hole.kind), gap


def _is_literal(nodes: Sequence[Node]) -> bool:
    """Whether every way through the nodes has a word of two letters that the filter can look for."""
    for node in nodes:
        if isinstance(node, Inflected):
            return True
        if isinstance(node, Words) and re.search(r"[^\W\d_]{2}", node.text):
            return True
        if isinstance(node, Choice) and not node.optional and all(_is_literal(b) for b in node.branches):
            return True
        if isinstance(node, Hole) and node.choices and all(re.search(r"[^\W\d_]{2}", c) for c in node.choices):
            return True
    return False


def _edge_is_word(node: Node, side: Literal[0, -1]) -> bool:
    if isinstance(node, Words):
        return node.text[side].isascii() and node.text[side].isalnum()
    if isinstance(node, Choice):
        return not node.optional and all(_edge_is_word(branch[side], side) for branch in node.branches)
    if isinstance(node, Hole):
        return all(choice[side].isascii() and choice[side].isalnum() for choice in node.choices)
    return isinstance(node, Inflected)
