"""The same run everywhere: what the terminal, the user's own files and the speed of the machine would change is fixed."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Read when the command line's libraries are imported, so it must be gone before the tests are.
for name in ("FORCE_COLOR", "NO_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "COLUMNS", "TERMINAL_WIDTH", "MTFIX_CACHE"):
    os.environ.pop(name, None)

# Slow machines are no failures, and a failure is one for everybody. `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", parent=settings.get_profile("steady"), derandomize=False)
settings.load_profile("steady")

# What MTFIX_REQUIRE names, comma-separated, must be there: a test with its mark that is skipped has failed.
REQUIRABLE = {"chromium": "browser", "postgres": "postgres", "tsc": "typed"}
REQUIRED = {REQUIRABLE.get(name.strip(), name.strip()) for name in os.environ.get("MTFIX_REQUIRE", "").split(",")} - {
    ""
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and any(m.name in REQUIRED for m in item.iter_markers()):
        report.outcome, report.longrepr = "failed", f"MTFIX_REQUIRE forbids to skip this: {_say_why(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and REQUIRED and "server" in collector.path.parts:  # the marks of a file that was left are unread
        report.outcome, report.longrepr = "failed", f"MTFIX_REQUIRE forbids to skip this: {_say_why(report.longrepr)}"
    return report


def _say_why(longrepr: Any) -> str:
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their parameter, not by what is in them: it may differ from one worker to the next."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def no_user_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rule packs and caches in the user's own folders stay out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
