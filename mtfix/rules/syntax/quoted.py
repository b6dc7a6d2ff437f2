"""The dash between a quotation and who said it: "“We are ready” − said Petrov" in every mix of marks and blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtfix.english.nounphrase import tokenize
from mtfix.rules.rule import Proposal
from mtfix.rules.syntax.words import Sentence, has_finite

_SAYS = (
    "said|says|say|told|tells|added|adds|noted|notes|stressed|stresses|stated|states|reported|reports|declared|declares|"
    "explained|explains|emphasized|emphasizes|emphasised|emphasises|believes|believed|thinks|thought|assured|assures|"
    "concluded|concludes|recalled|recalls|commented|comments|asked|asks|warned|warns|complained|complains|admitted|admits|"
    "promised|promises|wrote|writes|argues|argued|claims|claimed|insists|insisted|informed|reminded|reminds|answered|"
    "answers|replied|replies|continued|continues|predicts|predicted|confessed|confesses|joked|jokes|exclaimed|exclaims|"
    "remembers|remembered|specified|clarified|confirmed|confirms|announced|announces|suggested|suggests|hopes|hoped|"
    "regrets|laments|wonders|wondered|objects|objected|shared|shares|summed up|sums up|pointed out|points out|remarked|"
    "remarks|lamented|acknowledged|acknowledges|testified|urged|urges|boasted|whispered|shouted|recommends|advises"
)
_ROLE = r"(?:[\w’'-]+\s+){1,6}"
_SPEAKER = (
    rf"(?:(?:he|she|they|we|I|it)\s+(?:also\s+|then\s+|later\s+)?(?:{_SAYS})\b"
    rf"|(?:{_SAYS})\b(?=\s*(?:[.,]|$|[“\"«]?[A-Z]|\b(?:he|she|they|I|we|the|a|an|his|her|its|their|our|one|in|on|at|to|about)\b|[a-z]+\s))"
    rf"|(?:the|a|an|his|her|their|one of the)\s+{_ROLE}(?:{_SAYS})\b(?=\s*[.,]|\s*$))"
)
_DASHED = re.compile(
    r"(?P<all>(?P<last>[\w)%!?…,.])(?P<blank>\s*),?\s*(?P<mark>[\"”»“])(?P<outside>\s*,)?\s*[-–—−―]{1,2}\s*)(?P<speaker>"
    + _SPEAKER
    + ")"
)
_BARE = re.compile(
    r"(?P<all>(?P<last>[\w)%]),\s*[-–—−―]{1,2}\s*)(?P<speaker>(?:he|she|they)\s+(?:"
    + _SAYS
    + r")\b|(?:said|says|added|noted|stressed|explained|"
    r"explains|emphasized|told|believes|recalled|concluded|declared|stated)\s+(?:he|she|the|a|an|[A-Z])|(?:the|a|an)\s+(?:[\w-]+\s+){1,2}(?:said|says|added|noted)\b\s*(?:[.,]|$))"
)


def mend_dash_after_quotation(sentence: Sentence) -> Iterator[Proposal]:
    """ "“We are ready” − said Petrov" -> "“We are ready,” said Petrov"."""
    text = sentence.text
    for found in _DASHED.finditer(text):
        head = text[: found.start("mark")]
        if not _closes(head, found["mark"]) or not _is_speech(head, found["last"]):
            continue
        last = found["last"]
        comma = "" if last in "!?…" else ","
        if last in ".,":
            last = ""
        mark = "”" if found["mark"] == "“" else found["mark"]
        start = found.start("last")
        if mark == '"' and found["outside"] and found["last"] not in ",.!?…":
            yield Proposal(found.end("mark"), found.start("speaker"), ", ", exact=True)
            continue
        yield Proposal(start, found.start("speaker"), f"{last}{comma}{mark} ", exact=True)
    for found in _BARE.finditer(text):
        if text[: found.start()].count("—") + text[: found.start()].count("–") == 0:
            yield Proposal(found.start("last"), found.start("speaker"), f"{found['last']}, ", exact=True)


def _closes(head: str, mark: str) -> bool:
    """Whether a mark behind ``head`` closes a quotation: an opening one that stands wrong may do so too."""
    if mark == '"':
        return head.count('"') % 2 == 1 or head.count('"') == 0
    opened = head.count("“") + head.count("«") - head.count("”") - head.count("»")
    return opened > 0 or (mark != "“" and opened == 0)


def _is_speech(head: str, last: str) -> bool:
    """Whether what is quoted is somebody's words, not a name in quotation marks."""
    inside = re.split(r"[\"“«]", head)[-1]
    words = inside.split()
    if last in ",!?…." or len(words) >= 6:
        return True
    return len(words) >= 3 and has_finite(tokenize(inside, 0, len(inside)))
