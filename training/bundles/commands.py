"""MONAI's commands for a bundle, as lists of arguments that run in the bundle's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from imaging.errors import ModelError
from imaging.own_program import module_command
from training.bundles.folder import METADATA, BundleFolder

Settings = Mapping[str, str]
"""Overrides of a configuration, such as ``{"epochs": "5", "network_def#filters": "[8, 16]"}``."""

CLICK_CONFIG_KEY = "clicks"


@dataclass(frozen=True, slots=True)
class BundleCommand:
    """One process, or several under torchrun, to run in a bundle's folder."""

    bundle: BundleFolder
    what: str
    module: str
    verb: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    processes: int = 1
    settings: Settings = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """The command line."""
        launcher = []
        if self.processes > 1:
            launcher = module_command("torch.distributed.run", sees_working_folder=True)
            # What it starts is a whole command line: an installed program has no Python to name.
            launcher += ["--standalone", "--nnodes=1", "--no_python"]
            launcher += [f"--nproc_per_node={self.processes}"]
        launcher += module_command(self.module, sees_working_folder=True)
        options = [*self.options, *self.settings.items()]
        pairs = [text for key, value in options for text in (f"--{key}", value)]
        return [*launcher, *self.verb, *pairs]


def train(
    bundle: BundleFolder,
    data: Path,
    settings: Settings,
    *,
    processes: int = 1,
    resume: bool = False,
) -> BundleCommand:
    """Train on the labelled cases of a Decathlon folder.

    Raises:
        ModelError: nothing is there to go on with.
    """
    if resume and not bundle.checkpoint.is_file():
        raise ModelError(
            f"The bundle {bundle.root.name} has no training to go on with. Train without --resume."
        )
    configs = ["train"] + (["multi_gpu_train"] if processes > 1 else [])
    extra = {"resume": "true"} if resume else {}
    return _run(bundle, "Training", configs, _data(data) | extra, settings, processes)


def evaluate(
    bundle: BundleFolder, data: Path, settings: Settings, *, processes: int = 1
) -> BundleCommand:
    """Measure the trained network on the validation cases.

    Raises:
        ModelError: the bundle was not trained yet.
    """
    _check_trained(bundle)
    configs = ["train", "evaluate"] + (["multi_gpu_evaluate"] if processes > 1 else [])
    return _run(bundle, "The evaluation", configs, _data(data), settings, processes)


def infer(
    bundle: BundleFolder,
    target: Settings,
    settings: Settings,
    *,
    clicks: Path | None = None,
    out: Path | None = None,
    is_tensorrt: bool = False,
) -> BundleCommand:
    """Segment; ``target`` is ``{"dataset_dir": ...}`` or ``{"image": ...}``.

    Raises:
        ModelError: the bundle was not trained yet, takes no clicks, or was not exported.
    """
    configs = ["inference"]
    if is_tensorrt:
        configs.append("inference_trt")
        if not (bundle.root / "models" / "model_trt.ts").is_file():
            raise ModelError(
                f"The bundle {bundle.root.name} has no TensorRT file. "
                "Make it with: maskwright bundle export --format tensorrt"
            )
    else:
        _check_trained(bundle)
    options = dict(target)
    if clicks is not None:
        if not takes_clicks(bundle):
            raise ModelError(f"The bundle {bundle.root.name} takes no clicks.")
        options |= {"use_click": "true", CLICK_CONFIG_KEY: str(clicks.resolve())}
    if out is not None:
        options["output_dir"] = str(out.resolve())
    return _run(bundle, "The segmentation", configs, options, settings, 1)


def search(
    bundle: BundleFolder, data: Path, settings: Settings, *, processes: int = 1
) -> BundleCommand:
    """Search the topology of a DiNTS network.

    Raises:
        ModelError: the bundle's network has no topology to search.
    """
    if not bundle.has_config("search"):
        raise ModelError(
            f"The bundle {bundle.root.name} has nothing to search; pancreas_dints has."
        )
    options = (("config_file", bundle.config("search")), *_data(data).items())
    return BundleCommand(
        bundle, "The search", "scripts.search", ("run",), options, processes, settings
    )


