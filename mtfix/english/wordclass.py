"""Closed classes of English words, and whether two words are forms of one: without a dictionary to load.

The model's edits are explained and guarded by these, so they err on the side of "not known".
"""

from __future__ import annotations

from functools import lru_cache

ARTICLES = frozenset({"a", "an", "the"})
DETERMINERS = frozenset(
    "this that these those some any each every all both another other such its their his her our my your".split()
)
PREPOSITIONS = frozenset(
    """about above across after against along amid among around as at before behind below beneath beside besides
    between beyond by concerning despite down during except for from in inside into like near of off on onto out outside
    over past per regarding since through throughout till to toward towards under until unlike up upon via with within
    without""".split()
)
BE = frozenset("am is are was were be been being".split())
HAVE = frozenset("have has had having".split())
DO = frozenset("do does did doing done".split())
MODALS = frozenset("will would shall should can could may might must ought".split())
AUXILIARIES = BE | HAVE | DO | MODALS
PRONOUNS = frozenset(
    """i you he she it we they me him us them himself herself itself themselves ourselves myself yourself one
    mine yours hers ours theirs who whom whose which what there here""".split()
)
CONJUNCTIONS = frozenset(
    "and or but nor yet so because although though while whereas if unless than whether when where that once".split()
)
ADVERBS = frozenset(
    """also already still just even very too much more most less least now then however therefore thus only again
    almost rather quite well ever always often soon later earlier ago together away back how why""".split()
)
NEGATIONS = frozenset(
    """no not never none nobody nothing nowhere neither nor without cannot hardly scarcely barely unable refuse refused
    refuses deny denied denies lack lacks lacked fail failed fails""".split()
)
FUNCTION = ARTICLES | DETERMINERS | PREPOSITIONS | AUXILIARIES | PRONOUNS | CONJUNCTIONS | ADVERBS
NUMERALS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    hundreds thousands millions billions dozen dozens half third quarter first second fourth fifth sixth seventh eighth
    ninth tenth twice double triple percent""".split()
)


def is_negation(word: str) -> bool:
    """Whether a word in lower case denies something: "not", "never", "didn't", "without".

    >>> is_negation("doesn't"), is_negation("knot")
    (True, False)
    """
    return word in NEGATIONS or word.endswith(("n't", "n’t"))


_IRREGULAR = """be am is are was were been being|have has had having|do does did done doing|go goes went gone going
say says said saying|make makes made making|take takes took taken taking|come comes came coming|see sees saw seen seeing
know knows knew known knowing|get gets got gotten getting|give gives gave given giving|find finds found finding
think thinks thought thinking|tell tells told telling|become becomes became becoming|show shows showed shown showing
leave leaves left leaving|feel feels felt feeling|bring brings brought bringing|begin begins began begun beginning
keep keeps kept keeping|hold holds held holding|write writes wrote written writing|stand stands stood standing
hear hears heard hearing|let lets letting|mean means meant meaning|set sets setting|meet meets met meeting
run runs ran running|pay pays paid paying|sit sits sat sitting|speak speaks spoke spoken speaking|lie lies lay lain lying
lead leads led leading|grow grows grew grown growing|lose loses lost losing|fall falls fell fallen falling
send sends sent sending|build builds built building|draw draws drew drawn drawing|break breaks broke broken breaking
spend spends spent spending|cut cuts cutting|rise rises rose risen rising|drive drives drove driven driving
buy buys bought buying|wear wears wore worn wearing|choose chooses chose chosen choosing|shoot shoots shot shooting
fight fights fought fighting|sell sells sold selling|teach teaches taught teaching|win wins won winning
catch catches caught catching|seek seeks sought seeking|deal deals dealt dealing|throw throws threw thrown throwing
strike strikes struck striking|bear bears bore born borne bearing|steal steals stole stolen stealing
flee flees fled fleeing|hide hides hid hidden hiding|fly flies flew flown flying|lay lays laid laying
undergo undergoes underwent undergone undergoing|overcome overcomes overcame overcoming|swear swears swore sworn swearing
withdraw withdraws withdrew withdrawn withdrawing|understand understands understood understanding
undertake undertakes undertook undertaken undertaking|arise arises arose arisen arising|bind binds bound binding
forbid forbids forbade forbidden forbidding|forget forgets forgot forgotten forgetting|sing sings sang sung singing
man men|woman women|child children|person persons people|life lives|leaf leaves|wife wives|knife knives|foot feet
good better best well|bad worse worst badly|far farther further|little less least|much more most many
i me my mine myself|he him his himself|she her hers herself|it its itself|we us our ours|they them their theirs themselves
who whom whose|this these|that those|a an|datum data|medium media|criterion criteria|crisis crises|basis bases
large largely|true truly|whole wholly""".replace("\n", "|")

_VERB_FAMILIES = _IRREGULAR[: _IRREGULAR.index("|man men")].count("|") + 1
_FAMILY: dict[str, frozenset[int]] = {}
for _number, _line in enumerate(_IRREGULAR.split("|")):
    for _word in _line.split():
        _FAMILY[_word] = _FAMILY.get(_word, frozenset()) | {_number}

_ENDINGS = (
    ("iest", "y"), ("ies", "y"), ("ied", "y"), ("ier", "y"), ("ily", "y"), ("ying", "ie"), ("ing", ""), ("ing", "e"),
    ("ed", ""), ("ed", "e"), ("es", ""), ("s", ""), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"),
    ("ly", ""), ("bly", "ble"), ("ally", ""), ("'s", ""), ("’s", ""), ("s'", ""), ("s’", ""), ("d", ""), ("r", ""),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def stems(word: str) -> frozenset[str]:
    """Return what ``word`` (in lower case) may be a form of: itself and what is left without a regular ending."""
    found = {word}
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)] + instead
            found.add(stem)
            if not instead and len(stem) > 3 and stem[-1] == stem[-2] and ending in ("ing", "ed", "er", "est"):
                found.add(stem[:-1])
    return frozenset(found)


@lru_cache(maxsize=50_000)
def same_word(first: str, second: str) -> bool:
    """Say whether two words in lower case are forms of one: "detain", "detained"; "was", "were"."""
    if first == second:
        return True
    families = _FAMILY.get(first, frozenset()) & _FAMILY.get(second, frozenset())
    if families:
        return True
    if first in FUNCTION or second in FUNCTION:
        return False
    return not stems(first).isdisjoint(stems(second))


def same_verb(first: str, second: str) -> bool:
    """Say whether two words in lower case are forms of one irregular verb: "left", "leave"."""
    return any(n < _VERB_FAMILIES for n in _FAMILY.get(first, frozenset()) & _FAMILY.get(second, frozenset()))
