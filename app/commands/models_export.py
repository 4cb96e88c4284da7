"""`maskwright models export`: a model as a MONAI bundle, as ONNX, or as a package of ours."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import typer

from app.bootstrap import model_store
from imaging.errors import ModelError
from imaging.writers.atomic_file import whole_file
from imaging.writers.atomic_folder import whole_folder
from inference.model_package import MANIFEST, ModelPackage
from inference.model_versions import check_files, file_hashes
from training.conversion.bundle_export import export_bundle


def export_model(model: str, out: Path, form: str, as_json: bool) -> None:
    """Write a model to the folder ``out``, or to an archive where it ends in .zip."""
    package = model_store().find(model)
    check_files(package)
    write = {"bundle": export_bundle, "onnx": _export_onnx, "package": _export_package}[form]
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    if out.suffix.lower() == ".zip":
        _write_zip(package, out, write)
    else:
        write(package, out)
    if as_json:
        typer.echo(json.dumps({"id": package.id, "format": form, "path": str(out)}))
    else:
        typer.echo(f"{package.id} {package.version} was written to {out} ({form}).")


def _export_onnx(package: ModelPackage, folder: Path) -> None:
    """The networks, and the manifest, which says what goes in and what comes out."""
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    names = [name for name, _ in file_hashes(manifest) if name.endswith(".onnx")]
    if not names:
        raise ModelError(f"{package.id} has no network in ONNX form.")
    with whole_folder(folder) as part:
        for name in dict.fromkeys((*names, MANIFEST)):
            shutil.copyfile(package.folder / name, part / name)


def _export_package(package: ModelPackage, folder: Path) -> None:
    with whole_folder(folder) as part:
        shutil.copytree(package.folder, part, dirs_exist_ok=True)


def _write_zip(
    package: ModelPackage, out: Path, write: Callable[[ModelPackage, Path], None]
) -> None:
    with tempfile.TemporaryDirectory(prefix="maskwright-") as place:
        folder = Path(place) / package.id
        write(package, folder)
        with whole_file(out, ".zip") as target, zipfile.ZipFile(target, "w") as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(place))
