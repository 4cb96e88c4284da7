"""The gate: whether a fine-tuned candidate takes the active model's place, and why, in a sentence.

Both were measured on the same held-out cases with the same simulated users. Patients are compared
with themselves, so what counts is the difference, and how sure it is (a bootstrap over patients).
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from training.evaluation.intervals import mean_interval

MARGIN = 0.005
"""No structure may lose more than this in the mean over the patients, for any measure."""

MARGIN_OF_DOUBT = 0.02
"""With few patients the mean may deceive: the lower end of its interval is above minus this."""

WORST_MARGIN = 0.10
"""No single patient may lose more than this."""

HARMFUL_MARGIN = 0.03
"""The share of clicks that lower the Dice may not rise by more than this, if it surely rose."""

HARMFUL_MARGIN_OF_DOUBT = 0.10
"""Nor by more than this at all: of three reference patients' thirty clicks, one is 0.03."""

REFERENCE_MARGIN = 0.02
"""What structures may lose on the reference patients, which are not of the site."""

GAIN = 0.005
"""Something is better if its mean gains this much and its interval lies above 0."""

CLICKS_WORTH_TELLING = 0.1
"""Smaller differences of mean clicks are the same number once they are rounded."""

MIN_PATIENTS = 5
"""With fewer held-out patients no interval of a mean says anything."""


class Verdict(StrEnum):
    """What the gate says."""

    PROMOTE = "promote"
    REFUSE = "refuse"
    UNDECIDED = "undecided"
    """Too few held-out patients to tell; a person may decide."""


class Measure(StrEnum):
    """What is compared."""

    AUTOMATIC = "Dice without a click"
    CLICKS = "mean Dice after clicks"
    SURFACE = "surface Dice at 2 mm"
    HARMFUL = "share of harmful clicks"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model reached for one structure of one patient, as a mean over cases and users.

    Attributes:
        automatic: Dice before the first click; None where the model finds nothing alone.
        by_clicks: Dice by number of clicks, from 1 on; empty where the model takes no clicks.
        surface: surface Dice at 2 mm, mean over the numbers of clicks.
        harmful_share: of the clicks; None where none could be placed.
        clicks_to_good: mean clicks until the mask is good; as many as were allowed if never, None
            where none could be placed.
    """

    automatic: float | None
    by_clicks: Mapping[int, float]
    surface: float
    harmful_share: float | None
    clicks_to_good: float | None

    def value(self, measure: Measure) -> float | None:
        """One measure; None where it does not apply."""
        if measure is Measure.AUTOMATIC:
            return self.automatic
        if measure is Measure.CLICKS:
            return statistics.fmean(self.by_clicks.values()) if self.by_clicks else None
        return self.surface if measure is Measure.SURFACE else self.harmful_share


@dataclass(frozen=True, slots=True)
class PatientPair:
    """One structure of one patient with both models; ``patient`` is a pseudonym."""

    patient: str
    structure: str
    active: Figures
    candidate: Figures
    is_reference: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the report: a measure of a structure over its patients.

    ``difference`` is candidate minus active; ``low`` and ``high`` are its interval, equal to it
    for a single patient. ``worst`` is the patient that lost most, with its difference.
    """

    structure: str
    measure: Measure
    patients: int
    active: float
    candidate: float
    difference: float
    low: float
    high: float
    worst_patient: str
    worst_difference: float
    is_reference: bool = False

    @property
    def is_better(self) -> bool:
        """Whether the gain is real; a reference patient proves nothing for the site."""
        counts = self.measure in (Measure.AUTOMATIC, Measure.CLICKS) and not self.is_reference
        return counts and self.difference >= GAIN and self.low > 0

    def objection(self) -> str | None:
        """Why this line alone forbids to promote, as a clause; None if it does not."""
        what = f"{self.structure}: {self.measure}"
        values = f"{self.active:.3f} before, {self.candidate:.3f} now"
        if self.measure is Measure.HARMFUL:
            margin = HARMFUL_MARGIN if self.low > 0 else HARMFUL_MARGIN_OF_DOUBT
            if self.difference <= margin:
                return None
            where = " on the reference patients" if self.is_reference else ""
            return f"{what} rose{where} ({self.active:.0%} before, {self.candidate:.0%} now)"
        if self.is_reference:
            is_worse = self.difference < -REFERENCE_MARGIN
            return f"{what} fell on the reference patients ({values})" if is_worse else None
        if self.difference < -MARGIN:
            return f"{what} fell ({values})"
        if self.worst_difference < -WORST_MARGIN:
            return f"{what} fell by {-self.worst_difference:.2f} in patient {self.worst_patient}"
        if self.low < -MARGIN_OF_DOUBT:
            return f"{what} may have fallen by up to {-self.low:.3f} ({values})"
        return None


