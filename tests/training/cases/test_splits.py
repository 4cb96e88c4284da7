import pytest

from imaging.errors import CaseError
from training.cases.project import Project
from training.cases.records import ProjectSettings, Split, SplitShares


def add_patients(project, add_case, count, *, first=0, cases_each=1):
    for patient in range(first, first + count):
        for n in range(cases_each):
            add_case(project, f"p{patient} ct{n}", patient=f"patient {patient}")


def splits_of(project):
    return {case.name: case.split for case in project.cases.listed()}


def test_patients_are_shared_out_as_asked(project, add_case):
    add_patients(project, add_case, 20)
    report = project.splits.draw(SplitShares(70, 15, 15), seed=3)
    assert [count.patients for count in report.counts] == [14, 3, 3]
    assert (report.new_patients, report.undrawn_patients) == (20, 0)


def test_the_cts_of_one_patient_stay_together(project, add_case):
    add_patients(project, add_case, 8, cases_each=3)
    project.splits.draw(SplitShares(1, 1, 1))
    by_patient = {}
    for name, split in splits_of(project).items():
        by_patient.setdefault(name.split()[0], set()).add(split)
    assert all(len(splits) == 1 for splits in by_patient.values())
    assert len(set.union(*by_patient.values())) == 3


def test_splits_are_drawn_once_and_frozen(project, add_case):
    add_patients(project, add_case, 5)
    project.splits.draw()
    before = splits_of(project)
    assert project.splits.is_drawn
    with pytest.raises(CaseError, match="drawn already"):
        project.splits.draw(seed=9)
    assert splits_of(project) == before


def test_extending_assigns_new_patients_and_moves_nobody(project, add_case):
    add_patients(project, add_case, 10)
    project.splits.draw(SplitShares(60, 20, 20), seed=1)
    before = splits_of(project)
    add_patients(project, add_case, 10, first=10)
    add_case(project, "p0 later", patient="patient 0")
    assert project.splits.report().undrawn_patients == 10
    report = project.splits.extend()
    after = splits_of(project)
    assert {name: after[name] for name in before} == before
    assert after["p0 later"] is before["p0 ct0"]
    assert [count.patients for count in report.counts] == [12, 4, 4]
    assert report.new_patients == 10
    assert project.splits.extend().new_patients == 0


def test_the_draw_depends_on_patients_and_seed_and_not_on_the_order_of_adding(tmp_path, add_case):
    drawn = []
    for turn, names in enumerate((range(12), reversed(range(12)))):
        with Project.create(tmp_path / str(turn) / "p") as project:
            key_of = {}
            for n in names:
                case = add_case(project, f"case {n}", patient=f"{n}")
                key_of[case.patient_key] = case.name
            with project.database.write() as connection:
                for key, name in key_of.items():  # salts differ between projects
                    connection.execute(
                        "UPDATE cases SET patient_key = ? WHERE patient_key = ?", (name, key)
                    )
            project.splits.draw(seed=5)
            drawn.append(splits_of(project))
    assert drawn[0] == drawn[1]


def test_another_seed_draws_other_patients(tmp_path, add_case):
    drawn = set()
    for seed in range(6):
        with Project.create(tmp_path / str(seed) / "p") as project:
            with project.database.write() as connection:
                connection.execute("UPDATE settings SET value = 'same' WHERE name = 'patient_salt'")
            add_patients(project, add_case, 10)
            project.splits.draw(SplitShares(50, 0, 50), seed=seed)
            drawn.add(tuple(splits_of(project).values()))
    assert len(drawn) > 1


def test_what_a_data_set_states_is_frozen_and_counts_in_the_draw(project, add_case):
    add_patients(project, add_case, 10)
    keys = [case.patient_key for case in project.cases.listed()]
    for key in keys[:3]:
        assert project.splits.assign(key, Split.HOLD_OUT) is Split.HOLD_OUT
    assert project.splits.assign(keys[0], Split.TRAIN) is Split.HOLD_OUT

    report = project.splits.draw(SplitShares(50, 20, 30))

    assert [count.patients for count in report.counts] == [5, 2, 3]
    assert all(case.split is Split.HOLD_OUT for case in project.cases.listed()[:3])


def test_a_share_of_nothing_gets_nobody(project, add_case):
    add_patients(project, add_case, 7)
    project.splits.draw(SplitShares(0.8, 0.0, 0.2))
    assert Split.VALIDATION not in splits_of(project).values()


def test_excluded_patients_wait_until_they_are_reopened(project, add_case):
    add_patients(project, add_case, 3)
    project.review.exclude(1, "no contrast")
    project.splits.draw()
    assert project.cases.get(1).split is None
    project.review.reopen(1)
    project.splits.extend()
    assert project.cases.get(1).split is not None


def test_the_settings_hold_the_usual_shares(project, add_case):
    project.change_settings(ProjectSettings("s", shares=SplitShares(0, 0, 1)))
    add_patients(project, add_case, 3)
    project.splits.draw()
    assert set(splits_of(project).values()) == {Split.HOLD_OUT}


def test_nothing_is_drawn_from_nobody_and_nothing_extended_before_the_draw(project):
    with pytest.raises(CaseError, match="Add cases first"):
        project.splits.draw()
    assert not project.splits.is_drawn
    with pytest.raises(CaseError, match="Draw them first"):
        project.splits.extend()


@pytest.mark.parametrize("shares", [(0, 0, 0), (-1, 1, 1), (float("nan"), 1, 1)])
def test_shares_that_share_nothing_out_are_refused(shares):
    with pytest.raises(ValueError, match="shares"):
        SplitShares(*shares)
