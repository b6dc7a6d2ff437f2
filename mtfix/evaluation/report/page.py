"""One self-contained page of a run: for an editor-in-chief the verdicts first, for a researcher everything below.

Nothing is loaded from anywhere: style, script, plots and sentences are in the file. Texts reach the page escaped, or
as JSON that the script writes with ``textContent``.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

from mtfix.evaluation.errant.wordtags import tokenize
from mtfix.evaluation.report.plots import calibration_curve, histogram, outcome_bars
from mtfix.evaluation.report.tables import (
    FEW,
    LABELS,
    Table,
    author_table,
    bucket_table,
    edit_table,
    is_better,
    legend,
    name_set,
    p_value,
    pack_table,
    percent,
    signatures,
    signed,
)
from mtfix.evaluation.result import Entry, Run

SENTENCES = 50  # of one entry and sort (worst, best, lost facts)
BARS = 12  # of one plot; the table has all


def render_page(run: Run) -> str:
    """Return the page of a run as HTML."""
    shown = [e for e in run.entries if e.harm.touched or e.system.kind != "baseline"]
    body = [
        f"<header><h1>{escape(run.name)}</h1><p class='lead'>{escape(_lead(run))}</p></header>",
        "<main>",
        _verdicts(shown),
        _headline(run),
        *(_test_set(name, list(group)) for name, group in groupby(shown, key=lambda e: e.test_set.name)),
        _browser(shown),
        _about(run),
        "</main>",
    ]
    css, script = (
        files("mtfix.evaluation.report").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js")
    )
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(run.name)}: evaluation</title><style>{css}</style></head>\n<body>"
        f"{''.join(body)}<script>{script}</script></body></html>\n"
    )


def _lead(run: Run) -> str:
    sets = list(dict.fromkeys(e.test_set.name for e in run.entries))
    systems = list(dict.fromkeys(e.system.name for e in run.entries))
    segments = sum({e.test_set.name: e.test_set.segments for e in run.entries}.values())
    return (
        f"{_plural(len(systems), 'system')} on {_plural(len(sets), 'test set')}, {segments:,} segments. "
        "A post-editor is judged by what it improves and, first of all, by what it leaves alone."
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _verdicts(entries: list[Entry]) -> str:
    """The first screen: what happened to the segments, as bars."""
    rows = []
    for e in entries:
        size = e.test_set.segments
        rows.append(
            (
                f"{name_set(e.test_set)} · {e.system.name}",
                100 * e.harm.improved / size,
                100 * e.harm.worsened / size,
                f"touched {percent(e.harm.touched, size)} %",
            )
        )
    if not rows:
        return "<section><h2>Verdict</h2><p>No system touched any segment.</p></section>"
    half = (len(rows) + 1) // 2 if len(rows) > 6 else len(rows)
    parts = [rows[:half], rows[half:]] if half < len(rows) else [rows]
    plots = "".join(f"<figure>{outcome_bars(p, 'Improved and worsened segments', rows)}</figure>" for p in parts)
    return (
        "<section><h2>Helped and hurt</h2>"
        "<p>Percent of all segments: <b class='worse-text'>worsened</b> to the left, "
        "<b class='better-text'>improved</b> to the right. What is missing was left alone or changed neither way.</p>"
        f"<div class='plots wide'>{plots}</div></section>"
    )


def _headline(run: Run) -> str:
    metrics = list(dict.fromkeys(name for e in run.entries for name in e.scores))
    head = "".join(f"<th colspan='2'>{escape(LABELS.get(m, m))}</th>" for m in metrics)
    rows = []
    for _, group in groupby(run.entries, key=lambda e: e.test_set.name):
        entries = list(group)
        info = entries[0].test_set
        drawn = f" of {info.drawn_from:,}" if info.drawn_from else ""
        span = len(metrics) * 2 + 5
        rows.append(
            f"<tr class='set'><th colspan='{span}' scope='colgroup'>{escape(name_set(info))} "
            f"<span class='faint'>{info.segments:,}{drawn} segments, against the {info.judged_against}</span></th></tr>"
        )
        rows += [_headline_row(e, metrics) for e in entries]
    return (
        "<section><h2>Scores</h2><div class='scroll'><table class='headline'><thead><tr><th>system</th>"
        f"{head}<th>touched</th><th>perfect<br>touched</th><th>lost<br>facts</th><th>F<sub>0.5</sub></th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f"<ul class='legend'>{''.join(f'<li>{escape(x)}</li>' for x in legend(run))}</ul></section>"
    )


def _headline_row(e: Entry, metrics: list[str]) -> str:
    cells = [f"<th scope='row'>{escape(e.system.name)}</th>"]
    for m in metrics:
        s = e.scores.get(m)
        if s is None:
            cells.append("<td colspan='2'>-</td>")
            continue
        band = f"<br><small>± {s.after_half_width:.2f}</small>" if s.after_half_width is not None else ""
        better = is_better(m, s)
        kind = (
            ""
            if better is None or signed(s.after - s.before) == "0.00"
            else ("better-text" if better else "worse-text")
        )
        p = p_value(s, e.harm.touched)
        note = "" if p == "-" else f"<br><small>{p if p == 'few' else 'p ' + p}</small>"
        cells.append(f"<td>{s.after:.2f}{band}</td><td class='{kind}'>{signed(s.after - s.before)}{note}</td>")
    lost = sum(x.unlicensed for x in e.harm.losses.values())
    half = "-" if e.edit_f_half is None or not e.harm.touched else f"{e.edit_f_half:.1f}"
    cells += [
        f"<td>{percent(e.harm.touched, e.test_set.segments)} %</td>",
        f"<td>{e.harm.perfect_touched:,} <small>of {e.harm.perfect:,}</small></td>",
        f"<td class='{'worse-text' if lost else ''}'>{lost:,}</td><td>{half}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _test_set(name: str, entries: list[Entry]) -> str:
    info = entries[0].test_set
    blocks = "".join(_entry(e) for e in entries)
    return (
        f"<section class='set'><h2>{escape(name_set(info))}</h2><p>{escape(info.about)}. "
        f"<span class='faint'>Licence: {escape(info.licence or 'not stated')}; split: {escape(info.split or 'none')}; "
        f"data {escape(info.data_hash)}.</span></p>{blocks}</section>"
    )


def _entry(e: Entry) -> str:
    size = e.test_set.segments
    harm = e.harm
    sentence = (
        f"Of {size:,} segments it touched {harm.touched:,}: {harm.improved:,} better, {harm.worsened:,} worse, "
        f"{harm.mixed:,} judged differently by TER and chrF, {harm.neutral:,} without a difference."
    )
    if e.hter:
        sentence += f" HTER {e.hter.before:.1f} before, {e.hter.after:.1f} after."
    if harm.bleu_per_100_edits is not None and harm.touched >= FEW:
        sentence += f" {harm.edits:,} edits, {signed(harm.bleu_per_100_edits)} BLEU for every hundred."
    if e.speed:
        latency = ", ".join(f"{k} {v:.1f}" for k, v in e.speed.latency_ms.items())
        sentence += (
            f" {e.speed.segments_per_second:,.0f} segments a second"
            + (f"; one alone takes {latency} ms" if latency else "")
            + f"; peak memory {e.speed.peak_memory_mb:,.0f} MB, {e.speed.base_memory_mb:,.0f} of them before it was loaded "
            f"(measured alone, on {e.speed.measured_segments} segments of the whole suite)."
        )
    plots = []
    if harm.touched:
        gain = e.histograms.get("chrf_gain")
        if gain:
            plots.append(
                (
                    "Gain of touched segments, chrF points",
                    histogram(
                        gain.edges,
                        [("segments", gain.after)],
                        "chrF gain",
                        "Gain in chrF of touched segments",
                        signed=True,
                    ),
                )
            )
    ter = e.histograms.get("ter")
    if ter and ter.before:
        plots.append(
            (
                "Distance from the reference, TER",
                histogram(
                    ter.edges,
                    [("before", ter.before), ("after", ter.after)],
                    "TER of the segment",
                    "Sentence TER before and after",
                ),
            )
        )
    if len([b for b in e.calibration if b.helped is not None]) > 1:
        plots.append(
            (
                "Calibration: is a confident edit a helpful one?",
                calibration_curve(e.calibration, "Calibration of the confidence of edits"),
            )
        )
    for by, group in groupby(e.buckets, key=lambda b: b.by):
        buckets = list(group)
        title = f"Improved and worsened, % by {by}"
        if len(buckets) > BARS:
            buckets = sorted(buckets, key=lambda b: -b.segments)[:BARS]
            title += f", the {BARS} most frequent"
        rows = [
            (b.value, 100 * b.improved / b.segments, 100 * b.worsened / b.segments, _plural(b.segments, "segment"))
            for b in buckets
        ]
        if len(rows) > 1 and harm.touched:
            plots.append((title, outcome_bars(rows, f"Improved and worsened by {by}")))
    figures = "".join(f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>" for title, svg in plots)
    losses = ", ".join(f"{k} {x.segments} ({x.unlicensed} unlicensed)" for k, x in harm.losses.items() if x.segments)
    notes = "".join(f"<li>{escape(n)}</li>" for n in e.notes)
    if losses:
        notes += f"<li>Lost or invented, in segments: {escape(losses)}</li>"
    if e.naming and e.naming.names:
        notes += (
            f"<li>Names spelt in more than one way within a document: {e.naming.inconsistent_before} before, "
            f"{e.naming.inconsistent_after} after, of {e.naming.names} in {e.naming.documents} documents. Entities of the "
            f"naming packs called by more than one name: {e.naming.entities_mixed_before} before, "
            f"{e.naming.entities_mixed_after} after, of {e.naming.entities}</li>"
        )
    tables = ""
    for title, table in (
        ("Rule packs", pack_table(e)),
        ("Rules and models", author_table(e)),
        ("Edits by type", edit_table(e)),
        ("Buckets", bucket_table(e)),
    ):
        if table.rows:
            tables += f"<details><summary>{title}</summary><div class='scroll'>{_table(table)}</div></details>"
    return (
        f"<article class='entry'><h3>{escape(e.system.name)}</h3><p>{escape(sentence)}</p>"
        f"<ul class='legend'>{notes}</ul><div class='plots'>{figures}</div>{tables}</article>"
    )


def _table(table: Table) -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        return (
            "<tr>"
            + "".join(
                f"<{tag}{' class=word' if i < table.words else ''}>{escape(c)}</{tag}>" for i, c in enumerate(cells)
            )
            + "</tr>"
        )

    body = "".join(row(r, "td") for r in table.rows)
    return f"<table><thead>{row(table.headers, 'th')}</thead><tbody>{body}</tbody></table>"


def diff_words(before: str, after: str) -> list[list[str]]:
    """Return the inline difference as [kind, text] pieces: ``=`` kept, ``-`` only before, ``+`` only after.

    Joining all but ``+`` gives ``before``, joining all but ``-`` gives ``after``.

    >>> diff_words("a red cat", "a cat")
    [['=', 'a'], ['-', ' red'], ['=', ' cat']]
    """
    a, b = _pieces(before), _pieces(after)
    pieces: list[list[str]] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(["=", "".join(a[i1:i2])])
        else:
            pieces += [[sign, text] for sign, text in (("-", "".join(a[i1:i2])), ("+", "".join(b[j1:j2]))) if text]
    return pieces


def _pieces(text: str) -> list[str]:
    """Tokens, each with the white space before it."""
    found = []
    at = 0
    for token in tokenize(text):
        found.append(text[at : token.end])
        at = token.end
    return [*found, text[at:]] if at < len(text) else found


def _browser(entries: list[Entry]) -> str:
    sentences: list[dict[str, Any]] = []
    for e in entries:
        for s in _strongest(e):
            sentences.append(
                {
                    "set": e.test_set.name,
                    "system": e.system.name,
                    "id": s.id,
                    "why": s.why,
                    "verdict": s.verdict,
                    "gain": round(s.chrf_gain, 1),
                    "ter": round(s.ter_gain, 1),
                    "by": s.by,
                    "losses": s.losses,
                    "about": " · ".join(s.attributes.values()),
                    "source": s.source,
                    "diff": diff_words(s.mt, s.hypothesis),
                    "reference": s.reference,
                }
            )
    if not sentences:
        return ""
    data = json.dumps(sentences, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return (
        "<section id='browser'><h2>Sentences</h2>"
        "<p>The worst, the best, and all that lost a fact the reference keeps.</p>"
        "<form class='filters'>"
        "<label>Show <select name='why'><option value=''>all</option><option value='worst'>worst</option>"
        "<option value='best'>best</option><option value='loss'>lost facts</option></select></label>"
        "<label>Test set <select name='set'><option value=''>all</option></select></label>"
        "<label>System <select name='system'><option value=''>all</option></select></label>"
        "<label>By <select name='by'><option value=''>any rule or model</option></select></label>"
        "<label>Find <input name='find' type='search' placeholder='words'></label>"
        "</form><p class='count faint' role='status'></p><div class='list'></div>"
        "<button type='button' class='more'>Show more</button>"
        "<noscript><p>The sentence browser needs JavaScript; everything else on this page does not.</p></noscript>"
        f"<script type='application/json' class='data'>{data}</script></section>"
    )


def _strongest(e: Entry) -> list[Any]:
    """The sentences of an entry, the strongest of each sort."""
    return [s for why in ("loss", "worst", "best") for s in [x for x in e.sentences if x.why == why][:SENTENCES]]


def _about(run: Run) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in run.versions.items())
    systems = {e.system.name: e.system for e in run.entries}
    lines = [f"<li>{escape(s)}</li>" for s in signatures(run)]
    lines.append(
        f"<li>seed {run.seed}, {run.samples:,} bootstrap samples, {run.trials:,} trials; {escape(versions)}</li>"
    )
    for system in systems.values():
        known = {
            "model": system.model,
            "machine": system.machine,
            "packs": system.packs_hash,
            "profile": system.profile,
        }
        details = "".join(f", {k} {v}" for k, v in known.items() if v)
        lines.append(f"<li>{escape(system.name)}: fingerprint {escape(system.fingerprint)}{escape(details)}</li>")
    lines += [f"<li>skipped: {escape(r)}</li>" for r in run.skipped.values()]
    return f"<section><h2>How it was measured</h2><ul class='legend signatures'>{''.join(lines)}</ul></section>"
