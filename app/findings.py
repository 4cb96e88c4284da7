"""What was found on this computer, in plain words, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.machine_facts import GB, MachineFacts
from training.torch_choice import TorchChoice

LITTLE_MEMORY_BYTES = 8 * GB
"""A CT of 512 x 512 x 600 voxels, its mask, its surfaces and a network take up to half of it."""
LITTLE_FREE_MEMORY_BYTES = 2 * GB
LITTLE_DISK_BYTES = 2 * GB
"""A project's label versions, caches and logs; a model with its engines takes up to 1 GB."""
NO_DISK_BYTES = GB // 5

_SOFTWARE_OPENGL = ("llvmpipe", "softpipe", "swrast", "software", "gdi generic")


class Level(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    INFO = "info"
    """Neither good nor bad."""
    NOTE = "note"
    """Works, but not as well as it could."""
    FAULT = "fault"
    """Something that the program needs is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one topic; ``remedy`` says what to do, empty where nothing is needed."""

    topic: str
    level: Level
    text: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """What was found and what to do."""
        return f"{self.text} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One installed model, as listed."""

    id: str
    version: str
    title: str


@dataclass(frozen=True, slots=True)
class EngineLine:
    """One engine: whether it runs the model here, and why or why not.

    ``name`` is its id for `--engine`; ``milliseconds`` are for one run of the self-test, with the
    agreement with the reference as ``dice``; None where it did not run.
    """

    name: str
    title: str
    usable: bool
    reason: str
    milliseconds: float | None = None
    dice: float | None = None
    largest_difference: float | None = None


def worst_level(findings: Iterable[Finding]) -> Level:
    """The level of the finding that matters most; fine where nothing was found."""
    return max((one.level for one in findings), key=tuple(Level).index, default=Level.FINE)


def findings_of(
    facts: MachineFacts,
    models: tuple[ModelLine, ...],
    broken_models: tuple[str, ...],
    engines: tuple[EngineLine, ...] | None,
    training: TorchChoice | None = None,
) -> tuple[Finding, ...]:
    """Judge what was found; ``engines`` and ``training`` are None where they were not tried."""
    return (
        Finding("System", Level.FINE, f"{facts.system}."),
        Finding("Processor", Level.FINE, f"{facts.processor}, {facts.cores} cores."),
        *_about_pictures(facts),
        _about_gpu(facts, engines),
        *(_about_engines(engines) if engines is not None else ()),
        *(_about_training(facts, training) if training is not None else ()),
        *_about_models(models, broken_models),
        _about_memory(facts),
        *_about_folders(facts),
    )


def _about_pictures(facts: MachineFacts) -> Iterator[Finding]:
    if not facts.has_display:
        yield Finding(
            "Display",
            Level.NOTE,
            "There is no display: the window cannot open.",
            "Commands work; `maskwright --help` lists them.",
        )
    if not facts.opengl:
        yield Finding(
            "Display",
            Level.FAULT if facts.has_display else Level.NOTE,
            "There is no OpenGL: slices and surfaces cannot be drawn.",
            "Install a graphics driver, or Mesa's software one (Debian: libegl1 and libgl1).",
        )
    elif any(name in facts.opengl.lower() for name in _SOFTWARE_OPENGL):
        yield Finding(
            "Display",
            Level.NOTE,
            f"The processor draws the pictures ({facts.opengl}): it works, but less smoothly.",
            "If this computer has a graphics card, install its driver.",
        )
    else:
        yield Finding("Display", Level.FINE, f"Pictures are drawn by {facts.opengl}.")


def _about_gpu(facts: MachineFacts, engines: tuple[EngineLine, ...] | None) -> Finding:
    if not facts.gpu:
        return Finding(
            "GPU",
            Level.INFO,
            "There is no NVIDIA driver: networks run on the processor.",
            "With an NVIDIA card and its driver, clicks are answered faster.",
        )
    on_gpu = [one for one in engines or () if one.name.startswith(("tensorrt", "onnx-cuda"))]
    if on_gpu and not any(one.usable for one in on_gpu):
        reasons = "; ".join(dict.fromkeys(one.reason for one in on_gpu))
        return Finding(
            "GPU",
            Level.NOTE,
            f"{facts.gpu} is there, but no engine can use it: {reasons}.",
            "Install the GPU pack anew (maskwright gpu install), then look here again."
            if facts.gpu_pack
            else "Install the GPU pack (maskwright gpu install), then look here again.",
        )
    pack = f" GPU pack {facts.gpu_pack} is installed." if facts.gpu_pack else ""
    return Finding("GPU", Level.FINE, f"{facts.gpu}.{pack}")


def _about_engines(engines: tuple[EngineLine, ...]) -> Iterator[Finding]:
    if engines and not any(engine.usable for engine in engines):
        yield Finding(
            "Engine", Level.FAULT, "No engine can run a network.", "Install the program again."
        )
    for number, engine in enumerate(engines):
        if engine.usable:
            state = "is used" if number == 0 else "would do"
            yield Finding("Engine", Level.FINE, f"{engine.title} {state}. {engine.reason}.")
        else:
            yield Finding("Engine", Level.INFO, f"{engine.title} is not used: {engine.reason}.")


def _about_training(facts: MachineFacts, training: TorchChoice) -> Iterator[Finding]:
    if not training.version:
        return  # an edition that does not train
    if training.folder is not None:
        text = f"PyTorch {training.version} of the GPU pack is used"
        if training.card:
            yield Finding("Training", Level.FINE, f"{text}, on {training.card}.")
        elif facts.gpu:
            remedy = "Update NVIDIA's driver, then look here again."
            yield Finding("Training", Level.NOTE, f"{text}, but it finds no card to use.", remedy)
        else:
            yield Finding("Training", Level.INFO, f"{text}, on the processor.")
    elif training.refusal:
        yield Finding(
            "Training",
            Level.NOTE,
            f"PyTorch of the GPU pack is not used: {training.refusal}. The program's own is used, "
            f"{training.version}.",
            "Install the GPU pack that was published with this version (maskwright gpu install).",
        )
    elif training.version.endswith("+cpu"):
        yield Finding(
            "Training",
            Level.INFO if facts.gpu else Level.FINE,
            f"PyTorch {training.version} is used, on the processor.",
            "A GPU pack with PyTorch (maskwright gpu install) lets it train on the card."
            if facts.gpu
            else "",
        )
    else:
        yield Finding("Training", Level.FINE, f"PyTorch {training.version} is used.")


def _about_models(models: tuple[ModelLine, ...], broken: tuple[str, ...]) -> Iterator[Finding]:
    if not models:
        yield Finding("Model", Level.FAULT, "No model is installed.", "Install the program again.")
    for model in models:
        yield Finding("Model", Level.FINE, f"{model.title} ({model.id} {model.version}).")
    for sentence in broken:
        remedy = "Remove it under Segment, Models, and import it again."
        yield Finding("Model", Level.NOTE, sentence, remedy)


def _about_memory(facts: MachineFacts) -> Finding:
    total, free = facts.memory_bytes, facts.free_memory_bytes
    text = f"{total / GB:.0f} GB, of which {free / GB:.1f} GB are free."
    if free < LITTLE_FREE_MEMORY_BYTES:
        return Finding("Memory", Level.NOTE, text, "Close other programs before a large CT.")
    if total < LITTLE_MEMORY_BYTES:
        return Finding("Memory", Level.NOTE, text, "Large CTs of a whole body may not fit.")
    return Finding("Memory", Level.FINE, text)


def _about_folders(facts: MachineFacts) -> Iterator[Finding]:
    for name in facts.unwritable:
        yield Finding(
            "Disk",
            Level.FAULT,
            f"The folder for {name} cannot be written ({facts.folders[name]}).",
            "Give this user the right to write there, or name another place in MASKWRIGHT_HOME.",
        )
    if facts.free_disk_bytes is None:
        return
    text = f"{facts.free_disk_bytes / GB:.1f} GB are free where the program keeps its files."
    if facts.free_disk_bytes < NO_DISK_BYTES:
        yield Finding("Disk", Level.FAULT, text, "Make room: masks could not be saved.")
    elif facts.free_disk_bytes < LITTLE_DISK_BYTES:
        yield Finding("Disk", Level.NOTE, text, "Make room soon.")
    elif not facts.unwritable:
        yield Finding("Disk", Level.FINE, text)
