"""Paragraphs from tags and text: which elements stand in a line of text, which end it, which nobody may touch.

`Vocabulary` describes a kind of markup (HTML, NITF); `collect` walks its events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mtfix.formats.markup.runs import OBJECT, Paragraph, Run
from mtfix.formats.markup.source import Beside, EndTag, Event, StartTag, Text
from mtfix.formats.markup.spelling import Spelled, Style
from mtfix.formats.text.blocks import MARK
from mtfix.formats.text.ignore import Ignored
from mtfix.formats.text.plain import is_caption
from mtfix.types import Kind, Lock

_ENGLISH = frozenset(("en", "eng", "english", "mul", "und", "zxx", "x-default", ""))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the elements of a kind of markup mean for its text; names are local names.

    ``inline`` elements stand within a line of text, ``breaks`` end a line, every other element is a block; but one that
    is not among the ``known`` blocks stands in the line if it is within one of ``prose`` (a vendor's mark in a
    paragraph: ``<p>the <Company>Alko</Company> shop</p>``). ``locked`` are left alone with all that is in them: inline ones are a word of their sentence. ``objects`` are inline elements
    whose content is no text (a formula); ``silent`` elements are no text and no word either. ``marks`` are locked
    inline elements that the sentence reads over (a footnote mark). ``kinds`` says what a block's text is.
    """

    inline: frozenset[str]
    locked: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset(("br",))
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "hl1", "hl2"))
    in_line: frozenset[str] = field(init=False)
    fixed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_line", self.inline | self.breaks | self.objects | self.marks | self.silent)
        object.__setattr__(self, "fixed", self.locked | self.objects | self.silent | self.marks)


def is_english(language: str) -> bool:
    """Whether a language tag (``en``, ``en-GB``) says English, or nothing.

    >>> is_english("en-US"), is_english("ru"), is_english("")
    (True, False, True)
    """
    return language.strip().lower().replace("_", "-").partition("-")[0] in _ENGLISH


def read_translate(tag: StartTag) -> bool | None:
    """Whether an element says that it is to be left alone (True) or repaired (False); None if it says nothing."""
    said = tag.attributes.get("translate", tag.attributes.get("its:translate"))
    if said is not None and said.strip().lower() in ("no", "yes", ""):
        return said.strip().lower() == "no"
    return True if "notranslate" in tag.attributes.get("class", "").lower().split() else None


