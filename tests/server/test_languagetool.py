"""LanguageTool's protocol: what its clients send, and what they get."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mtfix.server.api.languagetool import read_annotated
from mtfix.server.api.utf16 import Utf16

TEXT = "The price rose to 2,5 million rubles."


def check(client: TestClient, **values: str) -> dict[str, Any]:
    answer = client.post("/v2/check", data={"language": "en-US", **values})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_form_is_answered_in_their_schema(client: TestClient) -> None:
    found = check(client, text=TEXT)
    [match] = found["matches"]
    assert TEXT[match["offset"] : match["offset"] + match["length"]] == "2,5 million"
    assert match["replacements"] == [{"value": "2.5 million"}]
    assert match["rule"]["id"] == "RU_SCALE_DECIMAL_COMMA"
    assert match["sentence"] == TEXT
    context = match["context"]
    assert context["text"][context["offset"] : context["offset"] + context["length"]] == "2,5 million"
    assert found["software"]["apiVersion"] == 1
    assert found["language"]["detectedLanguage"]["code"] == "en-US"
    assert found["sentenceRanges"] == [[0, len(TEXT)]]


def test_json_and_query_are_read_too(client: TestClient) -> None:
    as_json = client.post("/v2/check", json={"language": "en-US", "text": TEXT, "unknown": 3})
    as_query = client.get("/v2/check", params={"language": "en-US", "text": TEXT})
    assert len(as_json.json()["matches"]) == len(as_query.json()["matches"]) == 1


def test_clean_text_has_no_matches(client: TestClient) -> None:
    assert check(client, text="The minister signed the decree on Monday.")["matches"] == []
    assert check(client, text="")["matches"] == []


def test_offsets_count_utf16_units(client: TestClient) -> None:
    text = "😀 It rained 😀. " + TEXT
    [match] = check(client, text=text)["matches"]
    units = text.encode("utf-16-le")
    at, end = match["offset"] * 2, (match["offset"] + match["length"]) * 2
    assert units[at:end].decode("utf-16-le") == "2,5 million"


@pytest.mark.parametrize("text", ["", "abc", "a😀b", "😀😀", "й\u0301x😀"])
def test_units_and_points_are_inverse(text: str) -> None:
    units = Utf16(text)
    assert [units.points(units.units(i)) for i in range(len(text) + 1)] == list(range(len(text) + 1))
    assert units.length == len(text.encode("utf-16-le")) // 2


def test_annotations_keep_markup_out_and_count_it(client: TestClient) -> None:
    annotation = [
        {"markup": "<p>"},
        {"text": "The price rose to "},
        {"markup": "<b>"},
        {"text": "2,5 million"},
        {"markup": "</b>"},
        {"text": " rubles."},
    ]
    [match] = check(client, data=json.dumps({"annotation": annotation}))["matches"]
    sent = "<p>The price rose to <b>2,5 million</b> rubles."
    assert sent[match["offset"] : match["offset"] + match["length"]] == "2,5 million"


def test_an_edit_over_markup_is_not_offered(client: TestClient) -> None:
    annotation = [
        {"text": "The price rose to 2,5 "},
        {"markup": "<b>"},
        {"text": "million"},
        {"markup": "</b>"},
        {"text": " rubles."},
    ]
    assert check(client, data=json.dumps({"annotation": annotation}))["matches"] == []


def test_interpreted_markup_is_text_for_the_rules() -> None:
    text = read_annotated(
        {"data": '{"annotation": [{"text": "A"}, {"markup": "<br>", "interpretAs": "\\n"}, {"text": "B"}]}'}
    )
    assert (text.text, text.sent) == ("A\nB", "A<br>B")
    assert (text.place(2, 3), text.place(0, 3)) == ((5, 6), None)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"disabledRules": "RU_SCALE_DECIMAL_COMMA"}, 0),
        ({"disabledRules": "SOMETHING_OF_THEIRS"}, 1),
        ({"disabledCategories": "NUMBERS_DATES"}, 0),
        ({"disabledCategories": "NUMBERS_DATES", "enabledRules": "RU_SCALE_DECIMAL_COMMA"}, 1),
        ({"enabledOnly": "true", "enabledRules": "RU_SCALE_DECIMAL_COMMA"}, 1),
        ({"enabledOnly": "true", "enabledRules": "RU_NUMERIC_DATE"}, 0),
        ({"enabledOnly": "true", "enabledCategories": "NUMBERS_DATES"}, 1),
        ({"enabledOnly": "true", "enabledCategories": "TITLES"}, 0),
        ({"level": "picky"}, 1),
        ({"motherTongue": "ru", "username": "x"}, 1),
    ],
)
def test_rules_and_categories_are_switched(client: TestClient, values: dict[str, str], count: int) -> None:
    assert len(check(client, text=TEXT, **values)["matches"]) == count


@pytest.mark.parametrize(
    ("values", "status", "words"),
    [
        ({"language": "en-US"}, 400, "Missing 'text' or 'data'"),
        ({"text": "a"}, 400, "Missing 'language'"),
        ({"text": "a", "language": "xx"}, 400, "not a language code"),
        ({"text": "a", "data": "{}", "language": "en"}, 400, "not both"),
        ({"data": "{", "language": "en"}, 400, "not valid JSON"),
        ({"data": "[]", "language": "en"}, 400, "object"),
        ({"data": '{"annotation": [{"text": 1}]}', "language": "en"}, 400, "annotation"),
        ({"data": '{"annotation": [3]}', "language": "en"}, 400, "annotation"),
        ({"text": "a", "language": "en", "level": "x"}, 400, "level"),
        ({"text": "a", "language": "en", "enabledOnly": "true"}, 400, "enabled"),
        (
            {"text": "a", "language": "en", "enabledOnly": "true", "enabledRules": "A", "disabledRules": "B"},
            400,
            "disabled",
        ),
        ({"text": "a", "language": "en", "preferredVariants": "en-GB"}, 400, "preferredVariants"),
        ({"text": "x" * 100_001, "language": "en"}, 413, "exceeds the limit"),
    ],
)
def test_errors_are_theirs(client: TestClient, values: dict[str, str], status: int, words: str) -> None:
    answer = client.post("/v2/check", data=values)
    assert answer.status_code == status
    assert answer.text.startswith("Error: ")
    assert words in answer.text


def test_the_variant_is_the_preferred_one(client: TestClient) -> None:
    assert check(client, text="A", language="auto", preferredVariants="de-AT,en-GB")["language"]["code"] == "en-GB"
    assert check(client, text="A", language="auto")["language"]["code"] == "en-US"


def test_the_rest_answers_politely(client: TestClient) -> None:
    assert {"name": "English (GB)", "code": "en", "longCode": "en-GB"} in client.get("/v2/languages").json()
    assert client.get("/v2/info").json()["software"]["apiVersion"] == 1
    assert client.get("/v2/maxtextlength").text == "100000"
    assert client.get("/v2/words").json() == {"words": []}
    assert client.post("/v2/words/add", data={"word": "x"}).status_code == 403
