"""Plots as SVG by hand: no library, no network; colours come from the page's style sheet, so dark mode and print work.

Every plot is 400 units wide with type of 12 units: on a phone of 360 points it is still legible.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mtfix.evaluation.result import CalibrationBin

WIDTH = 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 14, 38


def _svg(height: float, body: Sequence[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, kind: str, hint: str = "") -> str:
    tip = f"<title>{escape(hint)}</title>" if hint else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{kind}">{tip}</rect>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def outcome_bars(
    rows: Sequence[tuple[str, float, float, str]], title: str, scale_of: Sequence[tuple[str, float, float, str]] = ()
) -> str:
    """Return bars of improved (right) and worsened (left) shares; a row is (label, improved %, worsened %, note).

    All rows share one scale, that of ``scale_of`` where several plots are to be compared.
    """
    right_most = max((r[1] for r in scale_of or rows), default=0)
    left_most = max((r[2] for r in scale_of or rows), default=0)
    # The zero line stands where both sides get room in proportion, with space for the figures at the ends.
    room = WIDTH - 110
    scale = room / ((right_most + left_most) or 1)
    zero = 55 + left_most * scale
    body = []
    y = 4.0
    for label, improved, worsened, note in rows:
        body.append(_text(0, y + 11, label, kind="label"))
        body.append(_text(WIDTH, y + 11, note, "end", "faint"))
        hint = f"{label}: improved {improved:.1f} %, worsened {worsened:.1f} %"
        body.append(_rect(zero - worsened * scale, y + 16, worsened * scale, 13, "worse", hint))
        body.append(_rect(zero, y + 16, improved * scale, 13, "better", hint))
        body.append(_text(zero - worsened * scale - 4, y + 27, f"{worsened:.1f}", "end", "worse-text"))
        body.append(_text(zero + improved * scale + 4, y + 27, f"{improved:.1f}", "start", "better-text"))
        body.append(_line(zero, y + 14, zero, y + 31, "axis"))
        y += 40
    return _svg(y, body, title)


def _frame(height: float, ticks: Sequence[tuple[float, str]], label: str) -> list[str]:
    body = []
    for y, name in ticks:
        body.append(_line(_LEFT, y, WIDTH - _RIGHT, y, "grid"))
        body.append(_text(_LEFT - 5, y + 4, name, "end", "faint"))
    body.append(_text((WIDTH + _LEFT) / 2, height - 4, label, "middle", "faint"))
    return body


def _ticks(most: float, height: float) -> list[tuple[float, str]]:
    """Up to four round values and where they stand."""
    if most <= 0:
        return []
    step = next(s * 10**k for k in range(9) for s in (1, 2, 5) if most / (s * 10**k) <= 4)
    inner = height - _TOP - _BOTTOM
    values = [step * i for i in range(int(most // step) + 1)]
    return [(height - _BOTTOM - inner * v / most, f"{v:,}") for v in values]


def histogram(
    edges: Sequence[float], series: Sequence[tuple[str, Sequence[int]]], label: str, title: str, *, signed: bool = False
) -> str:
    """Return columns of counts, series side by side (classes ``series0``, ``series1``); ``signed`` colours by sign."""
    height = 220.0
    inner = height - _TOP - _BOTTOM
    most = max((c for _, counts in series for c in counts), default=0)
    body = _frame(height, _ticks(most, height), label)
    bins = len(edges) - 1
    step = (WIDTH - _LEFT - _RIGHT) / bins
    for s, (name, counts) in enumerate(series):
        width = (step - 3) / len(series)
        for i, count in enumerate(counts):
            tall = inner * count / most if most else 0
            x = _LEFT + i * step + 1.5 + s * width
            kind = f"series{s}"
            if signed:
                kind = "better" if edges[i] >= 0 else "worse" if edges[i + 1] <= 0 else "same"
            hint = f"{name}: {_edge(edges[i])} to {_edge(edges[i + 1])}: {count:,}"
            body.append(_rect(x, height - _BOTTOM - tall, width - 0.5, tall, kind, hint))
    every = 1 if bins <= 8 else 2
    for i in range(0, bins + 1, every):
        if i == bins and edges[-1] >= 1000:
            continue
        body.append(_text(_LEFT + i * step, height - _BOTTOM + 14, _edge(edges[i]), "middle", "faint"))
    if len(series) > 1:
        for s, (name, _) in enumerate(series):
            body.append(_rect(WIDTH - 180 + 90 * s, 0, 10, 10, f"series{s}"))
            body.append(_text(WIDTH - 166 + 90 * s, 9, name, "start", "faint"))
    return _svg(height, body, title)


def _edge(value: float) -> str:
    return "∞" if value >= 1000 else f"{value:g}".replace("-", "−")


def calibration_curve(bins: Sequence[CalibrationBin], title: str) -> str:
    """Return claimed confidence against the share of helpful edits; the size of a point is the number of edits."""
    height = 260.0
    inner = height - _TOP - _BOTTOM
    width = WIDTH - _LEFT - _RIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + width * x, height - _BOTTOM - inner * y

    ticks = [(place(0, v / 4)[1], f"{v * 25}") for v in range(5)]
    body = _frame(height, ticks, "claimed confidence, %")
    for v in range(5):
        body.append(_text(place(v / 4, 0)[0], height - _BOTTOM + 14, f"{v * 25}", "middle", "faint"))
    body.append(_line(*place(0, 0), *place(1, 1), "diagonal"))
    known = [b for b in bins if b.helped is not None]
    points = [place(b.confidence, b.helped or 0.0) for b in known]
    if len(points) > 1:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body.append(f'<polyline points="{path}" class="curve"/>')
    most = max((b.edits for b in known), default=1)
    for b, (x, y) in zip(known, points, strict=True):
        hint = f"confidence {100 * b.confidence:.0f} %: helped {100 * (b.helped or 0):.0f} % of {b.edits:,} edits"
        radius = 3 + 7 * (b.edits / most) ** 0.5
        body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="point"><title>{escape(hint)}</title></circle>'
        )
    body.append(_text(_LEFT + 6, _TOP + 10, "helped, %", kind="faint"))
    return _svg(height, body, title)