@dataclass(frozen=True, slots=True)
class RecordedWork:
    """How many of the clicks that the site itself placed both models need, for one structure.

    ``cases`` is how many held-out cases have such clicks; the others are means over them.
    """

    structure: str
    cases: int
    active: float
    candidate: float


@dataclass(frozen=True, slots=True)
class PromotionDecision:
    """What the gate decided, on what evidence.

    Attributes:
        sentence: for the user: what, why, and what to do where there is something to do.
        missing_patients: how many more held-out patients each structure needs.
        clicks_to_good: by structure, before and now.
        recorded: what the site's own clicks say; they are told and decide nothing.
    """

    verdict: Verdict
    sentence: str
    comparisons: tuple[Comparison, ...] = ()
    missing_patients: Mapping[str, int] | None = None
    clicks_to_good: Mapping[str, tuple[float, float]] | None = None
    recorded: tuple[RecordedWork, ...] = ()


def decide(
    pairs: Sequence[PatientPair],
    structures: Sequence[str],
    seed: int,
    recorded: Sequence[RecordedWork] = (),
) -> PromotionDecision:
    """Compare candidate and active model, structure by structure.

    ``structures`` are those that were trained: each needs ``MIN_PATIENTS`` held-out patients.
    ``recorded`` is told beside the reasons.
    """
    decision = _decided(pairs, structures, seed)
    sentence = decision.sentence
    if decision.verdict is not Verdict.REFUSE:
        sentence += _recorded_sentence(recorded)
    return replace(decision, sentence=sentence, recorded=tuple(recorded))


def _decided(
    pairs: Sequence[PatientPair], structures: Sequence[str], seed: int
) -> PromotionDecision:
    comparisons = compared(pairs, seed)
    clicks = clicks_to_good(pairs)
    against = _told_objections(comparisons)
    if against:
        sentence = f"The new model was refused: {_listed(against)}. The model stays as it was."
        return PromotionDecision(Verdict.REFUSE, sentence, comparisons, None, clicks)
    missing = _missing(pairs, structures)
    if missing:
        return PromotionDecision(
            Verdict.UNDECIDED, _missing_sentence(missing), comparisons, missing, clicks
        )
    gains = [line for line in comparisons if line.is_better]
    if not gains:
        sentence = (
            "The new model was refused: it is not better than the active one in anything that was "
            "measured. The model stays as it was; more or other cases may help."
        )
        return PromotionDecision(Verdict.REFUSE, sentence, comparisons, None, clicks)
    return PromotionDecision(
        Verdict.PROMOTE, _gain_sentence(gains, clicks), comparisons, None, clicks
    )


def rehearsal_objections(pairs: Sequence[PatientPair], seed: int) -> list[str]:
    """What patients other than the held-out ones let expect that the gate will refuse, as clauses.

    There are few of them, so half of what a mean may fall at the gate is enough.
    """
    comparisons = compared(pairs, seed)
    falls = [
        f"{line.structure}: {line.measure} fell by {-line.difference:.4f}"
        for line in comparisons
        if line.measure is not Measure.HARMFUL and line.difference < -MARGIN / 2
    ]
    return falls + _told_objections(comparisons)


def refused_unmeasured(reason: str) -> PromotionDecision:
    """A refusal before anything was measured; ``reason`` is a clause."""
    return PromotionDecision(
        Verdict.REFUSE, f"The new model was refused: {reason}. The model stays as it was."
    )


