"""Words of news English, and of machine-translated news, after which a full stop need not end a sentence.

All are lower case and written without their last stop. Each set says what may follow, see `mtfix.segment`.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A name or a reason always follows: the stop never ends a sentence.
NEVER_FINAL = _words("""
    mr mrs ms mx messrs dr prof assoc asst dep gen col lt maj capt cpl sgt pvt pfc brig adm cmdr cmd cdr comdr ens
    sen sens rep reps gov govs rev hon pres supt det insp amb atty msgr fr hr ald pte sqn wg cdt ambass acad
    st ste mt ft pt vs v viz cf i.e e.g ie eg incl excl resp approx appr ca corr kand doct
    mme mlle dipl ing oбл obl ul pos pgt im
""")

#: Titles above that are also ends of place names or ordinary words: a word that only starts sentences does end them.
RARELY_FINAL = _words("st ste mt ft pt v approx appr hon pres det dep gen resp")

#: A number follows: the stop ends a sentence unless a digit (or a roman numeral) comes next.
BEFORE_NUMBER = _words("""
    no nos nr art arts para paras par p pp pg sec sect vol vols fig figs ch chap cl tel ext ed est item pt pts
    subpara subsec st pkt
""")

#: Months: a day or a year follows, or the sentence ends.
MONTHS = _words("jan feb mar apr jun jul aug sep sept oct nov dec")

#: May end a sentence; they do when the next word is one that starts sentences (`STARTERS`).
MAY_BE_FINAL = _words("""
    inc ltd co corp bros llc plc jr sr esq etc al u.s u.k u.n e.u d.c u.s.s.r u.s.a u.a.e ph.d m.d b.a m.a b.c a.d
    a.m p.m am pm mln bln trln thous mil bil sq cu mil dept dist univ assn bldg ave blvd rd hwy sta div reg regt bn
    ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn
    tenn tex va vt wash wis wyo alta ont que sask tues weds thurs mon tue wed thu fri sat sun
    g gg t n k s r o a m min max avg no.
""") - {"no."}

#: Units and currencies: a lower-case word or a closing bracket may follow; before a capital the sentence ends.
UNITS = _words("rub rubs kop km cm mm kg gr ton tons hrs min mins secs ha kv kw mw tr yr yrs oz lb lbs ft mph")

#: Words with which sentences start and with which names do not.
STARTERS = _words("""
    the a this that these those he she it they we you i his her its their our my there here
    in on at by for from with without as after before during since until under over between among against according
    and but or nor so yet if when while where why how what who which whose because although though despite however
    meanwhile moreover also then thus therefore earlier later now today yesterday tomorrow recently previously
    about of to all some many most more both each every no not one two three several few such other another only
    recall remind note it's he's there's let are is was were did does do has have had can could should would
    nevertheless besides furthermore finally instead still again overall once near about upon within through
    asked speaking following thanks due nobody nothing everyone everything none some someone something
""")

#: After "5 p.m.": a day, a zone or a place goes on with the same sentence.
AFTER_HOUR = _words("""
    monday tuesday wednesday thursday friday saturday sunday est edt et cst cdt ct mst mdt pst pdt gmt utc msk cet
    cest eet bst eastern central pacific mountain local moscow kiev kyiv minsk london washington beijing time
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
""")

#: Verbs after a question or an exclamation in quotes: “Who is there?” Ivanov asked.
SAYING = _words("""
    said says say asked asks told tells wrote writes added adds replied replies answered answers shouted shouts cried
    exclaimed wondered reads read declared stated noted explained recalled stressed emphasized emphasised concluded
    reported continued quipped tweeted posted inquired demanded insisted
""")
