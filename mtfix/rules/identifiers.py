"""Numbers that are no quantities: telephone, tax, account and case numbers, versions, coordinates, scores, times in sport.

Example: "account 40702810" must not become "40,702,810". A comma or a point would make it another number.
"""

from __future__ import annotations

import re

_REACH = 60  # code points before a number in which what it is may be said
# A word that names the number, then perhaps "is", a sign or a bracket, and other digits of the same number.
_LABELLED = re.compile(
    r"(?:(?<![^\W_])(?:"
    r"tel(?:ephone)?s?|phones?|telefon|mob(?:ile)?|cell(?:ular)?|landline|fax|hot ?line|help ?line|call(?:ing)?|dial(?:ling|ing)?"
    r"|ring|sms|text|whats ?app|viber|telegram|signal|skype|icq|contacts?|switchboard|reception|press (?:desk|office|service)"
    r"|inn|kpp|ogrn(?:ip)?|okpo|okved|oktmo|bik|bic|swift|iban|snils|ssn|ein|vat|tin|tax(?:payer)?(?:['’]s)?(?: id(?:entification)?)?"
    r"|r/s|k/s|c/a|a/c|acc(?:oun)?ts?|card|policy|passports?|visa|licen[cs]e|certificate|diploma|plates?|registration|reg"
    r"|serial|series|ser|nos?|nr|numbers?|numbered|num|ids?|code|codes|pin|imei|vin|isbn|issn|doi|ean|sku|zip|post ?code|index|p\.?o\.? box"
    r"|inventory|order|contract|invoice|protocol|decree|decision|ref(?:erence)?|lot|ticket|case|cases|file|docket|dossier"
    r"|art(?:icle)?s?|sections?|clauses?|paragraphs?|para|chapters?|pages?|pp|items?|verses?|psalms?|points? of order|gost|iso|din"
    r"|ver(?:sion)?s?|v|build|release|firmware|patch|android|ios|windows|linux|chrome|firefox|python|java"
    r"|rooms?|flats?|apt|apartments?|offices?|suites?|flights?|trains?|routes?|buses|bus|trams?|wards?|cells?|unit|sorts?|lines?|freq(?:uency)?"
    r"|gps|coordinates?|lat(?:itude)?|lon(?:gitude)?|long|geo|grid"
    r")(?![^\W_])|[№#]|\bn°)"
    r"(?:(?: of)?[.:;=\s–—-]{0,3}(?:is|are|was|were|at|on|by|to|us|to us|us at|us on|now|no|nos|number|numbers|id|code)?[.:№#=\s–—(\[+-]{0,4})"
    r"(?:[\d\s\x20().,/+–—-]{0,30})\Z",
    re.IGNORECASE,
)
_DIALLED = re.compile(
    r"(?:\+\s?\d{0,3}|\(\d{1,5}\)|(?<!\d)[08][\s-]?\(\d{3,5}\)|(?<!\w)0\d{1,4})[\s().-]*(?:\d[\d\s().-]{0,20})?\Z"
)
_GOES_ON = re.compile(r"\s?[-–/]\s?\d|\s\d|\.\d+\.\d|\s?\(\s?ext|,?\s(?:ext|extension|доб)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"[\s\d.,]{0,10}°\s?(?![CF]\b|\s?(?:Celsius|Fahrenheit))|\s?[NSEW]\b(?!\w)|\s?(?:north|south|east|west)(?:ern)? (?:lat|long)"
)
_MEASURED = re.compile(
    r"[\s-]?(?:%|[$€£₽]|per ?cent|thous|thsd|ths\b|tys\b|[mbt]r?i?l?lions?\b|mln|bln|roubles|rubles|dollars|euros|degrees)"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w|(?:https?://|www\.)\w")
_NOUN = re.compile(r"[\s]?(?:%|[$€£₽])|[\s-](?:[A-Z]{3}\b|[A-Za-z]{2,})")
_NO_NOUN = re.compile(
    r"\s(?:and|or|but|nor|in|at|on|to|for|is|was|are|were|be|by|from|the|an?|with|of|as|if|when|who|which|that|this|has|had|have"
    r"|will|can|may|must|said|says|it|he|she|they|we|you|i|not|ext|tel|fax|or|via|between|during|until|before|after|daily|around)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?:[$€£₽]|\b(?:about|around|nearly|almost|over|than|approximately|some|to|reached|exceeded|total(?:ed|led|ing|s)?(?: of)?"
    r"|amount(?:s|ed|ing)?(?: to| of)?|sum(?: of)?|worth|cost|costs|paid|pays?|earned|least|most|population(?: of)?|population:|just|only"
    r"|by|from|USD|RUB|EUR|rubles|dollars))\s?\Z",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"\d{1,3}(?:[ \xa0\u202f\u2009]\d{3}){2,}")
_SPORT = re.compile(
    r"\b(?:clock(?:s|ed|ing)|timed|laps?|sprint\w*|heats?|personal best|season[’']s best|(?:world|national|olympic|course|track) record"
    r"|freestyle|backstroke|breaststroke|butterfly|hurdles|relay|podium|swam|medley|marathon|seconds|stopwatch|split|qualifying time"
    r"|winning time|\d+ ?m(?:et(?:er|re)s)? (?:final|race|run|semi-?final)|points? (?:score|average)|ranked|odds|rated)\b"
    r"|\bat [\d.:]+ in the (?:final|semi-?final|quarter-?final|heats?|race|run|qualif\w+)",
    re.IGNORECASE,
)


def is_identifier(text: str, start: int, end: int) -> bool:
    """Whether the number that ``text[start:end]`` begins with identifies something, or may: it must stay as it is.

    >>> phone, people = "Mobile: +61 (0)418 450 113", "a city of 1 234 567 people"
    >>> is_identifier(phone, 16, 26), is_identifier(people, 10, 19), is_identifier("see case 12 500 of", 9, 15)
    (True, False, True)
    """
    while start < end and not text[start].isdigit():
        start += 1
    number = re.match(r"[\d.,:\s]*\d", text[start:end])
    stop = start + number.end() if number else end
    before = text[max(0, start - _REACH) : start]
    after = text[stop : stop + 40]
    if _DIALLED.search(before) or _PLACE.match(after):
        return True
    if _MEASURED.match(after):
        return False
    if _LABELLED.search(before):
        return True
    if _GROUPS.search(text[start:stop]) is None:
        return False
    if _GOES_ON.match(after):
        return True
    counted = _NOUN.match(after) is not None and _NO_NOUN.match(after) is None
    return not counted and (_AMOUNT.search(before) is None or _MAIL.search(text) is not None)


def is_sport_time(text: str) -> bool:
    """Whether a sentence tells how fast somebody was rather than when something happened.

    >>> is_sport_time("She clocked in at 10.20 in the final."), is_sport_time("The final began at 19.30.")
    (True, False)
    """
    return _SPORT.search(text) is not None
