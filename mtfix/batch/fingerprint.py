"""What a batch depends on: what every output depends on, and how this batch splits its inputs."""

from __future__ import annotations

from mtfix.batch.job import Job
from mtfix.files.digest import digest_code
from mtfix.fingerprint import Head, describe_outputs
from mtfix.fingerprint import fingerprint_head as fingerprint_outputs

_OUTPUT = ("version", "code", "libraries", "config", "profile", "packs", "model", "load")
_WORDS = {
    "version": "the version of mtfix",
    "code": "the code of mtfix",
    "libraries": "the libraries",
    "config": "the configuration",
    "profile": "the profile",
    "packs": "the rule packs",
    "model": "the model",
    "fields": "--field",
    "limits": "the limits",
    "log": "--log",
    "load": "the pipeline",
}


def describe_job(job: Job) -> Head:
    """Return what makes two runs of a batch the same, part by part, as plain JSON values.

    Packs and models count by content, not by place. Raises PackError, ConfigError, ModelError.
    """
    return describe_outputs(job.config) | {
        "code": digest_code("batch"),
        "fields": [list(job.fields), job.field_format],
        "limits": [job.limits.seconds, job.limits.characters, job.limits.unit_bytes, job.limits.unit_files],
        "log": job.log is not None,
        "load": f"{job.load.__module__}:{job.load.__qualname__}",
    }


def fingerprint_head(head: Head) -> str:
    """Return one digest of what decides about a document's text; sizes of units and time limits do not."""
    return fingerprint_outputs({k: head[k] for k in _OUTPUT})


def name_differences(before: Head, now: Head) -> list[str]:
    """Return what differs between two descriptions, in words."""
    found: list[str] = []
    for key, words in _WORDS.items():
        old, new = before.get(key), now.get(key)
        if old != new:
            detail = ""
            if isinstance(old, dict) and isinstance(new, dict):
                detail = ", ".join(k for k in sorted({*old, *new}) if old.get(k) != new.get(k))
            found.append(f"{words} ({detail})" if detail else words)
    return found
