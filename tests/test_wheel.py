"""What a wheel holds: the licences, and the weights unless the build leaves them out."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")
ROOT = Path(__file__).parent.parent


def build_wheel(folder: Path, **environment: str) -> Path:
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return folder / made.stdout.split()[-1]


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel without weights."""
    folder = tmp_path_factory.mktemp("light")
    with zipfile.ZipFile(build_wheel(folder, MTFIX_WITHOUT_MODEL="1")) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_without_weights_runs_the_rules(light: Path) -> None:
    assert not list(light.rglob("*.safetensors"))
    ran = subprocess.run(
        [sys.executable, "-c", "from mtfix.cli.app import main; main()", "fix", "-"],
        cwd=light,
        env={**os.environ, "PYTHONPATH": str(light)},
        input=b"Up to 2,5 thousand people came.\n",
        capture_output=True,
        check=True,
    )
    assert ran.stdout == b"Up to 2,500 people came.\n"
    assert ran.stderr.startswith(b"mtfix: no model is installed, so only the rules run")


def test_the_metadata_name_both_licences_and_carry_their_texts(light: Path) -> None:
    (info,) = light.glob("mtfix-*.dist-info")
    assert "License-Expression: Apache-2.0 AND MPL-2.0" in (info / "METADATA").read_text(encoding="utf-8").splitlines()
    carried = {str(p.relative_to(info / "licenses")) for p in (info / "licenses").rglob("*") if p.is_file()}
    assert carried == {"LICENSE", "NOTICE", "LICENSES/Apache-2.0.txt", "LICENSES/MPL-2.0.txt"}


@pytest.mark.parametrize(("value", "with_model"), [("", True), ("0", True), ("1", False)])
def test_the_build_hook_puts_the_weights_in_unless_told_not_to(
    value: str, with_model: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from hatch_build import WITHOUT_MODEL, ModelHook

    monkeypatch.setenv(WITHOUT_MODEL, value)
    data: dict[str, dict[str, str]] = {"force_include": {}}
    hook = ModelHook(str(ROOT), {}, None, None, "", "wheel", None)
    hook.initialize("standard", data)
    assert ("mtfix/models/default" in data["force_include"].values()) == with_model
    assert with_model or not data["force_include"]
    assert all((Path(source) / "config.json").is_file() for source in data["force_include"])


def test_the_version_of_the_citation_is_that_of_the_program() -> None:
    import yaml

    from mtfix.about import __version__

    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__


def test_the_model_card_has_the_head_that_hugging_face_reads() -> None:
    import yaml

    _, head, _ = (ROOT / "models/default/README.md").read_text(encoding="utf-8").split("---\n", 2)
    card = yaml.safe_load(head)
    assert card["license"] == "mpl-2.0" and card["language"] == ["en"]
    assert card["datasets"] and card["metrics"] == ["bleu", "chrf", "ter"]
