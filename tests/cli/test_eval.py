"""The commands: what they print, what they write, and their exit codes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mtfix.cli.eval import app
from mtfix.errors import ConfigError
from mtfix.evaluation.report.gate import parse_condition
from mtfix.evaluation.result import result_schema
from tests.evaluation.invented import damage, make_references

ROOT = Path(__file__).resolve().parents[2]
REFERENCES = make_references(30)
MT = damage(REFERENCES, 0.2, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    half = [r if i % 2 else m for i, (m, r) in enumerate(zip(MT, REFERENCES, strict=True))]
    worse = damage(MT, 0.1, 3)
    for name, texts in (("mt", MT), ("ref", REFERENCES), ("half", half), ("worse", worse)):
        (tmp_path / f"{name}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    return tmp_path


def call(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def score(folder: Path, *more: object, against: str = "--pe") -> Any:
    base = ("score", "--mt", folder / "mt.txt", "--hyp", folder / "half.txt", against, folder / "ref.txt")
    return call(*base, "--samples", "50", "--trials", "50", *more)


def test_score_prints_scores_with_signatures_and_writes_every_format(folder: Path) -> None:
    outputs = {kind: folder / f"out.{kind}" for kind in ("json", "html", "md", "latex", "csv")}
    more = [x for kind, path in outputs.items() for x in (f"--{kind}", path)]
    done = score(folder, "--hyp", folder / "worse.txt", *more)
    assert done.exit_code == 0, done.output
    assert re.search(r"BLEU: nrefs:1\|bs:50\|seed:12345\|.*\|version:", done.output)
    assert "half" in done.output and "worse" in done.output
    written = json.loads(outputs["json"].read_text(encoding="utf-8"))
    better, worse = written["entries"]
    assert better["harm"]["worsened"] == 0 < better["harm"]["improved"]
    assert worse["harm"]["worsened"] > worse["harm"]["improved"]
    assert better["hter"]["after"] < better["hter"]["before"]
    rows = list(csv.reader(outputs["csv"].open(encoding="utf-8")))
    assert rows[0] == ["test_set", "system", "figure", "value"] and ["mt.txt", "half", "worsened", "0"] in rows
    assert outputs["latex"].read_text(encoding="utf-8").count(r"\\") == 3
    assert "| mt.txt | half |" in outputs["md"].read_text(encoding="utf-8")


def test_the_page_is_whole_and_safe(folder: Path) -> None:
    (folder / "half.txt").write_text("\n".join(["<script>alert(1)</script> & </article>", *MT[1:]]), encoding="utf-8")
    assert score(folder, "--html", folder / "p.html", "--json", folder / "p.json").exit_code == 0
    page = (folder / "p.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and '</article>"' not in page
    assert not re.search(r"""(?:src|href)\s*=|@import|url\(|https?://""", page)
    data = re.search(r"<script type='application/json' class='data'>(.*?)</script>", page, re.DOTALL)
    assert data and any("<script>alert" in "".join(p for _, p in s["diff"]) for s in json.loads(data.group(1)))
    assert page.count("<svg") == page.count("</svg>") >= 3


def test_a_result_without_sentences_still_makes_a_page(folder: Path) -> None:
    for name in ("half", "ref"):
        (folder / f"{name}.txt").write_text("\n".join(MT), encoding="utf-8")
    done = score(folder, "--html", folder / "p.html")
    assert done.exit_code == 0
    assert "no segment was touched" in done.output
    assert "Helped and hurt" in (folder / "p.html").read_text(encoding="utf-8")


def test_results_follow_the_published_schema(folder: Path) -> None:
    published = json.loads((ROOT / "eval" / "result.schema.json").read_text(encoding="utf-8"))
    assert published == result_schema(), "python eval/write_schema.py"
    assert score(folder, "--json", folder / "r.json").exit_code == 0
    paths = [folder / "r.json", *(ROOT / "eval" / "results").glob("*.json")]
    for path in paths:
        check(json.loads(path.read_text(encoding="utf-8")), published, published, path.name)


def check(value: Any, schema: Any, root: Any, place: str) -> None:
    """Hold a value against the parts of JSON Schema that the published one uses; unknown parts fail."""
    if "$ref" in schema:
        return check(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, place)
    if "anyOf" in schema:
        wanted = [s for s in schema["anyOf"] if (s.get("type") == "null") == (value is None)]
        return check(value, wanted[0], root, place)
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "const" in schema or "enum" in schema:
        assert value in schema.get("enum", [schema.get("const")]), place
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), f"{place}: {value!r}"
        assert schema["type"] == "boolean" or not isinstance(value, bool), place
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        assert set(schema.get("required", ())) <= set(value), place
        for key, item in value.items():
            assert key in properties or others is not False, f"{place}: {key} is not in the schema"
            inner = properties.get(key, others)
            if isinstance(inner, dict):
                check(item, inner, root, f"{place}.{key}")
    if isinstance(value, list):
        for i, item in enumerate(value):
            check(item, schema["items"], root, f"{place}[{i}]")
    return None


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        (["--min", "bleu>=+0.2"], 0),
        (["--min", "bleu>=+0.2", "--max", "worsened<=0.3"], 0),
        (["--max", "ter<=-1"], 0),
        (["--max", "hter<=+0", "--min", "improved>=40"], 0),
        (["--min", "bleu>=+90"], 1),
        (["--max", "touched<=1%"], 1),
        (["--min", "blue>=1"], 2),
        (["--min", "bleu is good"], 2),
        (["--min", "worsened<=0.3"], 2),
        (["--max", "worsened<=0.3", "--system", "none"], 2),
        (["--max", "worsened<=0.3", "--system", "half", "--test", "mt.txt"], 0),
        ([], 2),
    ],
)
def test_gate(folder: Path, conditions: list[str], code: int) -> None:
    assert score(folder, "--json", folder / "r.json").exit_code == 0
    done = call("gate", folder / "r.json", *conditions)
    assert done.exit_code == code, done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_signed_bound_speaks_of_the_change() -> None:
    assert (parse_condition("ter<=-0.5").figure, parse_condition("ter<=50").figure) == ("ter.change", "ter")
    assert parse_condition("chrf++.change>=0").figure == "chrf++.change"
    with pytest.raises(ConfigError, match="write --max 'worsened<=1'"):
        parse_condition("worsened<=1", kind="min")


