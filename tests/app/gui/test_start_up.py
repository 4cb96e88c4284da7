import subprocess
import sys

import pytest

pytestmark = pytest.mark.gui


def modules_after(statement):
    program = f"import sys; {statement}; print(' '.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_the_first_picture_waits_neither_for_vtk_nor_for_scipy():
    modules = modules_after("import app.gui.application, app.bootstrap")

    assert "PySide6" in modules
    assert not modules & {"vtkmodules", "scipy", "SimpleITK", "onnxruntime"}


def test_the_whole_window_never_loads_torch():
    modules = modules_after(
        "import app.gui.application, app.gui.view_logic, app.case_files, inference.click_session"
    )

    assert "vtkmodules" in modules
    assert not modules & {"torch", "monai", "ignite"}
