from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import typer

from mtfix.about import __version__
from mtfix.cli import app as app_module
from mtfix.cli.app import app
from tests.cli.conftest import FIXED, Run


def test_version(run: Run) -> None:
    assert run("--version").out == f"mtfix {__version__}\n"


def test_help_names_every_command(run: Run) -> None:
    out = run("--help").out
    for name in ("fix", "check", "diff", "rules", "profiles", "config"):
        assert f" {name} " in out
    assert run("-h").out == out


@pytest.mark.parametrize("command", ["fix", "check", "diff", "profiles", "config", "rules", "rules list", "rules try"])
def test_every_command_has_help(run: Run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.code == 0 and "Usage:" in done.out


def test_help_imports_no_heavy_module(folder: Path) -> None:
    heavy = ("torch", "onnxruntime", "transformers", "sentencepiece", "pandas", "numpy", "pydantic", "yaml", "re2")
    assert imported_by(["--help"]).isdisjoint(heavy)


@pytest.mark.parametrize("args", [["fix", "wire.txt", "--rules-only"], ["check", "wire.txt"], ["diff", "wire.txt"]])
def test_run_without_model_imports_no_runtime(folder: Path, args: list[str]) -> None:
    heavy = ("torch", "onnxruntime", "transformers", "sentencepiece", "pandas", "pyarrow")
    loaded = imported_by(args)
    assert loaded.isdisjoint(heavy)
    assert "re2" in loaded


def imported_by(args: list[str]) -> set[str]:
    """Top-level modules that a run has loaded when it ends."""
    code = """
        import atexit, json, sys
        sys.argv = ["mtfix", *json.loads(sys.argv[1])]
        atexit.register(lambda: print(json.dumps(sorted({m.split(".")[0] for m in sys.modules})), file=sys.stderr))
        from mtfix.cli.app import main
        main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), json.dumps(args)], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_a_user_s_own_settings_of_the_process_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    thresholds = gc.get_threshold()
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "")
    try:
        app_module.prepare_process()
    finally:
        gc.set_threshold(*thresholds)
    assert (os.environ["OPENBLAS_NUM_THREADS"], os.environ["PYDANTIC_DISABLE_PLUGINS"]) == ("3", "")


def test_a_second_start_reads_no_yaml_and_inflects_nothing(folder: Path) -> None:
    """Once the cache knows packs and profile."""
    args = ["fix", "wire.txt", "--rules-only"]
    imported_by(args)
    loaded = imported_by(args)
    assert loaded.isdisjoint({"yaml", "lemminflect", "numpy"})


@pytest.fixture
def deferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deferred group in a package of its own; its module tells when it is imported."""
    monkeypatch.setitem(app_module.DEFERRED, "late", ("latepackage.cli", "app", "Come late.", "late"))
    monkeypatch.setattr(app_module, "_is_there", lambda name: name == "late")
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "latepackage"
    package.mkdir()
    (package / "__init__.py").write_text("")
    yield package / "cli.py"  # type: ignore[misc]
    for name in [m for m in sys.modules if m.startswith("latepackage")]:
        del sys.modules[name]


def test_deferred_group_is_named_without_being_imported(run: Run, deferred: Path) -> None:
    deferred.write_text("raise SystemExit('imported')")
    done = run("--help")
    assert done.code == 0 and "Come late." in done.out


def test_deferred_group_runs_and_its_errors_are_one_line(run: Run, deferred: Path) -> None:
    deferred.write_text(
        textwrap.dedent("""
            import typer
            from mtfix.errors import ConfigError
            app = typer.Typer()
            @app.callback()
            def root() -> None: "Late."
            @app.command()
            def hello(name: str) -> None:
                if name == "nobody":
                    raise ConfigError("nobody\\nis there")
                print("hello", name)
        """)
    )
    assert run("late", "hello", "you").out == "hello you\n"
    done = run("late", "hello", "nobody")
    assert (done.code, done.err) == (2, "mtfix: nobody is there\n")
    assert "hello" in run("late", "--help").out


def test_deferred_group_without_its_libraries_names_the_extra(run: Run, deferred: Path) -> None:
    deferred.write_text("import a_library_that_is_not_installed")
    done = run("late", "hello")
    assert (done.code, done.out) == (2, "")
    assert "pip install 'mtfix[late]'" in done.err and done.err.count("\n") == 1


def test_completion_knows_the_commands() -> None:
    group = typer.main.get_command(app)
    assert {"fix", "check", "diff", "rules", "profiles", "config"} <= set(group.commands)  # type: ignore[attr-defined]


def test_no_color_is_respected(folder: Path) -> None:
    """Even where colour is forced on, NO_COLOR leaves the plain marks."""
    from mtfix.cli.console import open_console

    code = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "diff", "wire.txt"]
    env = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    coloured = subprocess.run(code, capture_output=True, env=env, check=True).stdout
    assert b"\x1b[" in coloured and b"[-2,5" not in coloured
    plain = subprocess.run(code, capture_output=True, env={**env, "NO_COLOR": "1"}, check=True).stdout
    assert b"\x1b[3" not in plain and b"[-2,5-]{+2.5+}" in plain
    assert open_console().is_terminal is False


