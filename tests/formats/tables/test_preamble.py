"""CSV of Excel: its first line may say what separates the fields."""

from __future__ import annotations

import pytest

from mtfix.formats.registry import ReadOptions
from tests.formats.markup_stage import fix

ROWS = "id|text|more\n1|Up to 2,5 thousand|2,5 thousand\n"


@pytest.mark.parametrize("preamble", ["sep=|\n", "\ufeffsep=|\r\n", '"sep=|"\n', "SEP=|\n", "Sep=| \n"])
def test_the_line_of_excel_names_the_separator(preamble: str) -> None:
    assert fix("csv", preamble + ROWS) == preamble + ROWS.replace("2,5 thousand|", "2,500|")


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_the_line_holds_for_any_separator(separator: str) -> None:
    text = f'sep={separator}\nid|text\n1|"Up to 2,5 thousand"\n'.replace("|", separator)
    assert fix("csv", text) == text.replace("2,5 thousand", "2,500")


def test_columns_by_number_are_those_after_the_line() -> None:
    text = "sep=;\n1;Up to 2,5 thousand\n"
    assert fix("csv", text, ReadOptions(fields=("2",))) == text.replace("2,5 thousand", "2,500")


def test_a_column_may_be_called_so() -> None:
    text = "sep=x,text\n2,5 thousand\n"
    assert fix("csv", text) == text  # read as one whose second column is the text
