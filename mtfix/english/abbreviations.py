"""Words of news English, and of machine-translated news, after which a full stop need not end a sentence.

All are lower case and written without their last stop. `mtfix.english.sentences` says what each set means for a boundary.
"""

from __future__ import annotations

from mtfix.sources.registry import list_sources


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A name or a reason follows: the stop does not end a sentence.
NEVER_FINAL = _words("""
    mr mrs ms mx messrs dr prof assoc asst dep gen col lt maj capt cpl sgt pvt pfc brig adm cmdr cmd cdr comdr ens
    sen sens rep reps gov govs rev hon pres supt det insp amb atty msgr fr hr ald pte sqn wg cdt acad cong
    st ste mt ft pt vs v viz cf i.e e.g ie eg incl excl approx appr ca corr kand doct mme mlle dipl ing paeddr mudr
    per gen.-maj gen.-lt lt.-col lt.-gen maj.-gen
""").union(*(source.abbreviations for source in list_sources()))

#: Those of them that are also street names, units or ordinary words: a word of `STARTERS` begins a new sentence.
RARELY_FINAL = _words("st ste mt ft pt v approx appr hon pres det dep gen per ul obl excl incl")

#: A number follows: the stop ends a sentence unless a digit or a roman numeral comes next.
BEFORE_NUMBER = _words("""
    no nos nr art arts para paras par p pp pg sec sect vol vols fig figs ch chap cl tel ext ed est item pt pts
    subpara subsec pkt ca approx appr circa min max kv korp
""")

#: Months: a day or a year follows, or the sentence ends.
MONTHS = _words("jan feb mar apr jun jul aug sep sept oct nov dec")

#: Abbreviations that, written in lower case, are ordinary words with which sentences end.
WORDS = _words("""
    no art item para sec fig est ed am mass miss sun sat mon wed me pa la ill ore cal wash ind del tel pos min max
    ch det hon mil mar dec may per ring ing sing as so in us go do ms ex
""")

#: End a sentence when a word of `STARTERS` or an opening quotation mark follows, else they do not.
MAY_BE_FINAL = _words("""
    inc ltd co corp bros llc plc jr sr esq al ph.d m.d b.a m.a mln bln trln thous mil bil sq cu dept dist univ assn
    bldg ave blvd rd hwy sta div reg regt bn nat natl intl gov't govt resp
    ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn
    tenn tex va vt wash wis wyo alta ont que sask tues weds thurs mon tue wed thu fri sat sun
    gg avg min max tel ext
""")

#: Units and currencies: before a capital the sentence ends if a number stands before them.
UNITS = _words("rub rubs kop km cm mm kg gr ton tons hr hrs min mins sec secs ha kv kw mw tr yr yrs oz lb lbs ft mph")

#: Words with which sentences start and with which names do not.
STARTERS = _words("""
    the a this that these those he she it they we you i his her its their our my there here
    in on at by for from with without as after before during since until between among against according despite
    and but or nor so yet if when while where why how what who which whose because although though however
    meanwhile moreover also then thus therefore earlier later now today yesterday tomorrow recently previously
    about of to all some many most more both each every no not one two three several few such other another only
    recall remind note it's he's there's let are is was were did does do has have had can could should would
    nevertheless besides furthermore finally instead still again overall once near upon within through
    unfortunately separately additionally officials police authorities experts investigators witnesses doctors
    researchers scientists analysts journalists nobody nothing everyone everything none someone something
    speaking following thanks due
""")

#: After "5 p.m.": a day, a zone, a month or a place goes on with the same sentence.
AFTER_HOUR = _words("""
    monday tuesday wednesday thursday friday saturday sunday est edt et cst cdt ct mst mdt mt pst pdt pt gmt utc msk
    cet cest eet eest bst ist eastern central pacific mountain local moscow kiev kyiv minsk london washington beijing
    tokyo tehran time january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
""")

#: A single capital after one of these is no initial: "Group A", "World War I", "vitamin C".
CLASSIFIERS = _words("group plan part vitamin class type category hepatitis serie war block annex appendix article")

#: Verbs after a question or an exclamation in quotes: “Who is there?” Ivanov asked.
SAYING = _words("""
    said says say asked asks told tells wrote writes added adds replied replies answered answers shouted shouts cried
    exclaimed wondered read reads declared stated noted explained recalled stressed emphasized emphasised concluded
    reported continued quipped tweeted posted inquired demanded insisted
""")
