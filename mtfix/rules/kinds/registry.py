"""The kinds of rules: the name that a pack writes, and the model that validates and compiles it.

A new kind is one module and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from mtfix.rules.kinds.consistency import ConsistencyModel
from mtfix.rules.kinds.dates import DateModel
from mtfix.rules.kinds.designation import DesignationModel
from mtfix.rules.kinds.institution import InstitutionModel
from mtfix.rules.kinds.lexicon import LexiconModel
from mtfix.rules.kinds.naming import NamingModel
from mtfix.rules.kinds.numbers import NumberModel
from mtfix.rules.kinds.phrase import PhraseModel
from mtfix.rules.kinds.substitution import FlagModel, SubstitutionModel
from mtfix.rules.kinds.transliteration import TransliterationModel
from mtfix.rules.schema import RuleModel
from mtfix.rules.syntax.kind import SyntaxModel

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
    "lexicon": LexiconModel,
    "transliteration": TransliterationModel,
}
