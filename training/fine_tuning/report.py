"""The report of a comparison, kept beside the candidate: JSON for scripts, HTML for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path

from pydantic import TypeAdapter

from imaging.writers.atomic_file import whole_file
from inference.model_package import ModelPackage
from training.fine_tuning.report_pictures import ShownPatient, pictures_html
from training.jobs.job import EpochFigures
from training.promotion import Comparison, PatientPair, PromotionDecision

REPORT_JSON = "report.json"
REPORT_HTML = "report.html"

_DECISION = TypeAdapter(PromotionDecision)

_TABLE = '<table cellspacing="0" cellpadding="5">'
"""Attributes, too, for viewers that know little of styles."""

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
img { max-width: 100%; }
.worse { color: #a40000; } .better { color: #006400; } .note { color: #555; }
"""


def write_report(
    folder: Path,
    candidate: ModelPackage,
    active: ModelPackage,
    decision: PromotionDecision,
    figures: Sequence[EpochFigures],
    pairs: Sequence[PatientPair] = (),
    shown: Sequence[ShownPatient] = (),
) -> None:
    """Write both forms of the report into a candidate's folder.

    ``pairs`` are what the decision was made of, ``shown`` the slices of held-out patients.
    """
    about = {
        "model": candidate.id,
        "active_version": active.version,
        "candidate_version": candidate.version,
        "decision": _DECISION.dump_python(decision, mode="json"),
        "epochs": [asdict(one) for one in figures],
    }
    with whole_file(folder / REPORT_JSON, ".json") as part:
        part.write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
    with whole_file(folder / REPORT_HTML, ".html") as part:
        pictures = pictures_html(figures, pairs, shown, (active.version, candidate.version))
        page = _page(candidate, active, decision, figures, pictures)
        part.write_text(page, encoding="utf-8")


def read_decision(folder: Path) -> PromotionDecision | None:
    """The decision in a candidate's report; None where there is none that can be read."""
    try:
        report = json.loads((folder / REPORT_JSON).read_text(encoding="utf-8"))
        return _DECISION.validate_python(report["decision"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _page(
    candidate: ModelPackage,
    active: ModelPackage,
    decision: PromotionDecision,
    figures: Sequence[EpochFigures],
    pictures: Mapping[str, str],
) -> str:
    title = f"{candidate.id} {candidate.version} against {active.version}"
    own = [line for line in decision.comparisons if not line.is_reference]
    reference = [line for line in decision.comparisons if line.is_reference]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p><b>{escape(decision.sentence)}</b></p>",
        "<h2>Held-out patients of the project</h2>",
        _table(own, active.version, candidate.version),
        pictures["clicks"],
    ]
    if pictures["slices"]:
        parts += [
            "<h2>What it looks like</h2>",
            "<p class='note'>The axial slice where the structure is largest, after the last click "
            "of the exact user: the patient that lost most first, the one that gained most "
            "last.</p>",
            pictures["slices"],
        ]
    if decision.clicks_to_good:
        parts += ["<h2>Clicks to a Dice of 0.90</h2>", _clicks_table(decision, active, candidate)]
    if decision.recorded:
        parts += [
            "<h2>Your own clicks</h2>",
            "<p class='note'>The clicks that were placed on held-out cases, given to both models "
            "in the same order: how many of them it took to a Dice of 0.90, or to what both reach. "
            "They decide nothing: they were placed where the model of that day was wrong.</p>",
            _recorded_table(decision, active, candidate),
        ]
    parts += [
        "<h2>Synthetic reference patients</h2>",
        "<p class='note'>They show what was forgotten; they never count as a gain.</p>",
        _table(reference, active.version, candidate.version),
        "<h2>Training</h2>",
        pictures["epochs"],
        _epochs_table(figures),
        "<p class='note'>Simulated users corrected each case with both models. The interval is "
        "a bootstrap over patients (95 %). For research use only.</p>",
    ]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"{''.join(parts)}</body></html>\n"
    )


def _table(lines: Sequence[Comparison], before: str, now: str) -> str:
    if not lines:
        return "<p>Nothing was measured.</p>"
    head = ("structure", "measure", "patients", before, now, "difference", "95 % interval", "worst")
    rows = []
    for line in lines:
        mark = "worse" if line.objection() else "better" if line.is_better else ""
        cells = (
            line.structure,
            line.measure,
            str(line.patients),
            f"{line.active:.3f}",
            f"{line.candidate:.3f}",
            f"{line.difference:+.3f}",
            f"{line.low:+.3f} to {line.high:+.3f}",
            f"{line.worst_difference:+.3f} ({line.worst_patient})",
        )
        rows.append(f"<tr class='{mark}'>{_cells(cells, 'td')}</tr>")
    return f"{_TABLE}<tr>{_cells(head, 'th')}</tr>{''.join(rows)}</table>"


def _clicks_table(
    decision: PromotionDecision, active: ModelPackage, candidate: ModelPackage
) -> str:
    head = _cells(("structure", "", active.version, candidate.version), "th")
    rows = "".join(
        f"<tr>{_cells((name, '', f'{before:.1f}', f'{now:.1f}'), 'td')}</tr>"
        for name, (before, now) in (decision.clicks_to_good or {}).items()
    )
    return f"{_TABLE}<tr>{head}</tr>{rows}</table>"


def _recorded_table(
    decision: PromotionDecision, active: ModelPackage, candidate: ModelPackage
) -> str:
    head = _cells(("structure", "cases", active.version, candidate.version), "th")
    rows = "".join(
        f"<tr>{_cells((w.structure, str(w.cases), f'{w.active:.1f}', f'{w.candidate:.1f}'), 'td')}"
        "</tr>"
        for w in decision.recorded
    )
    return f"{_TABLE}<tr>{head}</tr>{rows}</table>"


def _epochs_table(figures: Sequence[EpochFigures]) -> str:
    names = sorted({name for one in figures for name in one.dice})
    head = _cells(("epoch", "loss", *(f"Dice, {name}" for name in names)), "th")
    rows = []
    for one in figures:
        values = (f"{one.dice[name]:.3f}" if name in one.dice else "" for name in names)
        rows.append(f"<tr>{_cells((str(one.epoch), f'{one.loss:.3f}', *values), 'td')}</tr>")
    return f"{_TABLE}<tr>{head}</tr>{''.join(rows)}</table>"


def _cells(texts: Sequence[str], tag: str) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
