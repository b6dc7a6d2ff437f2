from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from mtfix.errors import Mistake, read_mistake


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    count: int = 0

    @model_validator(mode="after")
    def _check(self) -> _Rule:
        if self.count < 0:
            raise ValueError("count from 0")
        return self


class _Pack(BaseModel):
    rules: list[_Rule]


def find_mistake(value: object) -> Mistake:
    with pytest.raises(ValidationError) as caught:
        _Pack.model_validate(value)
    return read_mistake(caught.value)


def test_a_misspelt_key_is_said_before_the_key_that_it_leaves_missing() -> None:
    mistake = find_mistake({"rules": [{"naem": "x"}]})
    assert (mistake.path, mistake.key, mistake.is_unknown_key, mistake.is_missing) == (
        "rules.0.naem",
        "naem",
        True,
        False,
    )
    mistake = find_mistake({"rules": [{}]})
    assert (mistake.path, mistake.is_unknown_key, mistake.is_missing) == ("rules.0.name", False, True)


def test_our_own_message_is_said_as_it_was_written() -> None:
    mistake = find_mistake({"rules": [{"name": "x", "count": -1}]})
    assert (mistake.path, mistake.message) == ("rules.0", "count from 0")
    assert find_mistake([]).place == () and find_mistake([]).key == ""
