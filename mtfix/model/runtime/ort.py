"""ONNX Runtime without its telemetry: mtfix works offline, and some builds report their use to their maker.

The variable must be set before the library is loaded, for a thread of its own looks for the host at once; the call is for
programs that had loaded the library before mtfix. Whoever needs ONNX Runtime takes it from here.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

onnxruntime.disable_telemetry_events()

__all__ = ["onnxruntime"]
