"""Metrics and their significance."""

from mtfix.evaluation.metrics.metric import Metric

__all__ = ["Metric"]
