"""Which text is English: what is not is left alone, since rules and model would take its words for broken English.

A word list decides: of the words in small letters (names and German nouns are not), how many does English news use? Of
English it is nearly all, of awkward machine translation with half of its words left untranslated a third, of other
languages hardly any. Words that are common here and there ("die", "in", "on") count for neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+")
# So frequent in English, and so rare elsewhere, that many of them settle the question at once.
_SURE = frozenset(
    "the of and to that with for was were from by this which have been are not it he she they his her their has had said "
    "who would will after than when there about into over more than its at as be is".split()
)
_ONLY_ENGLISH = frozenset("the and that with from which have been would said this there their they were".split())
_SHARED = frozenset(
    "a ai al ale alle also am an arm au bald bar bet bi bin bus cane car care che chose ci co come conform da dal dan dans "
    "de del den di dice die din dire do door due e el ella elle en era est et face fare fast fin fort gli grand gut ha han "
    "har hat i il in jest kind la le lo ma male man mare mas me met mi ne nei nel net no non nu o on ore os pane par pays "
    "per pie plus por pour pro pure ran rat red ring rot sa sale se sera si sin sino so sobre sole solo son sub sul tag "
    "tale te ten ti tot un una van var ve vita von war wind".split()
)
# Words of other languages that betray even a short line; none is English, none a name.
_FOREIGN = frozenset(
    "das der dem des ist sind und nicht ein eine einen mit auf für wird wurde werden auch sich nach aus bei dass les une "
    "du dans qui que pas avec sont ont été aux cette los las para con más pero como está fue los del della delle degli "
    "sono anche nella perché não uma dos das em pelo het een niet voor naar wordt och att som för inte med är og ikke til "
    "på ved hvor nie się jest że przez dla oraz který která jsou bylo podle není och ali koji nije bir için ile olarak "
    "çok değil yang dan dengan untuk dari pada adalah egy nem hogy és volt sunt este care pentru și din cu nu ovat ei "
    "että joka mutta oli või kui aga ning ir kad yra buvo tai bet par nav viņš".split()
)
_CAPITAL_SURE = 2  # English words that make a line of capitals or of names English
_FEW = 4  # words; fewer tell nothing by themselves
_SHARE = 0.35
_LEAST = 0.12
_MANY_FOREIGN = 6  # words of a single sentence that is foreign within an English paragraph


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    text = (files("mtfix.english") / "words.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if not line.startswith("#"))


def reads_english(text: str) -> bool | None:
    """Whether a text is English; None where it is too short to tell.

    >>> reads_english("The head of the department said that the work would be finished by May.")
    True
    >>> reads_english("Der Leiter der Abteilung war in Berlin und will die Arbeit bis Mai beenden.")
    False
    >>> reads_english("Detained drug dealer Ivanov, and in the newspaper “Известия” wrote of the arrest."), reads_english("Moscow")
    (True, None)
    """
    if text.isascii():
        words = text.split()
        if 6 * sum(word in _SURE for word in words) >= len(words) > 7:
            return True
    elif _is_other_script(text):
        return False
    return _weigh(_WORD.findall(text))


def _is_other_script(text: str) -> bool:
    """Whether most letters are not Latin."""
    letters = [c for c in text if c.isalpha()]
    other = sum(not (c < "\u0250" or "\u1e00" <= c <= "\u1eff" or "\ufb00" <= c <= "\ufb06") for c in letters)
    return 2 * other > len(letters)


def _weigh(words: Sequence[str]) -> bool | None:
    english = _words()
    small = [word for word in words if word.islower() and (len(word) > 1 or word in "ai")]
    counted = [word for word in small if word not in _SHARED]
    known = sum(word in english for word in counted)
    only = sum(word in _ONLY_ENGLISH for word in counted)
    if len(counted) >= _FEW:
        return known >= (_LEAST if only > 1 else _SHARE) * len(counted)
    lowered = [word.lower() for word in words]
    if known or sum(word in english for word in lowered if word not in _SHARED) >= _CAPITAL_SURE:
        return True if known * 2 >= len(counted) else None
    betrayed = sum(word in _FOREIGN for word in lowered)
    if betrayed and (len(counted) > 1 or betrayed > 1):
        return False
    return None


def find_foreign(paragraphs: Sequence[Sequence[str]]) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Return the numbers of the paragraphs (lists of sentences) that are not English, and of single such sentences.

    What is too short to tell goes with the majority of the words around it; a document that tells nothing is English.

    >>> find_foreign([["Das ist gut, sagte er.", "Er war in Moskau."], ["Moskau, 5. Mai"], ["He left.", "It rained a lot."]])
    (frozenset({0, 1}), frozenset())
    """
    verdicts = [reads_english(" ".join(sentences)) for sentences in paragraphs]
    if False not in verdicts:
        mostly_foreign = False
    else:
        sizes = [sum(map(len, sentences)) for sentences in paragraphs]
        ours = sum(size for size, verdict in zip(sizes, verdicts, strict=True) if verdict is True)
        theirs = sum(size for size, verdict in zip(sizes, verdicts, strict=True) if verdict is False)
        mostly_foreign = theirs > ours
    foreign = frozenset(i for i, v in enumerate(verdicts) if v is False or (v is None and mostly_foreign))
    single = frozenset(
        (i, j)
        for i, sentences in enumerate(paragraphs)
        if i not in foreign and len(sentences) > 1
        for j, sentence in enumerate(sentences)
        if _is_surely_foreign(sentence)
    )
    return foreign, single


def _is_surely_foreign(sentence: str) -> bool:
    """Whether a sentence within English ones is of another language, by all of its words."""
    if sentence.isascii() and any(word in _ONLY_ENGLISH for word in sentence.split()):
        return False
    if reads_english(sentence) is not False:
        return False
    words = _WORD.findall(sentence)
    return _is_other_script(sentence) or _count_small(words) >= _MANY_FOREIGN


def _count_small(words: Iterable[str]) -> int:
    return sum(word.islower() and word not in _SHARED for word in words)
