"""docs/exports.md says what other readers really find in our files."""

import importlib.util
import re
import shutil
from pathlib import Path

import pytest


@pytest.mark.data
@pytest.mark.slow
def test_the_table_is_up_to_date_and_every_export_is_right(shared_data):
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    spec = importlib.util.spec_from_file_location(
        "export_table", Path(__file__).with_name("export_table.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fresh = module.table(shared_data)
    rows = re.findall(r"\| (\d+) \| (\d+) \| (\d\.\d{4}) \| (\d\.\d\d) \|$", fresh, re.MULTILINE)
    assert len(rows) == 14
    for errors, differing, dice, distance_voxels in rows:
        assert (errors, differing) == ("0", "0")
        assert float(dice) >= 0.99
        assert float(distance_voxels) <= 0.5
    assert fresh == module.TABLE.read_text(encoding="utf-8")
