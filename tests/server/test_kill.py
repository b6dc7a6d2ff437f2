"""A killed server has lost nothing that it acknowledged: two kills of `benchmarks/desk_kill.py`, on both databases."""

from __future__ import annotations

import pytest

from benchmarks.desk_kill import kill_again_and_again
from tests.server.conftest import BOTH, MakeUrl


@pytest.fixture(scope="module", params=BOTH)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_nothing_acknowledged_is_lost(make_url: MakeUrl) -> None:
    outcome = kill_again_and_again(make_url(), kills=2, editors=3)
    assert (outcome.kills, outcome.lost, outcome.doubled) == (2, [], [])
    assert outcome.acknowledged > 10
    assert outcome.unanswered > 0
