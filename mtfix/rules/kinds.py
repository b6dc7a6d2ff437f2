"""The kinds of rules: the name that a pack writes, and the model that validates and compiles it.

A new kind is one module and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from mtfix.rules.consistency import ConsistencyModel
from mtfix.rules.dates import DateModel
from mtfix.rules.designation import DesignationModel
from mtfix.rules.institution import InstitutionModel
from mtfix.rules.naming import NamingModel
from mtfix.rules.numbers import NumberModel
from mtfix.rules.phrase import PhraseModel
from mtfix.rules.rule import RuleModel
from mtfix.rules.substitution import FlagModel, SubstitutionModel
from mtfix.rules.syntax.kind import SyntaxModel
from mtfix.rules.transliteration import TransliterationModel

KINDS: Mapping[str, type[RuleModel]] = {
    "substitution": SubstitutionModel,
    "flag": FlagModel,
    "phrase": PhraseModel,
    "naming": NamingModel,
    "institution": InstitutionModel,
    "designation": DesignationModel,
    "number": NumberModel,
    "date": DateModel,
    "syntax": SyntaxModel,
    "consistency": ConsistencyModel,
    "transliteration": TransliterationModel,
}