def read_foreign(tag: StartTag) -> bool | None:
    """Whether an element says that it is in another language than English; None if it says nothing."""
    language = tag.attributes.get("xml:lang", tag.attributes.get("lang"))
    return None if language is None or not language.strip() else not is_english(language)


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open: what its text is, and what locks it (the last for good: code)."""

    name: str = ""
    kind: Kind | None = None
    is_kept: bool = False
    is_foreign: bool = False
    is_fixed: bool = False
    is_inline: bool = False
    is_in_prose: bool = False

    @property
    def is_locked(self) -> bool:
        return self.is_kept or self.is_foreign or self.is_fixed


@dataclass(slots=True)
class Collector:
    """Gathers paragraphs from events. ``spell`` reads the text of a span of the source."""

    vocabulary: Vocabulary
    spell: Callable[[int, int, Style], Spelled]
    ignored: Ignored = field(default_factory=Ignored)
    extra_locks: Callable[[Spelled], Iterable[Lock]] | None = None
    default: Kind | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _kind: Kind | None = None
    _inline_lock: int = -1  # depth of the outermost locked inline element
    _lock_start: int = 0
    _lock_text: list[str] = field(default_factory=list)
    _lock_mask: str = ""

    def collect(self, events: Iterable[Event]) -> list[Paragraph]:
        """Return the paragraphs of a sequence of well-nested events."""
        for event in events:
            if isinstance(event, StartTag):
                self._start(event)
            elif isinstance(event, EndTag):
                self._end(event)
            elif isinstance(event, Text):
                self._text(event)
        self.flush()
        return self.paragraphs

    @property
    def is_locked(self) -> bool:
        """Whether the innermost open element is left alone."""
        return bool(self._open) and self._open[-1].is_locked

    def enter(self, tag: StartTag) -> None:
        """Open an element without looking at its text."""
        name = tag.name.lower()
        words = self.vocabulary
        outer = self._open[-1] if self._open else _Open()
        kept, foreign = read_translate(tag), read_foreign(tag)
        opened = _Open(
            name,
            self._read_kind(name, outer),
            outer.is_kept if kept is None else kept,
            outer.is_foreign if foreign is None else foreign,
            outer.is_fixed or name in words.fixed,
            name in words.in_line or (outer.is_in_prose and name not in words.known),
            outer.is_in_prose or name in words.prose,
        )
        self._open.append(opened)

    def leave(self, tag: EndTag) -> None:
        """Close the innermost element."""
        self._open.pop()

    def _start(self, tag: StartTag) -> None:
        was_locked = self.is_locked
        self.enter(tag)
        name = self._open[-1].name
        words = self.vocabulary
        if self._inline_lock < 0:
            if not self._open[-1].is_inline or name in words.breaks:
                self.flush()
            elif self.is_locked and not was_locked:
                self._inline_lock = len(self._open) - 1
                self._lock_start = tag.start
                self._lock_text = [OBJECT] if name in words.objects else []
                self._lock_mask = MARK if name in words.marks else ""

    def _read_kind(self, name: str, outer: _Open) -> Kind | None:
        kind = self.vocabulary.kinds.get(name)
        if name == "p" and outer.kind is Kind.ITEM and not any(o.name in ("li", "dd", "dt") for o in self._open[-40:]):
            return Kind.SENTENCE  # a paragraph of its own in a cell: tables lay out old pages
        return kind or outer.kind or self.default

    def _end(self, tag: EndTag) -> None:
        opened = self._open[-1]
        self.leave(tag)
        if self._inline_lock == len(self._open):
            self._inline_lock = -1
            text = "".join(self._lock_text)
            if text:
                place = Beside(self._lock_start, tag.end)
                self._runs.append(Run(text, place, is_locked=True, mask=self._lock_mask))
        elif not opened.is_inline and self._inline_lock < 0:
            self.flush()

    def _text(self, event: Text) -> None:
        if self._inline_lock >= 0:
            if self._lock_text != [OBJECT] and not any(o.name in self.vocabulary.silent for o in self._open[-40:]):
                self._lock_text.append(self.spell(event.start, event.end, event.style).text)
            return
        if self.is_locked:
            return
        spelled = self.spell(event.start, event.end, event.style)
        if not self._runs and not spelled.text.strip():
            return
        if not self._runs:
            self._kind = self._open[-1].kind if self._open else self.default
        locks = find_locks(spelled, self.ignored)
        if self.extra_locks:
            locks = (*locks, *self.extra_locks(spelled))
        self._runs.append(Run(spelled.text, spelled, locks=locks))

    def flush(self) -> None:
        """End the current paragraph."""
        runs = tuple(self._runs)
        self._runs = []
        kind = self._kind or Kind.SENTENCE
        paragraph = Paragraph(runs, kind)
        if paragraph.has_prose():
            if kind is not Kind.HEADING and is_caption(paragraph.text.strip()):
                paragraph = Paragraph(runs, Kind.CAPTION)
            self.paragraphs.append(paragraph)


def find_locks(spelled: Spelled, ignored: Ignored) -> tuple[Lock, ...]:
    """Return the locks of ignore comments as spans of a text."""
    locks: list[Lock] = []
    for start, end, rules in ignored.locks:
        if start < spelled.end and spelled.start < end:
            a, b = spelled.locate(start), spelled.locate(end)
            if a < b:
                locks.append(Lock(a, b, rules))
    return tuple(locks)