def compared(pairs: Sequence[PatientPair], seed: int) -> tuple[Comparison, ...]:
    """Every measure of every structure, over its patients."""
    groups: defaultdict[tuple[bool, str], list[PatientPair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.is_reference, pair.structure].append(pair)
    lines = (
        _comparison(group, measure, seed)
        for _, group in sorted(groups.items(), key=lambda item: item[0])
        for measure in Measure
    )
    return tuple(line for line in lines if line is not None)


def _comparison(pairs: Sequence[PatientPair], measure: Measure, seed: int) -> Comparison | None:
    values = [
        (pair.patient, active, candidate)
        for pair in pairs
        if (active := pair.active.value(measure)) is not None
        and (candidate := pair.candidate.value(measure)) is not None
    ]
    if not values:
        return None
    differences = [candidate - active for _, active, candidate in values]
    mean = statistics.fmean(differences)
    low, high = mean_interval(differences, seed) or (mean, mean)
    sign = -1 if measure is Measure.HARMFUL else 1
    worst = min(range(len(values)), key=lambda n: sign * differences[n])
    return Comparison(
        structure=pairs[0].structure,
        measure=measure,
        patients=len(values),
        active=statistics.fmean(active for _, active, _ in values),
        candidate=statistics.fmean(candidate for _, _, candidate in values),
        difference=mean,
        low=low,
        high=high,
        worst_patient=values[worst][0],
        worst_difference=differences[worst],
        is_reference=pairs[0].is_reference,
    )


def clicks_to_good(pairs: Sequence[PatientPair]) -> dict[str, tuple[float, float]]:
    """Mean clicks of the simulated users until the mask is good, before and now, by structure."""
    groups: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        before, now = pair.active.clicks_to_good, pair.candidate.clicks_to_good
        if not pair.is_reference and before is not None and now is not None:
            groups[pair.structure].append((before, now))
    return {
        structure: (
            statistics.fmean(before for before, _ in counts),
            statistics.fmean(now for _, now in counts),
        )
        for structure, counts in groups.items()
    }


def _told_objections(comparisons: Sequence[Comparison]) -> list[str]:
    """The first objection of each structure, and how many more there are."""
    found = [(line.structure, o) for line in comparisons if (o := line.objection()) is not None]
    told = dict(reversed(found))  # the first of a structure is the last one written
    clauses = [o for structure, o in found if told[structure] == o]
    more = len(found) - len(clauses)
    if more:
        clauses.append(f"{more} more objection{'s' if more > 1 else ''} in the report")
    return clauses


def _missing(pairs: Sequence[PatientPair], structures: Sequence[str]) -> dict[str, int]:
    missing = {}
    for structure in structures:
        patients = {p.patient for p in pairs if p.structure == structure and not p.is_reference}
        if len(patients) < MIN_PATIENTS:
            missing[structure] = MIN_PATIENTS - len(patients)
    return missing


def _missing_sentence(missing: Mapping[str, int]) -> str:
    lacks = _listed(
        [f"{number} more for the {structure}" for structure, number in missing.items()], "and"
    )
    return (
        "The new model could not be judged: there are too few approved patients in the hold-out "
        f"({lacks}; {MIN_PATIENTS} are needed). Approve more of them and compare again, or look at "
        "the report and decide yourself. Until then the model stays as it was."
    )


def _gain_sentence(
    gains: Sequence[Comparison], clicks_to_good: Mapping[str, tuple[float, float]]
) -> str:
    parts = [
        f"{line.structure}: {line.measure} rose from {line.active:.3f} to {line.candidate:.3f}"
        for line in gains
    ]
    patients = max(line.patients for line in gains)
    saved = [
        f"{structure} needs {now:.1f} clicks instead of {before:.1f}"
        for structure, (before, now) in clicks_to_good.items()
        if before - now >= CLICKS_WORTH_TELLING
    ]
    spared = f" {_listed(saved)[0].upper()}{_listed(saved)[1:]}." if saved else ""
    return (
        f"The new model is better on {patients} held-out patients, and nothing is worse: "
        f"{_listed(parts)}.{spared}"
    )


def _recorded_sentence(recorded: Sequence[RecordedWork]) -> str:
    """What the site's own clicks would have been with the new model, where that differs."""
    told = [
        f"{work.candidate:.1f} clicks instead of {work.active:.1f} for the {work.structure} "
        f"({work.cases} case{'s' if work.cases != 1 else ''})"
        for work in recorded
        if abs(work.active - work.candidate) >= CLICKS_WORTH_TELLING
    ]
    return f" Of your own clicks you would have needed {_listed(told)}." if told else ""


def _listed(parts: Sequence[str], word: str = "and") -> str:
    """Parts as one text; with clauses in between, a semicolon keeps them apart."""
    if len(parts) < 3:
        return f" {word} ".join(parts)
    return f"{'; '.join(parts[:-1])}; {word} {parts[-1]}"
