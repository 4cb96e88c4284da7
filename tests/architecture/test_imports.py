"""Who may import whom, checked from outside: by import-linter and in fresh processes."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "imaging", "inference", "resources", "training", "viewer")
TOOLKITS = {"PySide6", "vtkmodules", "vtk", "pyvista", "pyvistaqt"}
MAY_IMPORT_QT = ("app/gui/", "viewer/widgets/", "app/commands/window.py")
"""Windows, widgets and start-up."""
NETWORK_LIBRARIES = {"torch", "monai", "onnxruntime", "ignite"}


def modules_of(package: str) -> list[str]:
    """Dotted names of all modules in a package's folder."""
    files = sorted((PROJECT / package.replace(".", "/")).rglob("*.py"))
    parts = [file.relative_to(PROJECT).with_suffix("").parts for file in files]
    return [".".join(p[:-1] if p[-1] == "__init__" else p) for p in parts if p[-1] != "__main__"]


def libraries_after_importing(modules: list[str]) -> set[str]:
    """Top-level names in ``sys.modules`` of a fresh process that imported these modules."""
    script = (
        "import importlib, json, sys\n"
        "for name in json.loads(sys.argv[1]): importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(modules)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def libraries_named_in(file: Path) -> set[str]:
    """Top-level names of all modules that a file imports, at whatever depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").partition(".")[0])
    return names


def test_the_import_contracts_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_imaging_loads_no_toolkit_and_no_network_library():
    loaded = libraries_after_importing(modules_of("imaging"))
    assert "imaging" in loaded
    assert not loaded & (TOOLKITS | NETWORK_LIBRARIES)


@pytest.mark.parametrize("package", ["inference", "app.controllers"])
def test_what_has_no_window_loads_no_toolkit(package):
    modules = modules_of(package)
    assert modules, f"{package} has no modules: the test looks in the wrong place"
    assert not libraries_after_importing(modules) & TOOLKITS


def test_scenes_load_no_qt():
    assert not libraries_after_importing(modules_of("viewer.scenes")) & {"PySide6", "pyvistaqt"}


def test_only_windows_widgets_and_start_up_import_qt():
    users = {
        str(file.relative_to(PROJECT))
        for package in PACKAGES
        for file in (PROJECT / package).rglob("*.py")
        if "PySide6" in libraries_named_in(file)
    }
    assert users
    assert not {file for file in users if not file.startswith(MAY_IMPORT_QT)}


def test_opening_the_window_loads_neither_torch_nor_monai():
    modules = [*modules_of("app"), *modules_of("viewer"), *modules_of("inference")]
    loaded = libraries_after_importing(modules)
    assert "PySide6" in loaded
    assert not loaded & {"torch", "monai", "ignite"}
