"""docs/dicom-table.md says what really becomes of the open data."""

import importlib.util
import re
from pathlib import Path

import pytest


@pytest.mark.data
@pytest.mark.slow
def test_the_table_is_up_to_date_and_every_affine_is_right(shared_data):
    spec = importlib.util.spec_from_file_location(
        "dicom_table", Path(__file__).with_name("dicom_table.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fresh = module.table(shared_data)
    errors_mm = [float(number) for number in re.findall(r"\| (\d\.\de[+-]\d\d) \|", fresh)]
    assert len(errors_mm) > 20
    assert max(errors_mm) < 1e-4
    assert fresh == module.TABLE.read_text(encoding="utf-8")
