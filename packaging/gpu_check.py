"""Checks and times every engine on a GPU machine, which may have only PyTorch and this folder.

Run it in the repository's root: ``python packaging/gpu_check.py``. It says what it could not check,
and writes docs/benchmarks/<device>.json. With ``--device cpu`` it does the same on the processor.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - after the path
from numpy.typing import NDArray  # noqa: E402

from inference.engines.catalog import KINDS, REFERENCE  # noqa: E402
from inference.engines.cores import usable_cores  # noqa: E402
from inference.engines.engine import Engine  # noqa: E402
from inference.engines.machine import nvidia_card, processor_name  # noqa: E402
from inference.engines.self_test import agreement  # noqa: E402
from inference.engines.trial_input import input_for  # noqa: E402

PACKAGES = ("torch", "onnx", "onnxruntime-gpu", "tensorrt", "tensorrt-rtx", "openvino")
TORCH = "torch"
Open = Callable[[Path], Engine]


def main() -> int:
    """Check, print and write; returns 1 where an engine ran and disagreed, or none ran."""
    arguments = _arguments()
    cache = Path(tempfile.mkdtemp(prefix="gpu-check-"))
    openers, missing = _openers(arguments.device, cache)
    for name, reason in missing.items():
        _say(f"could not check {name}: {reason}")
    networks = [
        _checked(network, openers, missing, arguments.side, arguments.runs)
        for network in arguments.network
    ]
    card = nvidia_card() if arguments.device == "cuda" else ""
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor_name(),
        "cores": usable_cores(),
        "gpu": card,
        "python": platform.python_version(),
        "model": "networks of resources/models",
        "runs": arguments.runs,
        "versions": _versions(),
        "networks": networks,
    }
    device = card.partition(",")[0] or processor_name()
    file = arguments.out / f"{re.sub('[^a-z0-9]+', '-', device.lower()).strip('-')}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    _say(f"written to {file}")
    ran = [one for network in networks for one in network["engines"] if one["milliseconds"]["best"]]
    wrong = [one for one in ran if not one["usable"] and one["name"].endswith("f32")]
    return 0 if ran and not wrong else 1


def _openers(device: str, cache: Path) -> tuple[dict[str, tuple[str, Open]], dict[str, str]]:
    """What can be tried, by id, as title and function; and what cannot, with the reason."""
    found: dict[str, tuple[str, Open]] = {}
    missing: dict[str, str] = {}
    for kind in KINDS:
        reason = kind.why_not()
        if reason is not None:
            missing[kind.id] = reason
        else:
            found[kind.id] = (kind.title, lambda path, kind=kind: kind.open(path, cache))
    try:
        from training.torch_engine import TorchEngine, torch
    except ImportError as error:
        missing[TORCH] = f"{error.name} is not installed"
        return found, missing
    found["torch-cpu-f32"] = ("Plain torch, fp32, CPU", lambda path: TorchEngine(path, "cpu"))
    if device == "cuda" and not torch.cuda.is_available():
        missing["torch-cuda"] = "torch finds no CUDA"
    elif device == "cuda":
        found["torch-cuda-f32"] = (
            "Plain torch, fp32, GPU",
            lambda path: TorchEngine(path, "cuda", "f32"),
        )
        found["torch-cuda-f16"] = (
            "Plain torch, fp16, GPU",
            lambda path: TorchEngine(path, "cuda", "f16"),
        )
    return found, missing


def _checked(
    network: Path,
    openers: dict[str, tuple[str, Open]],
    missing: dict[str, str],
    side: int,
    runs: int,
) -> dict[str, object]:
    """One network in every engine, compared with the reference and timed."""
    reference_id = REFERENCE if REFERENCE in openers else "torch-cpu-f32"
    if reference_id not in openers:
        raise SystemExit("Nothing here can run a network: install onnxruntime, or torch and onnx.")
    reference = openers[reference_id][1](network)
    shape = tuple(side if size is None else size for size in reference.input_shape)
    inputs = input_for(shape)
    expected = reference.run(inputs)
    engines = []
    for name, (title, open_engine) in openers.items():
        fields = _line(name, title)
        try:
            engine = open_engine(network)
            fields |= _measured(engine, inputs, expected, runs)
            engine.close()
        except Exception as error:  # whatever a driver raises: it is the finding
            fields["reason"] = f"it failed: {type(error).__name__}: {str(error)[:200]}"
        _say(f"{network.stem}: {title}: {fields['reason']}")
        engines.append(fields)
    engines += [_line(name, name) | {"reason": reason} for name, reason in missing.items()]
    by_name = {one["name"]: one["milliseconds"]["best"] for one in engines}
    for one in engines:
        best = one["milliseconds"]["best"]
        for other, key in ((REFERENCE, "onnx_runtime"), ("torch-cpu-f32", "torch")):
            if best and by_name.get(other):
                one[f"times_faster_than_{key}"] = round(by_name[other] / best, 2)
    return {"network": network.stem, "shape": list(shape), "engines": engines}


def _line(name: str, title: str) -> dict[str, object]:
    return {
        "name": name,
        "title": title,
        "usable": False,
        "reason": "",
        "milliseconds": {"best": None, "p50": None},
        "dice": None,
        "largest_difference": None,
        "times_faster_than_onnx_runtime": None,
        "times_faster_than_torch": None,
    }


def _measured(
    engine: Engine, inputs: NDArray[np.float32], expected: NDArray[np.float32], runs: int
) -> dict[str, object]:
    agreed = agreement(engine.run(inputs), expected)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        engine.run(inputs)
        seconds.append(time.perf_counter() - started)
    best, middle = min(seconds) * 1000, statistics.median(seconds) * 1000
    return {
        "usable": agreed.is_enough,
        "reason": f"{engine.name} on {engine.device}: {best:.1f} ms, Dice {agreed.dice:.4f}",
        "milliseconds": {"best": round(best, 1), "p50": round(middle, 1)},
        "dice": round(agreed.dice, 6),
        "largest_difference": round(agreed.largest_difference, 6),
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            _say(f"{package} is not installed")
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    shipped = ROOT / "resources" / "models" / "abdomen_click_small"
    networks = [shipped / "clicks.onnx", shipped / "automatic.onnx"]
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--network", type=Path, action="append", help="ONNX files")
    parser.add_argument("--side", type=int, default=128, help="of inputs of any size, in voxels")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    arguments = parser.parse_args()
    arguments.network = arguments.network or networks
    return arguments


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
