"""The server against its own published description: requests that schemathesis makes up, right ones and wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from mtfix.server.app import make_app
from mtfix.server.settings import Limits, Settings
from tests.server.conftest import RULES, MakeUrl

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: pip install schemathesis")
from schemathesis import GenerationMode  # noqa: E402

FEW = settings(
    max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip


@pytest.fixture(scope="module")
def schema(make_url: MakeUrl) -> Any:
    app = make_app(Settings(config=RULES, db=make_url(), hosts=("testserver",), limits=Limits(requests=10**6)))
    loaded = schemathesis.openapi.from_asgi("/openapi.json", app)
    # What a description cannot say (a profile that exists, a text or a file) may be turned down.
    loaded.config.checks.positive_data_acceptance.enabled = False
    return loaded


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_answers_are_as_described(schema: Any, mode: Any) -> None:
    failures = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @FEW
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate()

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing can be wrong where nothing is asked for
        except Exception as error:  # noqa: BLE001  a group of failures, and each belongs into the report
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)


def test_what_one_answer_gives_the_next_request_takes(schema: Any) -> None:
    """Documents that were made are read, changed, decided on, exported and deleted, in orders that were made up."""

    machine = schema.as_state_machine()
    machine.run(settings=settings(FEW, max_examples=15, stateful_step_count=8))
