"""Segmenting the new cases of a project: resumable, stoppable, and not stopped by a bad case."""

import numpy as np
import pytest

from app.segment_project import ProjectSegmenter, segment_new_cases
from imaging.errors import EngineError
from imaging.structures import structure_by_name
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.provenance import ModelUsed
from training.cases.records import CaseSource, CaseStatus, NewCase, SourceKind, VersionKind

MODEL = ModelUsed("fake", "1.0", "ab" * 32)


@pytest.fixture
def project(tmp_path, ball_ct):
    """Three new cases, added without the time to decode them."""
    with Project.create(tmp_path / "study", author="Anna") as opened:
        for n in range(3):
            path = tmp_path / f"ct {n}.nii.gz"
            ct = Volume(ball_ct.array + np.int16(n), ball_ct.geometry)
            write_volume_file(path, ct)
            source = CaseSource(SourceKind.FILE, path, content_sha256(ct.array, ct.geometry))
            opened.cases.add(NewCase(f"ct {n}", source, ct.geometry, f"patient {n}"))
        yield opened


@pytest.fixture
def segmenter(predictor):
    return ProjectSegmenter(MODEL, (structure_by_name("spleen"),), lambda _volume: predictor)


def test_every_new_case_gets_an_automatic_version(project, segmenter):
    done = []

    report = segment_new_cases(project, segmenter, on_done=lambda case, _v: done.append(case.name))

    assert done == ["ct 0", "ct 1", "ct 2"]
    assert (report.left_out, report.problems, report.was_cancelled) == (0, (), False)
    for case, version in report.done:
        assert version.kind is VersionKind.AUTOMATIC
        assert version.provenance.model == MODEL
        assert version.provenance.engine == "Fake engine on no device"
        assert version.provenance.steps[0].voxels_changed == 125
        labels = project.versions.read(version.id).labels
        assert (labels[2:7, 2:7, 2:7] == 1).all()
        assert project.cases.get(case.id).status is CaseStatus.NEW


def test_cases_that_have_labels_are_left_as_they_are(project, segmenter):
    segment_new_cases(project, segmenter)

    again = segment_new_cases(project, segmenter)

    assert again.done == ()
    assert again.left_out == 3
    assert [case.version_count for case in project.cases.listed()] == [1, 1, 1]


def test_cancelling_inside_of_a_case_keeps_the_finished_ones_only(project, segmenter, predictor):
    is_stopped = []
    done = []

    def stop_in_the_second_case():
        if done:
            is_stopped.append(True)

    predictor.while_segmenting = stop_in_the_second_case
    report = segment_new_cases(
        project,
        segmenter,
        is_cancelled=lambda: bool(is_stopped),
        on_done=lambda case, _version: done.append(case),
    )

    assert report.was_cancelled
    assert [case.version_count for case in project.cases.listed()] == [1, 0, 0]
    predictor.while_segmenting = lambda: None
    assert len(segment_new_cases(project, segmenter).done) == 2


def test_a_case_that_fails_is_listed_and_the_others_are_done(project, predictor):
    made = []

    def make(_volume):
        made.append(True)
        broken = type(predictor)(_volume)
        broken.error = EngineError("The engine is out of memory.") if len(made) == 2 else None
        return broken

    segmenter = ProjectSegmenter(MODEL, (structure_by_name("spleen"),), make)
    (project.folder.parent / "ct 2.nii.gz").unlink()

    report = segment_new_cases(project, segmenter)

    assert [case.name for case, _ in report.done] == ["ct 0"]
    assert [problem.name for problem in report.problems] == ["ct 1", "ct 2"]
    assert "out of memory" in report.problems[0].sentence
    assert "relink" in report.problems[1].sentence


def test_progress_grows_over_all_cases(project, segmenter):
    shares = []

    segment_new_cases(project, segmenter, report_progress=lambda share, _t: shares.append(share))

    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_excluded_cases_are_left_out(project, segmenter):
    project.review.exclude(project.cases.find("ct 1").id, "moved during the scan")

    report = segment_new_cases(project, segmenter)

    assert [case.name for case, _ in report.done] == ["ct 0", "ct 2"]
