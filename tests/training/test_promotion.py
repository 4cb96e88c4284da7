import pytest

from training.promotion import (
    Figures,
    Measure,
    PatientPair,
    RecordedWork,
    Verdict,
    decide,
    refused_unmeasured,
    rehearsal_objections,
)


def figures(dice, automatic=None, harmful=0.1, surface=None, clicks=2.0):
    by_clicks = {1: dice - 0.02, 3: dice, 5: dice + 0.02}
    return Figures(automatic, by_clicks, dice if surface is None else surface, harmful, clicks)


def pairs(changes, structure="spleen", active=0.8, *, is_reference=False, **candidate):
    """One patient for each change of the Dice."""
    return [
        PatientPair(
            f"P{n}",
            structure,
            figures(active),
            figures(active + change, **candidate),
            is_reference,
        )
        for n, change in enumerate(changes)
    ]


BETTER = [0.04, 0.05, 0.03, 0.06, 0.05]


def test_a_candidate_that_is_better_in_all_patients_is_promoted():
    decision = decide(pairs(BETTER, clicks=1.5), ["spleen"], seed=0)
    assert decision.verdict is Verdict.PROMOTE
    assert "rose from 0.800 to 0.846" in decision.sentence
    assert "Spleen needs 1.5 clicks instead of 2.0." in decision.sentence
    assert decision.clicks_to_good == {"spleen": (2.0, 1.5)}


def test_a_rehearsal_is_stricter_than_the_gate():
    falls = pairs([-0.003, -0.003])
    (told,) = {one for one in rehearsal_objections(falls, seed=0) if "clicks" in one}
    assert told == "spleen: mean Dice after clicks fell by 0.0030"
    assert "fell" not in decide(falls, ["spleen"], seed=0).sentence
    assert rehearsal_objections(pairs([-0.002, -0.002]), seed=0) == []


