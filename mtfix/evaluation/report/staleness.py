"""Does a result still speak of the model, the rule packs and the code that are here now?"""

from __future__ import annotations

from mtfix.config import load_config
from mtfix.evaluation.result import Run
from mtfix.fingerprint import describe_outputs, fingerprint_head

PARTS = {
    "model": "the model (weights, graphs, vocabulary or calibration)",
    "packs": "the rule packs",
    "code": "the code",
}


def find_changes(run: Run) -> dict[str, str]:
    """Return what has changed since a result of mtfix's own systems was made, by part, in words.

    Raises PackError, ModelError when what is here now cannot be read.
    """
    now = describe_outputs(load_config(None))
    hashes = {"model": now["model"], "packs": fingerprint_head(now["packs"]), "code": now["code"]}
    found = {}
    for part, words in PARTS.items():
        systems = [e.system for e in run.entries if e.system.name in ("rules", "model", "full")]
        known = {h for s in systems if (h := getattr(s, f"{part}_hash"))}
        if not systems or known == {hashes[part]}:
            continue
        if known or part == "code":
            was = ", ".join(sorted(h[:12] for h in known)) or "not recorded"
            found[part] = f"{words} changed since {run.name} was scored: {was}, now {hashes[part][:12]}"
    return found
