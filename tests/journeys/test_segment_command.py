"""`maskwright segment` with the shipped model, as a user runs it: a process of its own."""

import json
import subprocess
import sys

import nibabel
import numpy as np
import pytest

from imaging.click_file import write_clicks
from imaging.clicks import Click
from imaging.measures import inner_point_lps
from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_volume_file

pytestmark = pytest.mark.slow

LIMIT_S = 240


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKWRIGHT_HOME", str(tmp_path / "home"))

    def run(*arguments):
        command = [sys.executable, "-m", "app", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)

    return run


def test_clicks_alone_segment_an_organ_on_the_cts_own_grid(run, tmp_path):
    phantom = make_phantom(3, shape=(40, 128, 128))
    geometry = phantom.volume.geometry
    pancreas = structure_by_name("pancreas")
    truth = phantom.labels == pancreas.label_value
    point_lps = inner_point_lps(truth, geometry)
    ct, clicks, out = tmp_path / "ct.nii.gz", tmp_path / "clicks.json", tmp_path / "mask.nii.gz"
    report_file = tmp_path / "report.json"
    write_volume_file(ct, phantom.volume)
    write_clicks(clicks, (Click(point_lps, "pancreas", is_foreground=True),), geometry)

    arguments = ("segment", ct, "-o", out, "--structure", "pancreas", "--clicks", clicks)
    result = run(*arguments, "--json", report_file)

    assert result.returncode == 0, result.stderr
    mask, image = nibabel.load(out), nibabel.load(ct)
    assert np.allclose(mask.affine, image.affine, atol=1e-6)
    labels = np.asarray(mask.dataobj).T
    assert labels[geometry.nearest_index(point_lps)] == pancreas.label_value
    assert set(np.unique(labels)) == {0, pancreas.label_value}
    report = json.loads(report_file.read_text(encoding="utf-8"))
    assert report["seconds"]["network"] > 0
    assert "CPU" in report["device"] or "CUDA" in report["device"]
    assert report["volumes_ml"]["pancreas"] > 0


def test_a_ct_that_is_cut_short_is_one_sentence_and_no_mask(run, tmp_path):
    phantom = make_phantom(3, shape=(10, 32, 32))
    ct, out = tmp_path / "ct.nii.gz", tmp_path / "mask.nii.gz"
    write_volume_file(ct, phantom.volume)
    ct.write_bytes(ct.read_bytes()[:2000])

    result = run("segment", ct, "-o", out)

    assert result.returncode == 1
    assert result.stderr.startswith("maskwright: ct.nii.gz")
    assert result.stderr.count("\n") == 1
    assert not out.exists()
