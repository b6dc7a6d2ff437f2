"""Suites, systems, cache and results: from a TOML file to an entry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mtfix.errors import ConfigError, InputError, MtfixError
from mtfix.evaluation.data.detokenise import detokenise
from mtfix.evaluation.data.examples import Example, Output, OutputEdit
from mtfix.evaluation.data.suite import load_examples, load_suite
from mtfix.evaluation.report.page import render_page
from mtfix.evaluation.report.tables import headline, legend
from mtfix.evaluation.result import Run, dump_run, read_run, strip_sentences, write_run
from mtfix.evaluation.running import RunSettings, run_suite
from mtfix.evaluation.scoring import ScoreSettings
from mtfix.evaluation.systems.cache import Cache, Cached
from mtfix.evaluation.systems.documents import batch_documents, group_documents
from mtfix.evaluation.systems.placing import place_examples
from mtfix.evaluation.systems.systems import make_system
from mtfix.model.evidence import TYPES
from mtfix.model.load import uncalibrated
from mtfix.model.posteditor import RememberingPostEditor
from mtfix.model.stage import ModelStage
from mtfix.types import Hypothesis

ROOT = Path(__file__).resolve().parents[2]
QUICK = RunSettings(score=ScoreSettings(samples=20, trials=20), speed=False)
ROWS = [
    ("d1", "Up to 2,5 thousand people came.", "Up to 2,500 people came."),
    ("d1", "It is a good day.", "It is a good day."),
    ("d2", "The price rose to 1,5 million rubles.", "The price rose to 1.5 million rubles."),
]
SUITE = """suite = "s"
about = "a suite"
[[test]]
name = "t"
about = "a test set"
files = ["data.tsv"]
licence = "none"
split = "test"
origin = "here"
columns = { mt = "mt", post_edit = "pe", document = "doc" }
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    lines = ["doc\tmt\tpe", *("\t".join(row) for row in ROWS)]
    (tmp_path / "data.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = tmp_path / "s.toml"
    path.write_text(SUITE, encoding="utf-8")
    return path


def run(path: Path, *names: str, settings: RunSettings = QUICK) -> Run:
    return run_suite(load_suite(path), [make_system(n) for n in names], settings)


def test_do_nothing_and_rules(suite: Path) -> None:
    nothing, rules = run(suite, "do-nothing", "rules").entries
    assert nothing.harm.touched == 0
    assert all(s.before == s.after for s in nothing.scores.values())
    assert (rules.harm.touched, rules.harm.improved, rules.harm.worsened) == (2, 2, 0)
    assert (rules.harm.perfect, rules.harm.perfect_touched) == (1, 0)
    assert rules.hter is not None and rules.hter.after == 0
    assert rules.edit_precision == rules.edit_recall == 100
    assert {a.by for a in rules.authors} == {"rule:RU_SCALE_DECIMAL_COMMA"}
    assert rules.authors[0].precision == 100
    assert rules.authors[0].pack == "numbers-dates"
    assert [(p.by, p.firings, p.precision) for p in rules.packs] == [("pack:numbers-dates", 2, 100)]
    assert rules.test_set.documents == 2
    assert rules.system.packs_hash and rules.system.fingerprint


def test_a_file_of_outputs_is_scored_by_its_order(suite: Path, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("".join(f"{pe}\n" for _, _, pe in ROWS), encoding="utf-8")
    (entry,) = run(suite, f"file:{tmp_path / 'out.txt'}").entries
    assert entry.scores["bleu"].after == pytest.approx(100)
    assert entry.harm.worsened == 0
    (tmp_path / "out.txt").write_text("one line\n", encoding="utf-8")
    with pytest.raises(InputError, match="has 1 lines, and the test set goes on"):
        run(suite, f"file:{tmp_path / 'out.txt'}")


def test_runs_are_equal_byte_for_byte(suite: Path) -> None:
    def bare(result: Run) -> str:
        return dump_run(
            result.model_copy(update={"entries": [e.model_copy(update={"speed": None}) for e in result.entries]})
        )

    assert bare(run(suite, "rules")) == bare(run(suite, "rules"))


def test_a_second_run_takes_its_outputs_from_the_cache(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = RunSettings(score=QUICK.score, speed=False, cache=tmp_path / "cache")
    first = run(suite, "rules", settings=settings)
    monkeypatch.setattr("mtfix.evaluation.systems.systems.PipelineSystem.run", lambda *_: pytest.fail("computed again"))
    assert run(suite, "rules", settings=settings).entries[0].harm == first.entries[0].harm


def test_broken_cache_files_count_as_absent(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    batch = Cached([[Output("a b", (OutputEdit(0, 1, "a", ("rule:X",), 0.5),)), Output("c")]], 0.25)
    cache.put("abcd", batch)
    assert cache.get("abcd", [2]) == batch
    assert cache.get("abcd", [1, 1]) is None
    (tmp_path / "ab" / "abcd.json").write_text("{", encoding="utf-8")
    assert cache.get("abcd", [2]) is None
    assert cache.key("x", [[Example("1", "a")]]) != cache.key("y", [[Example("1", "a")]])
    assert cache.key("x", [[Example("1", "a"), Example("2", "b")]]) != cache.key(
        "x", [[Example("1", "a")], [Example("2", "b")]]
    )


def test_missing_data_is_skipped_aloud(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTFIX_DATA", raising=False)
    second = SUITE.partition("[[test]]")[2].replace('"t"', '"u"').replace("data.tsv", "$MTFIX_DATA/none.tsv")
    suite.write_text(SUITE + "[[test]]" + second, encoding="utf-8")
    result = run(suite, "do-nothing")
    assert [e.test_set.name for e in result.entries] == ["t"]
    assert "MTFIX_DATA is not set" in result.skipped["u"]
    with pytest.raises(MtfixError, match="no test set could be run: u: MTFIX_DATA is not set"):
        run(suite, "do-nothing", settings=RunSettings(tests=("u",)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("licence", "license", "unknown key 'license': did you mean 'licence'"),
        ('mt = "mt"', 'mtt = "mt"', "unknown key 'mtt'.*did you mean 'mt'"),
        ('suite = "s"', "suite = ", "not valid TOML"),
        ('files = ["data.tsv"]', "files = []", "at least 1 item"),
    ],
)
def test_mistakes_in_a_suite(suite: Path, old: str, new: str, message: str) -> None:
    suite.write_text(SUITE.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_suite(suite)


def test_columns_that_are_not_there(suite: Path) -> None:
    suite.write_text(SUITE.replace('"pe"', '"pee"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"unknown column 'pee'.*Known: doc, mt, pe"):
        run(suite, "do-nothing")
    with pytest.raises(ConfigError, match="no such suite"):
        load_suite(suite.with_name("none.toml"))
    suite.write_text(SUITE, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"unknown test set 'x': Known: t"):
        run(suite, "do-nothing", settings=RunSettings(tests=("x",)))


def test_unknown_systems_list_the_known_ones() -> None:
    with pytest.raises(
        ConfigError,
        match=r"unknown system 'ruls'.*do-nothing, rules, model, full, model:NAME, full:NAME, raw:NAME, guarded:NAME, file:PATH",
    ):
        make_system("ruls")


def test_samples_are_the_same_every_time_and_keep_systems_even(tmp_path: Path) -> None:
    rows = "\n".join(f"{i}\tref {i}\ta {i}\tb {i}" for i in range(40))
    (tmp_path / "data.tsv").write_text("seg\tref\thyp.A\thyp.B\n" + rows + "\n", encoding="utf-8")
    columns = 'columns = { mt = "hyp.*", references = ["ref"], id = "seg" }\nkinds = { good = ["A"], bad = ["*"] }'
    text = SUITE.replace('columns = { mt = "mt", post_edit = "pe", document = "doc" }', columns + "\nsample = 10")
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    loaded = load_suite(tmp_path / "s.toml")
    first, total = load_examples(loaded.suite.test[0], loaded.base)
    assert (len(first), total) == (10, 80)
    assert first == load_examples(loaded.suite.test[0], loaded.base)[0]
    assert sorted(e.attributes["kind"] for e in first) == ["bad"] * 5 + ["good"] * 5
    assert len(load_examples(loaded.suite.test[0], loaded.base, sample=0)[0]) == 80


def test_documents_of_systems_side_by_side(tmp_path: Path) -> None:
    rows = "\n".join(f"{i}\tref {i}\ta {i}\tb {i}" for i in range(20))
    (tmp_path / "data.tsv").write_text("seg\tref\thyp.A\thyp.B\n" + rows + "\n", encoding="utf-8")
    columns = 'columns = { mt = "hyp.*", references = ["ref"], id = "seg" }\nblocks = 5\nskip = 5'
    text = SUITE.replace('columns = { mt = "mt", post_edit = "pe", document = "doc" }', columns)
    (tmp_path / "s.toml").write_text(text + 'per_system = { "A" = 10, "*" = 5 }\n', encoding="utf-8")
    loaded = load_suite(tmp_path / "s.toml")
    examples, total = load_examples(loaded.suite.test[0], loaded.base)
    documents = group_documents(examples)
    assert total == 30
    assert [len(d) for d in documents] == [5, 5, 5]
    assert [d[0].attributes["system"] for d in documents] == ["A", "A", "B"]
    for document in documents:
        numbers = [int(e.mt.split()[1]) for e in document]
        assert numbers == list(range(numbers[0], numbers[0] + 5)) and numbers[0] >= 5


def test_sets_that_were_trained_on_are_marked(suite: Path) -> None:
    assert not run(suite, "do-nothing").entries[0].test_set.seen
    suite.write_text(SUITE.replace('split = "test"', 'split = "train"'), encoding="utf-8")
    result = run(suite, "do-nothing")
    assert result.entries[0].test_set.seen
    assert headline(result).rows[0][0] == "t †"
    assert any(line.startswith("†: seen in training") for line in legend(result))
    assert "t †" in render_page(result)


def test_the_pipeline_is_run_as_a_user_would(suite: Path) -> None:
    """Asking the model ahead about all documents together changes no output."""
    from mtfix import fix

    texts = [
        "In Kazan were detained two terrorists of the IG.",
        "Up to 2,5 thousand persons came.",
        "It is a good day.",
    ]
    system = make_system("rules")
    system.load()
    outputs = system.run([[Example(str(i), t)] for i, t in enumerate(texts)])
    assert [o.text for (o,) in outputs] == [fix(t, rules_only=True).text for t in texts]


class Agreeing:
    """A model that mends agreement, sure of itself; it notes how many texts it was asked about at once."""

    name = "agreeing@1"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def post_edit(self, texts: Sequence[str]) -> list[Hypothesis]:
        self.asked.append(len(texts))
        return [Hypothesis(t.replace(" court decide ", " court decides "), -1.0) for t in texts]

    def score(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[list[float]]:
        return [[0.0 if "decides" in c else -9.0 for c in candidates] for _, candidates in groups]

    def count_pieces(self, text: str) -> int:
        return len(text.split())

    def normalize(self, text: str) -> str:
        return text

    def fits(self, text: str) -> bool:
        return True


def test_a_model_is_asked_ahead_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Agreeing()
    sure = replace(uncalibrated(), auto={kind.value: 0.5 for kind in TYPES})
    monkeypatch.setattr("mtfix.model.load.load_stage", lambda *_: ModelStage(RememberingPostEditor(model), sure))
    texts = [
        "Then the court decide to wait until Monday.",
        "In 2014 rose to 2,5 thousand the court decide to act.",
        "It is a good day.",
    ]
    system = make_system("full")
    system.load()
    together = system.run([[Example(str(i), t)] for i, t in enumerate(texts)])
    assert model.asked[0] == 3  # one batch, not three
    alone = [system.run([[Example(str(i), t)]])[0] for i, t in enumerate(texts)]
    assert together == alone
    assert [o.text.count("decides") for (o,) in together] == [1, 1, 0]
    assert {b for (o,) in together for e in o.edits or () for b in e.by} >= {
        "model:agreeing@1",
        "rule:RU_SCALE_DECIMAL_COMMA",
    }


def test_buckets_by_edit_type_and_rule(suite: Path) -> None:
    (entry,) = run(suite, "rules").entries
    found = {(b.by, b.value): b for b in entry.buckets}
    rule = found["rule or model", "rule:RU_SCALE_DECIMAL_COMMA"]
    assert (rule.segments, rule.touched, rule.improved) == (2, 2, 2)
    assert found["edit type", "R:NUM"].segments >= 1


def test_examples_are_found_again_in_their_document() -> None:
    wire = [
        Example("1", "In Kazan opened new bridge", attributes={"paragraph": "1"}),
        Example("2", "KAZAN, March 18. The bridge is long. It is new.", attributes={"paragraph": "2"}),
        Example("3", "About it reported the mayor.", attributes={"paragraph": "2"}),
    ]
    placed = place_examples(wire)
    assert sorted(set(placed.owners)) == [0, 1, 2]
    assert "".join(placed.document.text.split()) == "".join("".join(e.mt for e in wire).split())
    for segment, owner, offset in zip(placed.document.segments, placed.owners, placed.offsets, strict=True):
        assert wire[owner].mt[offset : offset + len(segment.mt)] == segment.mt


def test_sentences_that_the_reader_joins_are_placed_by_hand() -> None:
    wire = [
        Example("1", "He met Dr.", attributes={"paragraph": "1"}),
        Example("2", "Petrov today.", attributes={"paragraph": "1"}),
    ]
    placed = place_examples(wire)
    assert placed.owners == [0, 1]
    assert [s.mt for s in placed.document.segments] == ["He met Dr.", "Petrov today."]


def test_documents_are_never_split_over_batches() -> None:
    examples = [Example(str(i), "x", document="abc"[i // 3]) for i in range(9)]
    assert [len(b) for b in batch_documents(group_documents(examples), size=4)] == [2, 1]
    assert [len(d) for d in group_documents([Example("1", "x"), Example("2", "x")])] == [1, 1]


def test_results_come_back_as_they_were_written(suite: Path, tmp_path: Path) -> None:
    result = run(suite, "do-nothing", "rules")
    write_run(result, tmp_path / "r.json")
    again = read_run(tmp_path / "r.json")
    assert again == Run.model_validate_json(dump_run(strip_sentences(result)))
    assert dump_run(again) == (tmp_path / "r.json").read_text(encoding="utf-8")
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert "thousand people" not in text  # not quotable: figures only
    assert any(s["id"] for e in json.loads(text)["entries"] for s in e["sentences"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not a result"), ('{"format": "x"}', "not a result.*mtfix-eval/1"), (None, "no such result")],
)
def test_files_that_are_no_results(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "r.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_run(tmp_path / "r.json")


@pytest.mark.parametrize("path", sorted((ROOT / "eval" / "suites").glob("*.toml")), ids=lambda p: p.stem)
def test_suites_of_the_project(path: Path) -> None:
    loaded = load_suite(path)
    assert loaded.base == ROOT
    for test in loaded.suite.test:
        assert test.clean or test.columns.references or test.columns.post_edit
        assert test.quotable == (not any("$" in f or f.startswith("sacrebleu:") for f in test.files))  # only ours


def test_seeds_run_out_of_the_box() -> None:
    loaded = load_suite(ROOT / "eval" / "suites" / "seeds.toml")
    wires, clean = (load_examples(t, loaded.base)[0] for t in loaded.suite.test)
    assert len(wires) > 100 and all(e.pe and e.document for e in wires)
    assert clean and all(e.pe == e.mt for e in clean)


@pytest.mark.parametrize(
    ("tokenised", "natural"),
    [
        ('" It does n\'t work , " he said .', '"It doesn\'t work," he said.'),
        ("Putin 's plan ( of 2014 ) costs $ 5 : too much .", "Putin's plan (of 2014) costs $5: too much."),
        ("a well @-@ known man , isn 't he ?", "a well-known man, isn't he?"),
        ("He paid 2.5 million rubles - a lot .", "He paid 2.5 million rubles - a lot."),
        ("Already natural, isn't it?", "Already natural, isn't it?"),
        ('He said "no" and left.', 'He said "no" and left.'),
    ],
)
def test_detokenising(tokenised: str, natural: str) -> None:
    assert detokenise(tokenised) == natural
    assert detokenise(natural) == natural
