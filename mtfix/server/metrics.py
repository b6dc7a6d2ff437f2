"""Counters for Prometheus. They count requests and sentences; no text and no name goes into them."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "mtfix_requests", "Requests by route and status", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "mtfix_request_seconds", "Time to the answer", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._sentences = Counter("mtfix_sentences", "Sentences that went through", registry=self.registry)
        self._decisions = Counter("mtfix_decisions", "Decisions of editors", ("verdict",), registry=self.registry)
        self.waiting = Gauge("mtfix_waiting", "Texts that wait for their turn", registry=self.registry)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_sentences(self, number: int) -> None:
        self._sentences.inc(number)

    def count_decision(self, verdict: str) -> None:
        self._decisions.labels(verdict).inc()

    def render(self) -> bytes:
        return generate_latest(self.registry)
