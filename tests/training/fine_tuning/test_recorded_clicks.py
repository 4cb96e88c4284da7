"""The site's own clicks, played with models that need more or fewer of them."""

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError
from imaging.structures import structure_by_name
from inference.messages import MaskProposal, StageSeconds
from training.cases.project import Project
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    ImportStep,
    ManualStep,
    Provenance,
    UndoStep,
)
from training.cases.records import LabelDraft, VersionKind
from training.fine_tuning.measuring import CasePair
from training.fine_tuning.recorded_clicks import (
    clicks_needed,
    dice_by_clicks,
    recorded_steps,
    recorded_work,
)
from training.promotion import Figures, RecordedWork

SPLEEN = structure_by_name("spleen").label_value


def click(number, structure="spleen"):
    return ClickStep(Click((float(number), 0.0, 0.0), structure, True), 10, 0.1)


class SlicesAClick:
    """Finds so many slices of the truth with every click, and as many alone."""

    def __init__(self, truth, slices):
        self._truth, self._slices = truth, slices

    def segment(self, structure):
        return self._first(structure, 1)

    def respond(self, request):
        return self._first(request.structure, len(request.clicks))

    def _first(self, structure, count):
        mask = self._truth == structure_by_name(structure).label_value
        mask[count * self._slices :] = False
        whole = tuple(slice(0, size) for size in mask.shape)
        return MaskProposal(structure, whole, mask, StageSeconds())


@pytest.fixture
def labels():
    """Ten slices of a spleen on an anisotropic grid."""
    array = np.zeros((10, 6, 8), np.uint8)
    array[:, 2:4, 3:7] = SPLEEN
    return array


def played(labels, slices, steps, automatic=("spleen",), is_cancelled=lambda: False):
    model = SlicesAClick(labels, slices)
    return dice_by_clicks(steps, labels, automatic, model, is_cancelled)


def test_the_dice_is_told_after_every_click_from_an_empty_mask_on(labels):
    found = played(labels, 5, [click(1), click(2)])
    assert found == {"spleen": (0.0, pytest.approx(2 / 3), 1.0)}


def test_an_automatic_step_costs_no_click_and_is_left_out_where_the_model_cannot(labels):
    steps = [AutomaticStep("spleen", 9, 0.1), click(1), click(2)]
    assert played(labels, 5, steps)["spleen"] == (pytest.approx(2 / 3), pytest.approx(2 / 3), 1.0)
    assert played(labels, 5, steps, automatic=())["spleen"][0] == 0.0
    assert played(labels, 5, steps[:1]) == {}


def test_it_stops_when_asked_to(labels):
    with pytest.raises(CancelledError):
        played(labels, 5, [click(1)], is_cancelled=lambda: True)


def test_a_good_mask_is_one_of_dice_090():
    assert clicks_needed((0.0, 0.5, 0.8, 0.91), (0.0, 0.92, 0.95, 0.95)) == (3.0, 1.0)
    assert clicks_needed((0.0, 0.5, 0.8), (0.0, 0.92, 0.95)) == (3.0, 1.0)  # 3 of 2: never
    assert clicks_needed((0.95, 0.96), (0.0, 0.9)) == (0.0, 1.0)


def test_where_none_gets_so_far_what_both_reach_is_good():
    assert clicks_needed((0.0, 0.5, 0.6, 0.6), (0.0, 0.7, 0.7, 0.8)) == (2.0, 1.0)


def test_the_means_over_cases_leave_out_those_without_clicks():
    some = Figures(None, {1: 0.5}, 0.5, 0.0, 2.0)
    pairs = [
        CasePair("P1", "spleen", some, some, False, (4.0, 2.0)),
        CasePair("P2", "spleen", some, some, False, (5.0, 3.0)),
        CasePair("P3", "spleen", some, some, False),
        CasePair("P1", "pancreas", some, some, False),
    ]
    assert recorded_work(pairs) == (RecordedWork("spleen", 2, 4.5, 2.5),)


def test_the_steps_of_all_versions_of_a_case_count_and_undone_ones_do_not(make_project):
    folder = make_project(train=1, validation=0, hold_out=0)
    with Project.open(folder) as project:
        (case,) = project.cases.listed()
        project.review.reopen(case.id, "once more")
        parent = project.cases.get(case.id).version_id
        stored = project.versions.read(parent)

        def save(*steps):
            nonlocal parent
            draft = LabelDraft(
                stored.labels, stored.geometry, parent_id=parent, provenance=Provenance(steps=steps)
            )
            parent = project.versions.save(case.id, VersionKind.INTERIM, draft).id
            return recorded_steps(project, parent)

        assert save(AutomaticStep("spleen", 9, 0.1), click(1), click(2), UndoStep()) == (
            AutomaticStep("spleen", 9, 0.1),
            click(1),
        )
        assert len(save(ManualStep("brush", 4), click(3))) == 3
        assert save(ImportStep("labels.nii.gz", 5), click(4)) == ()