def test_no_change_is_no_reason_to_promote():
    decision = decide(pairs([0.0] * 6), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "not better" in decision.sentence


def test_a_gain_that_may_be_chance_is_none():
    decision = decide(pairs([0.03, -0.01, 0.03, -0.01, 0.0]), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "not better" in decision.sentence


def test_a_gain_of_one_organ_does_not_pay_for_another():
    both = [*pairs(BETTER), *pairs([-0.01] * 5, "pancreas")]
    decision = decide(both, ["spleen", "pancreas"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "pancreas: mean Dice after clicks fell (0.800 before, 0.790 now)" in decision.sentence


def test_a_patient_who_loses_much_outweighs_the_mean():
    decision = decide(pairs([0.1, 0.1, 0.1, 0.1, 0.1, -0.15]), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "fell by 0.15 in patient P5" in decision.sentence


def test_a_mean_that_may_hide_a_loss_is_doubted():
    decision = decide(pairs([0.09, -0.08, 0.07, -0.07, 0.01]), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "may have fallen by up to" in decision.sentence


def test_more_harmful_clicks_are_no_bargain():
    decision = decide(pairs(BETTER, harmful=0.2), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "share of harmful clicks rose (10% before, 20% now)" in decision.sentence
    assert "more" not in decision.sentence.partition("now)")[2]


def test_one_harmful_click_more_in_a_few_patients_is_chance():
    base = pairs(BETTER)
    reference = pairs([0.01, 0.01], is_reference=True)
    odd = pairs([0.01], is_reference=True, harmful=0.2)
    decision = decide([*base, *reference, *odd], ["spleen"], seed=0)
    assert decision.verdict is Verdict.PROMOTE


def test_many_harmful_clicks_in_one_of_a_few_reference_patients_are_none():
    reference = pairs([0.01, 0.01], is_reference=True)
    odd = pairs([0.01], is_reference=True, harmful=0.5)
    decision = decide([*pairs(BETTER), *reference, *odd], ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "rose on the reference patients (10% before, 23% now)" in decision.sentence


def test_a_worse_surface_is_refused_even_where_the_dice_rises():
    decision = decide(pairs(BETTER, surface=0.7), ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "surface Dice at 2 mm fell" in decision.sentence


def test_a_worse_automatic_mask_is_refused_even_where_clicks_are_better():
    worse = [
        PatientPair(f"P{n}", "spleen", figures(0.8, 0.9), figures(0.85, 0.88)) for n in range(6)
    ]
    decision = decide(worse, ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "Dice without a click fell (0.900 before, 0.880 now)" in decision.sentence


def test_too_few_patients_are_counted_and_a_person_is_asked():
    few = [*pairs(BETTER), *pairs([0.05, 0.05], "pancreas")]
    decision = decide(few, ["spleen", "pancreas", "liver"], seed=0)
    assert decision.verdict is Verdict.UNDECIDED
    assert decision.missing_patients == {"pancreas": 3, "liver": 5}
    assert "3 more for the pancreas and 5 more for the liver" in decision.sentence


def test_several_cases_of_a_patient_do_not_make_several_patients():
    one = pairs([0.05])
    decision = decide(one * 6, ["spleen"], seed=0)
    assert decision.verdict is Verdict.UNDECIDED
    assert decision.missing_patients == {"spleen": 4}


def test_harm_is_refused_also_where_there_are_too_few_patients():
    assert decide(pairs([-0.2, -0.1]), ["spleen"], seed=0).verdict is Verdict.REFUSE


def test_reference_patients_forbid_but_never_prove():
    reference = pairs([-0.05] * 3, "pancreas", is_reference=True)
    decision = decide([*pairs(BETTER), *reference], ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE
    assert "pancreas: mean Dice after clicks fell on the reference patients" in decision.sentence
    only_reference = pairs(BETTER, is_reference=True)
    decision = decide([*pairs([0.0] * 5), *only_reference], ["spleen"], seed=0)
    assert decision.verdict is Verdict.REFUSE


def test_each_line_of_the_report_names_patients_interval_and_worst():
    lines = decide(pairs(BETTER), ["spleen"], seed=0).comparisons
    line = next(line for line in lines if line.measure is Measure.CLICKS)
    assert line.patients == 5
    assert line.difference == pytest.approx(0.046)
    assert 0.03 < line.low < 0.046 < line.high < 0.06
    assert (line.worst_patient, line.worst_difference) == ("P2", pytest.approx(0.03))


def test_one_objection_a_structure_is_told_and_the_others_counted():
    bad = [*pairs([-0.2] * 5), *pairs([-0.2] * 5, "liver"), *pairs([-0.2] * 5, "pancreas")]
    sentence = decide(bad, ["spleen"], seed=0).sentence
    assert all(name in sentence for name in ("spleen", "liver", "pancreas"))
    assert sentence.count("fell") == 3
    assert "; and 3 more objections in the report. The model stays" in sentence


def test_a_candidate_can_be_refused_before_it_is_measured():
    decision = refused_unmeasured("its weights are not finite")
    assert decision.verdict is Verdict.REFUSE
    assert decision.sentence.startswith("The new model was refused: its weights are not finite.")


def test_the_sites_own_clicks_are_told_and_decide_nothing():
    fewer = RecordedWork("spleen", 6, 4.6, 2.1)
    same = RecordedWork("pancreas", 1, 3.0, 3.0)
    decision = decide(pairs(BETTER), ["spleen"], 0, [fewer, same])
    assert decision.sentence.endswith(
        "Of your own clicks you would have needed 2.1 clicks instead of 4.6 for the spleen "
        "(6 cases)."
    )
    assert decision.recorded == (fewer, same)
    refused = decide(pairs([0.0] * 6), ["spleen"], 0, [fewer])
    assert refused.verdict is Verdict.REFUSE
    assert "own clicks" not in refused.sentence
    assert "own clicks" in decide(pairs(BETTER[:2]), ["spleen"], 0, [fewer]).sentence
