import pytest

from inference.bundles.components import Component, Opaque, SavedFile, UnknownCodeError
from inference.bundles.expressions import is_known_import, value_of

VALUES = {
    "labels": {"spleen": 1, "background": 0},
    "channels": 1,
    "root": ".",
    "flag": False,
    "a": [1, 2],
    "b": [3],
    "network": Component("UNet", "UNet", {}, "network"),
    "device": Opaque("a device"),
    "saved": SavedFile("models/code.pt"),
    "net#kernel": 3,
}


def value(text):
    return value_of(text, "here", VALUES.__getitem__, lambda file, key: [file.path, key])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("len(@labels) + @channels", 3),
        ("@root + '/models/model.pt'", "./models/model.pt"),
        ("@a + @b", [1, 2, 3]),
        ("@a if @flag else @b", [3]),
        ("@a + (@b if not @flag else [])", [1, 2, 3]),
        ("@labels['spleen'] * 2 - 1", 1),
        ("@a[1]", 2),
        ("-@channels", -1),
        ("@channels == 1", True),
        ("@net#kernel // 2", 1),
        ("@saved['node_a']", ["models/code.pt", "node_a"]),
        ("torch.from_numpy(@saved['node_a'])", ["models/code.pt", "node_a"]),
        ("@network.to(@device)", VALUES["network"]),
        ("torch.load(@root + '/x.pt', map_location='cpu')", SavedFile("./x.pt")),
    ],
)
def test_known_shapes_have_their_value(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "list(sorted(glob.glob(@root + '/imagesTs/*.nii.gz')))",
        "[{'image': i} for i in @a]",
        "monai.utils.set_determinism(seed=123)",
        "setattr(torch.backends.cudnn, 'benchmark', True)",
        "@network.run()",
        "numpy.float32",
        "@device.type == 'cuda'",
    ],
)
def test_shapes_that_give_nothing_we_need_are_recognised(text):
    assert isinstance(value(text), Opaque)


@pytest.mark.parametrize(
    "text",
    [
        "torch.hub.load('a', 'b')",
        "@network.load_state_dict(@a)",
        "@network.__class__",
        "os.path",
        "[i for i in @a for j in @b]",
        "(lambda: 1)()",
        "@a[::2]",
        "{**@labels}",
        "print(*@a)",
        "2 ** 3",
        "@a * 1000",
        "'a' * 1000",
        "@channels * 10**12",
        "x := 1",
        "import os",
        "",
    ],
)
def test_anything_else_is_refused_by_its_text(text):
    with pytest.raises(UnknownCodeError) as caught:
        value(text)
    assert caught.value.where == "here"
    assert text[:20].replace("'", "") in caught.value.what.replace("'", "")


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("import glob", True),
        ("import numpy as np", True),
        ("import os; import sys", False),
        ("import antigravity", False),
        ("from os import system", False),
    ],
)
def test_only_plain_imports_of_known_modules_are_known(text, is_known):
    assert is_known_import(text) is is_known
