"""What a result depends on, beside the text: the version, the configuration, the rule packs, the profile, the model."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mtfix import __version__
from mtfix.batch.job import Job
from mtfix.config import Config
from mtfix.rules.profiles import load_profile
from mtfix.rules.rulepack import gather_packs

Head = dict[str, Any]


def describe_job(job: Job) -> Head:
    """Return what makes two runs of a batch the same, part by part, as plain JSON values.

    Packs and models count by content, not by place. Raises PackError, ConfigError.
    """
    config = job.config
    return {
        "version": __version__,
        "config": json.loads(config.model_copy(update={"packs": (), "profile": "", "model": ""}).model_dump_json()),
        "profile": dict(load_profile(config.profile).settings),
        "packs": _digest_packs(config),
        "model": _digest_model(config),
        "fields": [list(job.fields), job.field_format],
        "limits": [job.limits.seconds, job.limits.characters, job.limits.unit_bytes, job.limits.unit_files],
        "log": job.log is not None,
        "load": f"{job.load.__module__}:{job.load.__qualname__}",
    }


def fingerprint_head(head: Head) -> str:
    """Return one digest of what decides about a document's text; sizes of units and time limits do not."""
    kept = {k: head[k] for k in ("version", "config", "profile", "packs", "model", "load")}
    return blake2b(json.dumps(kept, sort_keys=True).encode(), digest_size=16).hexdigest()


def name_differences(before: Head, now: Head) -> list[str]:
    """Return what differs between two descriptions, in words."""
    names = {
        "version": "the version of mtfix",
        "config": "the configuration",
        "profile": "the profile",
        "packs": "the rule packs",
        "model": "the model",
        "fields": "--field",
        "limits": "the limits",
        "log": "--log",
        "load": "the pipeline",
    }
    found: list[str] = []
    for key, words in names.items():
        old, new = before.get(key), now.get(key)
        if old != new:
            detail = ""
            if isinstance(old, dict) and isinstance(new, dict):
                detail = ", ".join(k for k in sorted({*old, *new}) if old.get(k) != new.get(k))
            found.append(f"{words} ({detail})" if detail else words)
    return found


def _digest_packs(config: Config) -> dict[str, str]:
    packs = gather_packs(config.packs, defaults=config.default_packs)
    return {p.name: _digest(Path(p.place.rsplit(":", 2)[0]).read_bytes()) for p in packs}


def _digest_model(config: Config) -> str:
    """Return a digest over the files of a model that is on this machine, the name of any other."""
    if config.rules_only:
        return ""
    from mtfix.model.load import find_model, installed_models

    if config.model and not Path(config.model).is_dir() and config.model not in installed_models():
        return config.model  # a name on the hub
    folder = find_model(config.model)
    if folder is None:
        return ""
    digest = blake2b(digest_size=16)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
