"""`maskwright bundle ...` and `maskwright datalist`: MONAI's bundle commands in fewer words."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import typer

from imaging.errors import EngineError, ModelError, UnreadableFileError
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.writers.volume_file import write_volume_file
from training.bundles import commands
from training.bundles.folder import BundleFolder, copy_bundle, shipped_bundles
from training.bundles.process import run
from training.datalist import make_data_list, write_data_list

FIRST_NETWORK = "dynunet"
"""What the configurations of the DeepEdit bundles name; any other network is a variant."""

MASK_ENDING = "_trans.nii.gz"


@dataclass(frozen=True, slots=True)
class InferenceTarget:
    """What to segment, with what, and where results go; one of ``data`` and ``image`` is set."""

    data: Path | None
    image: Path | None
    clicks: Path | None
    out: Path | None
    pictures: Path | None
    is_tensorrt: bool = False


def split_data(folder: Path, output: Path, train_size: int | None) -> None:
    """Write a data list."""
    lists = make_data_list(folder, train_size)
    write_data_list(output, lists)
    counts = ", ".join(f"{len(cases)} {name}" for name, cases in lists.items())
    typer.echo(f"{output}: {counts}")


def list_shipped(*, as_json: bool) -> None:
    """Print the shipped bundles and what they do."""
    tasks = {bundle.root.name: bundle.metadata["task"] for bundle in shipped_bundles()}
    if as_json:
        typer.echo(json.dumps([{"name": name, "task": task} for name, task in tasks.items()]))
        return
    width = max(map(len, tasks))
    for name, task in tasks.items():
        typer.echo(f"{name:<{width}}  {task}")


def make(name: str, folder: Path, network: str | None, labels: str | None) -> None:
    """Copy a shipped bundle, with another network or other structures if wanted."""
    other_network = network if network != FIRST_NETWORK else None
    variants = tuple(variant for variant in (labels, other_network) if variant)
    made = copy_bundle(name, folder, variants)
    typer.echo(
        f"{name} is in {folder}; docs/README.md there says what it is. "
        f"Train it: maskwright bundle train {folder} --data DIR"
    )
    if commands.takes_clicks(made):
        typer.echo("It takes clicks once it is trained.")


def train_bundle(
    folder: Path,
    data: Path,
    epochs: int | None,
    processes: int,
    settings: Sequence[str],
    *,
    resume: bool,
) -> None:
    """Train, and say where the weights are."""
    bundle = BundleFolder.at(folder)
    _check_data(data)
    overrides = ({"epochs": str(epochs)} if epochs else {}) | parse_settings(settings)
    run(commands.train(bundle, data, overrides, processes=processes, resume=resume))
    if not bundle.weights.is_file():
        raise ModelError(
            f"{bundle.root.name} trained, but was never validated, so no weights were chosen. "
            "Train for more epochs, or validate more often: --set val_interval=1"
        )
    typer.echo(f"The best weights are in {bundle.weights}. TensorBoard reads {bundle.root}/eval.")


def evaluate_bundle(folder: Path, data: Path, processes: int, settings: Sequence[str]) -> None:
    """Evaluate, and print the metrics."""
    bundle = BundleFolder.at(folder)
    _check_data(data)
    run(commands.evaluate(bundle, data, parse_settings(settings), processes=processes))
    table = bundle.root / "eval" / "metrics.csv"
    if table.is_file():
        typer.echo(table.read_text(encoding="utf-8").strip())


def segment(folder: Path, target: InferenceTarget, settings: Sequence[str]) -> None:
    """Segment one CT or a folder of them, and draw the results if wanted."""
    bundle = BundleFolder.at(folder)
    if (target.data is None) == (target.image is None):
        raise UnreadableFileError("Say what to segment: either --data DIR or --image CT.")
    if target.clicks is not None and target.image is None:
        raise UnreadableFileError("Clicks belong to one CT: name it by --image CT.")
    if target.is_tensorrt:
        _check_tensorrt("Running a TensorRT file")
    out = target.out or bundle.root / "eval"
    with tempfile.TemporaryDirectory() as scratch:
        if target.image is not None:
            where = {"image": str(_as_nifti(target.image, Path(scratch)))}
        else:
            assert target.data is not None
            where = {"dataset_dir": str(target.data.resolve())}
        command = commands.infer(
            bundle,
            where,
            parse_settings(settings),
            clicks=target.clicks,
            out=out,
            is_tensorrt=target.is_tensorrt,
        )
        started = {path: path.stat().st_mtime_ns for path in _masks(out)}
        run(command)
        written = [p for p in _masks(out) if p.stat().st_mtime_ns != started.get(p)]
    for mask in written:
        typer.echo(f"{mask}")
    if target.pictures is not None:
        _draw(bundle, target, written)


def search_topology(folder: Path, data: Path, processes: int, settings: Sequence[str]) -> None:
    """Search, and say where the topology is."""
    bundle = BundleFolder.at(folder)
    _check_data(data)
    run(commands.search(bundle, data, parse_settings(settings), processes=processes))
    typer.echo(f"The topology is in {bundle.root}/models/search_code.pt. Train it now.")


def verify_bundle(folder: Path, settings: Sequence[str]) -> None:
    """Check metadata and network."""
    bundle = BundleFolder.at(folder)
    run(commands.verify_metadata(bundle))
    run(commands.verify_network(bundle, parse_settings(settings)))
    typer.echo(f"{bundle.root.name}: metadata and network agree.")


def export_bundle(folder: Path, form: str, precision: str, settings: Sequence[str]) -> None:
    """Export the trained network."""
    bundle = BundleFolder.at(folder)
    overrides = parse_settings(settings)
    if form == "torchscript":
        run(commands.export_torchscript(bundle, overrides))
        written = "model.ts"
    elif form == "onnx":
        run(commands.export_onnx(bundle, overrides))
        written = "model.onnx"
    else:
        _check_tensorrt("Making a TensorRT file")
        run(commands.export_tensorrt(bundle, precision, overrides))
        written = "model_trt.ts"
    typer.echo(f"{bundle.root}/models/{written}")


def parse_settings(texts: Sequence[str]) -> dict[str, str]:
    """``KEY=VALUE`` texts as a mapping.

    Raises:
        ModelError: a text is not of that form.
    """
    pairs = [text.partition("=") for text in texts]
    for text, (key, sign, _) in zip(texts, pairs, strict=True):
        if not (key and sign):
            raise ModelError(f"--set {text} is not of the form KEY=VALUE.")
    return {key: value for key, _, value in pairs}


def _check_data(folder: Path) -> None:
    if not (folder / "imagesTr").is_dir() or not (folder / "labelsTr").is_dir():
        raise UnreadableFileError(
            f"{folder} has no folders imagesTr and labelsTr, so it holds no labelled CTs in "
            "Decathlon layout. `maskwright sample DIR --count 5` writes an example."
        )


def _check_tensorrt(what: str) -> None:
    """Say beforehand what MONAI says only after loading everything."""
    has_gpu = shutil.which("nvidia-smi") is not None and (
        subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode == 0
    )
    if not has_gpu:
        raise EngineError(
            f"{what} needs an NVIDIA GPU, and this computer has none. "
            "Export ONNX instead (--format onnx); Maskwright makes a TensorRT engine of it where "
            "there is a GPU."
        )
    if find_spec("torch_tensorrt") is None:
        raise EngineError(
            f"{what} needs torch_tensorrt, which is not installed. "
            "Install it (pip install torch-tensorrt), or export ONNX (--format onnx)."
        )


def _as_nifti(image: Path, scratch: Path) -> Path:
    """The CT as a file that MONAI reads; a NIfTI file is one already."""
    if image.name.endswith((".nii", ".nii.gz")) and image.is_file():
        return image.resolve()
    copy = scratch / f"{image.stem or 'ct'}.nii.gz"
    write_volume_file(copy, open_volume(image))
    return copy


def _masks(out: Path) -> list[Path]:
    return sorted(out.glob(f"*/*{MASK_ENDING}"))


def _draw(bundle: BundleFolder, target: InferenceTarget, masks: Sequence[Path]) -> None:
    from training.bundles.pictures import draw_slices

    assert target.pictures is not None
    channels = bundle.metadata["network_data_format"]["outputs"]["pred"]["channel_def"]
    names = [channels[str(number)] for number in range(len(channels))]
    for mask in masks:
        name = mask.name.removesuffix(MASK_ENDING)
        volume = open_volume(target.image or _image_named(target.data, name))
        picture = target.pictures / f"{name}.png"
        draw_slices(picture, volume, open_label_map(mask, volume.geometry), names)
        typer.echo(f"{picture}")


def _image_named(data: Path | None, name: str) -> Path:
    assert data is not None
    found = [
        path for part in ("imagesTs", "imagesTr") for path in (data / part).glob(f"{name}.nii*")
    ]
    return found[0]
