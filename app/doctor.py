"""What this computer can do: its facts, engines that really run, models, and what to make of it."""

from __future__ import annotations

import contextlib
import logging
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.engines import networks_of
from app.findings import EngineLine, Finding, Level, ModelLine, findings_of
from app.machine_facts import MachineFacts, facts_of_machine
from app.paths import AppPaths
from imaging.errors import EngineError
from inference.engines.catalog import kind_named
from inference.model_store import ModelStore
from training.torch_choice import TorchChoice, choose_torch

logger = logging.getLogger(__name__)

PACKAGES = (
    "maskwright",
    "PySide6-Essentials",
    "vtk",
    "SimpleITK",
    "pydicom",
    "numpy",
    "onnxruntime-gpu",
    "onnxruntime",
    "openvino",
    "tensorrt",
    "tensorrt-rtx",
    "torch",
    "monai",
)
"""Packages whose versions matter to whoever reads a fault report."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The facts and what they mean; ``engines`` has the one that is used first.

    ``training`` is None where it was not tried.
    """

    versions: Mapping[str, str]
    facts: MachineFacts
    engines: tuple[EngineLine, ...]
    models: tuple[ModelLine, ...]
    findings: tuple[Finding, ...]
    training: TorchChoice | None = None

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for each thing that is needed and does not work."""
        return tuple(one.sentence for one in self.findings if one.level is Level.FAULT)

    def as_json(self) -> dict[str, object]:
        """Everything, for scripts and for a fault report."""
        return {
            **asdict(self.facts),
            "versions": dict(self.versions),
            "engines": [asdict(engine) for engine in self.engines],
            "models": [asdict(model) for model in self.models],
            "training": _training_as_json(self.training),
            "findings": [asdict(finding) for finding in self.findings],
            "faults": self.faults,
        }


def examine_computer(
    paths: AppPaths, store: ModelStore, *, tries_engines: bool = True
) -> Examination:
    """Try what can be tried without a window.

    The engines run the first model's network, and PyTorch of a GPU pack is loaded, which takes
    seconds; without them it is one.
    """
    packages = store.packages()
    models = tuple(ModelLine(one.id, one.version, one.title) for one in packages)
    networks = [network for package in packages for network in networks_of(package)]
    network = networks[0] if networks else None
    engines = engine_lines(network, paths.engines) if tries_engines else None
    training = choose_torch(paths.gpu_pack) if tries_engines else None
    facts = facts_of_machine(paths)
    return Examination(
        versions=installed_versions(),
        facts=facts,
        engines=engines or (),
        models=models,
        findings=findings_of(facts, models, store.faults(), engines, training),
        training=training,
    )


def _training_as_json(training: TorchChoice | None) -> dict[str, object] | None:
    if training is None or not training.version:
        return None
    return {
        "torch": training.version,
        "is_of_gpu_pack": training.folder is not None,
        "card": training.card,
        "refusal": training.refusal,
    }


def installed_versions() -> dict[str, str]:
    """Version of Python and of each package that is installed."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def engine_lines(network: Path | None, engines: Path) -> tuple[EngineLine, ...]:
    """Every engine, tried with a network in a process of its own; the best one first.

    None where there is no network to try.
    """
    if network is None:
        return ()
    from inference.host import EngineHost

    host = EngineHost(engines)
    try:
        choice = host.examine(network)
    except EngineError as error:
        logger.warning("no engine works", exc_info=True)
        return (EngineLine("none", "None", usable=False, reason=str(error)),)
    finally:
        host.close()
    return tuple(
        EngineLine(
            trial.kind,
            kind_named(trial.kind).title,
            usable=trial.is_usable,
            reason=trial.reason,
            milliseconds=trial.milliseconds,
            dice=trial.dice,
            largest_difference=trial.largest_difference,
        )
        for trial in choice.trials
    )
