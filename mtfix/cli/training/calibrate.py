"""`mtfix train calibrate`: how sure the model is, fitted on corpora, on post-edits, or on what editors decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mtfix.cli.training.adapter import Data, calibrate_by_post_edits
from mtfix.errors import ConfigError, ModelError


def calibrate(
    model: Annotated[Path, typer.Option("--model", help="Model folder with graphs (after export).")],
    data: Data = None,
    reliability: Annotated[Path | None, typer.Option("--reliability", help="PNG of the reliability diagram.")] = None,
    share: Annotated[float, typer.Option("--share", min=0.01, max=1.0, help="Share of the sentences to fit on.")] = 1.0,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Also show how good the confidence is without a part of its features.")
    ] = False,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="calibration.jsonl of 'mtfix decisions export': refit by these alone."),
    ] = None,
) -> None:
    """Fit probe and confidence on outputs that were not trained on; choose thresholds for development sets.

    Writes translationese.json and confidence.json to the model folder. A model with an adapter is calibrated by
    post-edits instead, see `mtfix.training.calibration.postedits`. With --decisions only the probabilities change, and
    only if that makes them truer on documents that the fit did not see; thresholds stay.

    Example: mtfix train calibrate --model models/default
    """
    if decisions is not None:
        _refit_by_decisions(model, decisions)
        return
    if (model / "adapter.safetensors").is_file():
        calibrate_by_post_edits(model, data)
        return
    from mtfix.model.ngrams import FILE as NGRAMS
    from mtfix.model.ngrams import load_ngrams
    from mtfix.model.posteditor import RememberingPostEditor
    from mtfix.model.runtime.onnx import OnnxPostEditor
    from mtfix.training.calibration import calibrate as cal
    from mtfix.training.calibration.judgement import CLEAN_SHARE, ablate_evidence, measure_judgement
    from mtfix.training.calibration.probe import fit_probe, probe_texts
    from mtfix.training.calibration.thresholds import NEVER, choose_thresholds, measure_outcome, summarize
    from mtfix.training.data.development import calibration_rows, development_rows

    machine, people = probe_texts(data)
    typer.echo(f"probe: {len(machine)} sentences by machines, {len(people)} by people")
    fit_probe(OnnxPostEditor(model).represent, machine, people).save(model)
    editor = RememberingPostEditor(OnnxPostEditor(model))
    rows = [*calibration_rows(data, share), *(choosing := development_rows(data))]
    typer.echo(f"{len(rows)} sentences, {len(choosing)} of them of the sets that limit false alarms")
    ngrams = load_ngrams(model / NGRAMS)
    samples, odds = cal.collect(editor, rows, lambda done: typer.echo(f"{done} sentences read"), ngrams)
    if not samples:
        raise ModelError(
            f"{model}: none of its edits passed the guard, so there is nothing to calibrate; train it longer"
        )
    typer.echo(f"{len(samples):,} hunks pass the guard")
    spread = cal.spread_over_documents(samples, rows, odds, len(rows) - len(choosing))
    probabilities = cal.cross_fit(spread.samples)
    pairs = list(zip(spread.samples, probabilities, strict=True))
    judged = [("all evidence", measure_judgement(spread, probabilities))]
    for name, j in (*judged, *(ablate_evidence(spread) if evidence else ())):
        typer.echo(
            f"{name}: area {j.edits:.3f} by word edits, {j.pairs:.3f} by pairs of words; at {CLEAN_SHARE:.1%} of clean "
            f"sentences gain {j.gain}, {j.development} of it in development sets"
        )
    confidence = choose_thresholds(cal.fit_confidence(spread.samples), pairs, spread.rows, spread.first)
    typer.echo(str(confidence.gate))
    for kind, threshold in confidence.auto.items():
        if 0 < threshold < NEVER:
            typer.echo(f"{kind}: AUTO from {threshold:.4f}, less sure ones were too seldom good")
    confidence.save(model / "confidence.json")
    outcome = measure_outcome(confidence, pairs, spread.rows, spread.first)
    typer.echo(f"newstest: {outcome.good} AUTO hunks bring the text nearer, {outcome.bad} take it away")
    for name, (touched, count) in {**outcome.clean, "perfect translations": outcome.perfect}.items():
        typer.echo(f"{name}: {touched} of {count:,} readings touched")
    for kind, row in summarize(confidence, pairs).items():
        typer.echo(f"{kind:<15} {row}")
    if reliability is not None:
        from mtfix.training.card import draw_reliability

        draw_reliability(cal.reliability(pairs), reliability)


def _refit_by_decisions(model: Path, path: Path) -> None:
    from mtfix.model.confidence import load_confidence
    from mtfix.model.runtime.weights import hash_weights
    from mtfix.training.calibration import decisions

    confidence = load_confidence(model / "confidence.json")
    read = decisions.read_decision_rows(path)
    weights = hash_weights(model)
    mine = [r for r in read if r.model.endswith(f"@{weights}") and r.confidence is not None]
    used = decisions.load_used(model)
    rows = [r for r in mine if r.digest not in used]
    typer.echo(f"{len(read)} decisions; {len(read) - len(mine)} on other models, {len(mine) - len(rows)} used before")
    if len(rows) < decisions.LEAST:
        raise ConfigError(
            f"{path}: {len(rows)} new decisions on edits of {model}; at least {decisions.LEAST} are needed to learn from"
        )
    found = decisions.refit_by_decisions(rows)
    typer.echo(f"log loss on decisions of other documents: {found.before:.4f} before, {found.after:.4f} after")
    if not found.helps:
        typer.echo(f"{model}: left as it is, its probabilities were true enough")
        return
    found.refit.apply(confidence).save(model / "confidence.json")
    decisions.save_used(model, used | {r.digest for r in rows})
    typer.echo(f"log odds: {found.refit.slope:.3f} times as they were, {found.refit.shift:+.3f}; thresholds stay")