def test_long_options_are_the_same_word_everywhere() -> None:
    """One name, one meaning: options of one name have one help text in fix, check, diff and config."""
    group = typer.main.get_command(app)
    seen: dict[str, set[str]] = {}
    for name in ("fix", "check", "diff", "config"):
        for parameter in group.commands[name].params:  # type: ignore[attr-defined]
            for option in parameter.opts:
                if option.startswith("--"):
                    seen.setdefault(option, set()).add(str(getattr(parameter, "help", "")))
    assert {o: h for o, h in seen.items() if len(h) > 1} == {}


def test_repaired_text_does_not_depend_on_the_colour_setting(folder: Path) -> None:
    import os

    code = [sys.executable, "-c", "from mtfix.cli.app import main; main()", "fix", "wire.txt", "--diff"]
    done = subprocess.run(code, capture_output=True, env={**os.environ, "FORCE_COLOR": "1"}, check=True)
    assert done.stdout.decode() == FIXED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fix", "--repot", "x"), "no such option: --repot"),
        (("fix", "wire.txt", "--fix", "most"), "invalid value for '--fix'"),
        (("chek", "wire.txt"), "no such command 'chek'"),
        (("batch", "in"), "missing option '--output'"),
        (("eval", "run"), "missing argument"),
        (("rules", "show"), "missing argument"),
        (("check", "wire.txt", "--fail-on", "never"), "invalid value for '--fail-on'"),
    ],
)
def test_wrong_command_line_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("mtfix: ") and done.err.count("\n") == 1
    assert said in done.err and "-h' shows how to call it" in done.err


def test_help_prints_brackets_and_both_names_of_a_switch(run: Run) -> None:
    out = run("check", "-h").out
    assert "[auto]" in out and "[suggest]" in out and "[flag]" in out
    assert "--rules-only / --no-rules-only" in out


def list_all_commands() -> list[str]:
    """Every command with its groups, the deferred ones too."""
    found: list[str] = []

    def walk(command: Any, path: str) -> None:
        inner = getattr(command, "commands", {})
        if not inner:
            found.append(path)
        for name, child in inner.items():
            walk(child, f"{path} {name}".strip())

    walk(typer.main.get_command(app), "")
    for name in app_module.DEFERRED:
        walk(app_module._load_deferred(name), name)
    return found


@pytest.mark.parametrize("command", list_all_commands())
def test_every_command_can_be_quiet_and_write_json(run: Run, command: str) -> None:
    out = run(*command.split(), "--help").out
    for option in ("-v, --verbose", "-q, --quiet", "--log-format"):
        assert option in out


def test_quiet_and_verbose_and_json(run: Run) -> None:
    note = "wire.txt: 1 edit, 2 suggestions; written to out.txt"
    assert run("fix", "wire.txt", "-o", "out.txt", "-q").err == ""
    assert run("fix", "missing.txt", "-q").err == "mtfix: missing.txt: no such file\n"
    said = [
        json.loads(line) for line in run("fix", "wire.txt", "-o", "out.txt", "--log-format", "json").err.splitlines()
    ]
    assert said == [{"level": "note", "message": note}]
    said = [json.loads(line) for line in run("fix", "missing.txt", "--log-format", "json").err.splitlines()]
    assert said == [{"level": "error", "message": "missing.txt: no such file"}]
    loud = run("fix", "wire.txt", "-v").err
    assert "wire.txt: 1 document, 66 characters" in loud and "repaired in" in loud
    assert run("fix", "wire.txt").err == ""


def test_switch_on_the_command_line_takes_back_what_the_file_set(run: Run) -> None:
    assert run("config").out.count("rules_only                  = true") == 1
    assert "rules_only                  = false" in run("config", "--no-rules-only").out
