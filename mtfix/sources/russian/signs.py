"""Signs that a text was translated by a machine from Russian.

House style alone is no reason to touch a clean text: rules that only add to it (the full name of an institution at its
first mention) act only where the document shows one of these signs. A professional English text shows none.
"""

from __future__ import annotations

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
SIGNS = (
    r"[”\"»],? [–—-] (?:he |she |they |the |it |is |was )?(?:said|told|noted|stressed|added|declared|emphasi[sz]ed|informed|reported|warned|explained|stated|marked|brought|summed|concluded|shared|tells?|promised)\b",
    r"\b[Aa]bout (?:it|this) (?:\w+ ){0,3}(?:reported|said|told|informed|stated|wr[io]te|says|declared)\b",
    r"\b\d{1,3},\d{1,2} (?:thousand|million|billion|percent|per cent|times)\b",
    r"\b(?:19|20)\d\d years?(?: |[.,;])(?:[a-z(–—]|\z|$)",
    r"\b(?:in|of|since|from|for|till|until|to) (?:19|20)\d\d year\b",
    rf"(?:^|[.!?] )\d{{1,2}} {_MONTH},? (?:in|at|on|the|near|it)\b",
    rf"(?:^|[.!?] ){_MONTH} \d{{1,2}},? (?:in|at|the|near) ",
    r"\b(?:In|in|of|from|to|by|with|for|At|at) (?:the )?(?:MVD|GUVD|UVD|UFSB|SKR|MChS|FSIN|FSKN|Minoborony|Minfin|Minzdrav|Rosgvardia)\b",
    r"\b(?:in|of|to|from) (?:FSB|SVR|GRU|FSO|NAC|FAS|FMS|FTS|MFA|CEC|EMERCOM|SBU|OSCE|UN|EU|RF|CIS)\b(?:[.,;:)]|\s(?:of|and|in|on|the|is|was|has|have|told|said|reported|informed|stated|explained|also|that|for)\b|$)",
    r"\b(?:[Ff]ederal (?:migration|security|penitentiary|customs|tax|antimonopoly|drug|guard) [Ss]ervice|Supreme court|State duma|state Duma|interior Ministry|foreign Ministry|defen[cs]e Ministry|Investigative committee|Border service|(?:Ministry|ministry) of (?:internal|foreign|emergency) [Aa]ffairs)\b",
    r"\b(?:[Pp]rosecutor's office of the (?:city|region|Republic)|on the territory of (?:the )?Russia|citizens of (?:the )?Russia|[Ll]aw enforcement (?:bodies|organs)|on the fact of|was initiated a criminal case|initiated (?:a )?criminal case|brought to (?:criminal|administrative) responsibility|the Agency interlocutor|interlocutor of the [Aa]gency|g\. ?b\.|[Bb]y his words|told in the|participants? of the IG|banned in Russia organization)\b",
    r"\b\d+(?:[.,]\d+)? (?:(?:mln|bln|thous)\. ?(?:rub|roubles|rubles|hryvnia|people|persons)|thous\b|rub\b)",
    r"(?:№ ?\d|«[^»]+»)",
)
