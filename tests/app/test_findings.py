from dataclasses import replace
from pathlib import Path

import pytest

from app.findings import EngineLine, Level, ModelLine, findings_of
from app.machine_facts import GB, MachineFacts
from training.torch_choice import TorchChoice

FACTS = MachineFacts(
    system="Linux",
    processor="A processor",
    cores=8,
    has_display=True,
    opengl="A graphics card",
    gpu="",
    memory_bytes=32 * GB,
    free_memory_bytes=20 * GB,
    folders={"settings": "there", "models": "there", "cache": "there", "logs": "there"},
    unwritable=(),
    free_disk_bytes=100 * GB,
)
MODELS = (ModelLine("abdomen", "1.0", "Abdomen"),)
CPU = EngineLine("onnx-cpu", "ONNX Runtime", usable=True, reason="CPU: 0.31 s, the reference")
NO_CUDA = EngineLine(
    "onnx-cuda", "ONNX Runtime on the GPU", usable=False, reason="there is no NVIDIA driver"
)


def judged(facts=FACTS, models=MODELS, broken=(), engines=(CPU, NO_CUDA)):
    return [
        one
        for one in findings_of(facts, models, broken, engines)
        if one.level in (Level.NOTE, Level.FAULT)
    ]


def test_a_computer_that_has_everything_gets_no_advice():
    assert judged() == []


@pytest.mark.parametrize(
    ("changes", "level", "remedy"),
    [
        ({"opengl": ""}, Level.FAULT, "libegl1"),
        ({"opengl": "llvmpipe (LLVM 15.0)"}, Level.NOTE, "install its driver"),
        ({"has_display": False}, Level.NOTE, "--help"),
        ({"memory_bytes": 4 * GB}, Level.NOTE, "may not fit"),
        ({"free_memory_bytes": GB}, Level.NOTE, "Close other programs"),
        ({"free_disk_bytes": GB}, Level.NOTE, "Make room soon"),
        ({"free_disk_bytes": GB // 10}, Level.FAULT, "could not be saved"),
        ({"unwritable": ("logs",)}, Level.FAULT, "MASKWRIGHT_HOME"),
        ({"gpu": "RTX 4090"}, Level.NOTE, "GPU pack"),
    ],
)
def test_what_is_missing_is_said_with_its_remedy(changes, level, remedy):
    (finding,) = judged(replace(FACTS, **changes))

    assert finding.level is level
    assert remedy in finding.remedy
    assert finding.text.endswith(".")


def test_without_a_display_missing_opengl_is_no_fault_because_commands_work():
    levels = {one.level for one in judged(replace(FACTS, has_display=False, opengl=""))}

    assert levels == {Level.NOTE}


def test_without_an_engine_or_a_model_the_program_is_to_be_installed_again():
    broken = replace(CPU, usable=False, reason="it does not load")
    sentences = [one.sentence for one in judged(models=(), engines=(broken,))]

    assert "No engine can run a network. Install the program again." in sentences
    assert "No model is installed. Install the program again." in sentences


def test_engines_that_were_not_tried_are_not_judged():
    assert judged(engines=None) == []


def test_a_broken_model_is_named():
    (finding,) = judged(broken=("The model spleen has no weights.",))

    assert "spleen" in finding.text
    assert "import it again" in finding.remedy


OWN = TorchChoice("2.13.0+cpu")
OF_PACK = TorchChoice("2.13.0+cu130", folder=Path("gpu-pack", "torch"))


@pytest.mark.parametrize(
    ("training", "gpu", "level", "said"),
    [
        (OWN, "", Level.FINE, "2.13.0+cpu is used, on the processor."),
        (OWN, "RTX 4090", Level.INFO, "A GPU pack with PyTorch (maskwright gpu install)"),
        (TorchChoice("2.13.0+cu130"), "RTX 4090", Level.FINE, "2.13.0+cu130 is used."),
        (replace(OF_PACK, card="RTX 4090"), "RTX 4090", Level.FINE, "pack is used, on RTX 4090."),
        (OF_PACK, "RTX 4090", Level.NOTE, "finds no card to use. Update NVIDIA's driver"),
        (OF_PACK, "", Level.INFO, "of the GPU pack is used, on the processor."),
        (replace(OWN, refusal="it is torn"), "", Level.NOTE, "pack is not used: it is torn. The"),
    ],
)
def test_what_a_training_runs_on_is_said(training, gpu, level, said):
    found = findings_of(replace(FACTS, gpu=gpu), MODELS, (), (CPU,), training)
    (finding,) = [one for one in found if one.topic == "Training"]

    assert finding.level is level
    assert said in finding.sentence


def test_an_edition_that_does_not_train_says_nothing_of_it():
    found = findings_of(FACTS, MODELS, (), (CPU,), TorchChoice(""))

    assert "Training" not in {one.topic for one in found}