def test_compare(folder: Path) -> None:
    assert score(folder, "--json", folder / "a.json").exit_code == 0
    assert score(folder, "--json", folder / "b.json", "--tokenize", "intl").exit_code == 0
    same = call("compare", folder / "a.json", folder / "a.json")
    assert same.exit_code == 0 and "not comparable" not in same.output
    assert re.search(r"half +bleu +[\d.]+ +[\d.]+ +0\.00", same.output)
    other = call("compare", folder / "a.json", folder / "b.json", "--md", folder / "c.md")
    assert "bleu was computed in two ways" in other.output
    assert "| difference |" in (folder / "c.md").read_text(encoding="utf-8")
    (folder / "half.txt").write_text("\n".join(MT), encoding="utf-8")
    (folder / "mt.txt").write_text("\n".join(reversed(MT)), encoding="utf-8")
    assert score(folder, "--json", folder / "b.json").exit_code == 0
    assert "not the same data" in call("compare", folder / "a.json", folder / "b.json").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metrics", "blue"], "unknown metric 'blue': did you mean 'bleu'"),
        (["--hyp", "none.txt"], "none.txt: no such file"),
        (["--neural", "comet=x"], "comet is not available.*mtfix downloads nothing"),
        (["--neural", "mover=x"], "unknown neural metric 'mover'. Known: bertscore, comet"),
        (["--encoding", "utf-9"], "unknown encoding"),
    ],
)
def test_what_could_not_run_is_one_line_and_exit_code_2(folder: Path, arguments: list[str], message: str) -> None:
    done = score(folder, *arguments)
    assert done.exit_code == 2
    assert re.search(message, done.output) and len(done.output.strip().splitlines()) == 1


def test_run_prints_notes_and_gates_the_seeds(tmp_path: Path) -> None:
    result = tmp_path / "r.json"
    command = (
        "run",
        ROOT / "eval/suites/seeds.toml",
        "--test",
        "seeds-wires",
        "--sample",
        "40",
        "--no-cache",
        "--no-speed",
    )
    done = call(*command, "--system", "rules", "--samples", "20", "--trials", "20", "--json", result)
    assert done.exit_code == 0, done.output
    assert call("gate", result, "--min", "bleu>=+0.5", "--max", "perfect_touched<=10").exit_code == 0


def test_json_on_standard_output_stands_alone(folder: Path) -> None:
    done = score(folder, "--json", "-")
    assert done.exit_code == 0, done.output
    assert {
        e["system"] if isinstance(e["system"], str) else e["system"]["name"] for e in json.loads(done.stdout)["entries"]
    } == {"half"}
    assert not list(folder.glob("-*"))


@pytest.mark.parametrize("width", [80, 60])
def test_tables_fit_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("mtfix.cli.eval.find_width", lambda: width)
    narrow = score(folder, "--hyp", folder / "worse.txt").stdout
    monkeypatch.setattr("mtfix.cli.eval.find_width", lambda: 0)
    wide = score(folder, "--hyp", folder / "worse.txt").stdout
    rows = [line for line in narrow.splitlines() if line.startswith(("mt.txt", "test set", "half", "worse"))]
    assert rows
    assert max(map(len, rows)) <= width < max(map(len, wide.splitlines()))
    figures = re.compile(r"\d+\.\d+")
    assert sorted(figures.findall(narrow)) == sorted(figures.findall(wide))


def test_data_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTFIX_DATA", raising=False)
    done = call("data", "list", ROOT / "eval/suites/seeds.toml")
    assert (done.exit_code, done.stdout.splitlines()[1][:18]) == (0, "seeds-clean: here,")
    done = call("data", "list", ROOT / "eval/suites/ru-news-pe.toml")
    assert done.exit_code == 1
    assert (
        "newstest2015.pe: missing: MTFIX_DATA is not set; it names the folder of the data; from statmt.org"
        in done.stdout
    )


def test_data_is_made_and_run(folder: Path) -> None:
    table = folder / "mine.tsv.gz"
    done = call("data", "make", table, "--mt", folder / "mt.txt", "--pe", folder / "ref.txt")
    assert done.exit_code == 0, done.output
    suite = folder / "mine.toml"
    suite.write_text(
        f'suite = "mine"\nabout = "x"\n[[test]]\nname = "t"\nabout = "x"\nfiles = ["{table}"]\nlicence = "x"\nsplit = "test"\n'
        'origin = "x"\ncolumns = { mt = "mt", post_edit = "pe", id = "seg" }\n',
        encoding="utf-8",
    )
    done = call("run", suite, "--system", "do-nothing", "--no-cache", "--samples", "0", "--trials", "0", "--json", "-")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["entries"][0]["test_set"]["segments"] == len(MT)


def test_data_that_is_not_parallel_is_refused(folder: Path) -> None:
    (folder / "short.txt").write_text("One.\n", encoding="utf-8")
    done = call("data", "make", folder / "x.tsv", "--mt", folder / "mt.txt", "--ref", folder / "short.txt")
    assert done.exit_code == 2
    assert "short.txt:2: has no such line" in done.stderr
