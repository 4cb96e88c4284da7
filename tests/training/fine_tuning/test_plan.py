import numpy as np
import pytest

from imaging.errors import JobError
from training.cases.project import Project
from training.cases.records import Split
from training.fine_tuning.plan import (
    check_can_learn,
    held_out_cases,
    load_plan,
    make_plan,
    save_plan,
)


def plan_of(folder, included=()):
    with Project.open_to_read(folder) as project:
        return make_plan(project, included, lambda _share, _text: None, lambda: False)


def nothing_in_training(labels, split):
    return np.zeros_like(labels) if split is Split.TRAIN else labels


def mirrored(labels, split):
    return labels[:, :, ::-1].copy() if split is Split.TRAIN else labels


def test_approved_cases_are_used_by_their_frozen_splits(make_project):
    plan = plan_of(make_project(train=2, validation=1, hold_out=3))
    assert [len(plan.of(split)) for split in Split] == [2, 1, 3]
    assert plan.trained_structures == ("spleen",)
    assert plan.held_back == ()
    assert len({case.patient for case in plan.cases}) == 6


def test_labels_on_the_wrong_side_are_held_back_until_somebody_says_otherwise(make_project):
    folder = make_project(train=2, spoil=mirrored, reason="")
    with pytest.raises(JobError, match=r"2 are held back.*patient's right half"):
        plan_of(folder)
    plan = plan_of(folder, included=(1,))
    assert [case.case_id for case in plan.of(Split.TRAIN)] == [1]
    assert [one.case_id for one in plan.held_back] == [2]


def test_a_reason_at_the_approval_counts_as_a_decision(make_project):
    assert plan_of(make_project(spoil=mirrored, reason="Situs inversus.")).held_back == ()


def test_empty_labels_teach_nothing(make_project):
    with pytest.raises(JobError, match="no approved case in the train split"):
        plan_of(make_project(spoil=nothing_in_training))


def test_what_cannot_be_learnt_from_is_refused_without_a_look_at_a_ct(make_project, tmp_path):
    folder = make_project(train=1, validation=0, hold_out=1)
    (tmp_path / "patient_0.nii.gz").unlink()
    with Project.open(folder) as project:
        check_can_learn(project)
        project.review.reopen(1)
        with pytest.raises(JobError, match="no approved case in the train split"):
            check_can_learn(project)


def test_cases_that_are_not_approved_are_left_alone(make_project):
    folder = make_project()
    with Project.open(folder) as project:
        project.review.reopen(1)
    assert 1 not in {case.case_id for case in plan_of(folder).cases}


def test_a_ct_that_has_gone_is_held_back_by_name(make_project, tmp_path):
    folder = make_project()
    (tmp_path / "patient_0.nii.gz").unlink()
    plan = plan_of(folder)
    assert [one.case for one in plan.held_back] == ["patient 0"]
    assert "is not at" in plan.held_back[0].sentence


def test_a_plan_that_was_kept_comes_back_and_a_damaged_one_does_not(make_project, tmp_path):
    plan = plan_of(make_project())
    file = tmp_path / "plan.json"
    save_plan(plan, file)
    assert load_plan(file) == plan
    file.write_text(file.read_text()[:50])
    assert load_plan(file) is None
    assert load_plan(tmp_path / "none.json") is None


def test_held_out_cases_are_those_that_are_approved_and_held_out(make_project):
    folder = make_project(train=1, validation=1, hold_out=2)
    with Project.open(folder) as project:
        held_out = held_out_cases(project)
        assert [case.split for case in held_out] == [Split.HOLD_OUT] * 2
        assert all(case.structures == ("spleen",) for case in held_out)
        for case in held_out:
            project.review.reopen(case.case_id, "once more")
        with pytest.raises(JobError, match="no approved case in the hold-out"):
            held_out_cases(project)