def verify_metadata(bundle: BundleFolder) -> BundleCommand:
    """Check ``metadata.json`` against the schema beside it, without a network."""
    options = (("meta_file", METADATA), ("filepath", "configs/schema.json"))
    return _monai(bundle, "The check of the metadata", ("verify_metadata",), options, {})


def verify_network(bundle: BundleFolder, settings: Settings) -> BundleCommand:
    """Run the network once on random numbers, and compare shapes with the metadata."""
    options = (("meta_file", METADATA), ("config_file", bundle.config("inference")))
    verb = ("verify_net_in_out", "network_def")
    return _monai(bundle, "The check of the network", verb, options, settings)


def export_torchscript(bundle: BundleFolder, settings: Settings) -> BundleCommand:
    """Write ``models/model.ts``.

    Raises:
        ModelError: the bundle was not trained yet.
    """
    _check_trained(bundle)
    options = (("filepath", "models/model.ts"), *_weights_and_configs(bundle))
    return _monai(bundle, "The export", ("ckpt_export", "network_def"), options, settings)


def export_onnx(bundle: BundleFolder, settings: Settings) -> BundleCommand:
    """Write ``models/model.onnx``.

    Raises:
        ModelError: the bundle was not trained yet.
    """
    _check_trained(bundle)
    options = (("filepath", "models/model.onnx"), *_weights_and_configs(bundle))
    return BundleCommand(
        bundle, "The export", "training.bundles.onnx", (), options, settings=settings
    )


def export_tensorrt(bundle: BundleFolder, precision: str, settings: Settings) -> BundleCommand:
    """Write ``models/model_trt.ts``; needs an NVIDIA GPU and torch_tensorrt.

    Raises:
        ModelError: the bundle was not trained yet.
    """
    _check_trained(bundle)
    options = (
        ("net_id", "network_def"),
        ("filepath", "models/model_trt.ts"),
        *_weights_and_configs(bundle),
        ("precision", precision),
        ("use_onnx", "True"),
        ("use_trace", "True"),
    )
    return _monai(bundle, "The export", ("trt_export",), options, settings)


def takes_clicks(bundle: BundleFolder) -> bool:
    """True if the bundle's network has channels for clicks."""
    return int(bundle.metadata["network_data_format"]["inputs"]["image"]["num_channels"]) > 1


def _run(
    bundle: BundleFolder,
    what: str,
    configs: list[str],
    options: Settings,
    settings: Settings,
    processes: int,
) -> BundleCommand:
    files = [bundle.config(name) for name in configs]
    listed = files[0] if len(files) == 1 else str(files)
    pairs = (("config_file", listed), *options.items())
    return _monai(bundle, what, ("run",), pairs, settings, processes)


def _monai(
    bundle: BundleFolder,
    what: str,
    verb: tuple[str, ...],
    options: tuple[tuple[str, str], ...],
    settings: Settings,
    processes: int = 1,
) -> BundleCommand:
    return BundleCommand(bundle, what, "monai.bundle", verb, options, processes, settings)


def _data(folder: Path) -> dict[str, str]:
    return {"dataset_dir": str(folder.resolve())}


def _weights_and_configs(bundle: BundleFolder) -> tuple[tuple[str, str], ...]:
    return (
        ("ckpt_file", "models/model.pt"),
        ("meta_file", METADATA),
        ("config_file", bundle.config("inference")),
    )


def _check_trained(bundle: BundleFolder) -> None:
    if not bundle.weights.is_file():
        raise ModelError(
            f"The bundle {bundle.root.name} has no weights (models/model.pt) yet. "
            "Train it first: maskwright bundle train"
        )
