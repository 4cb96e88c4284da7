"""Writes hostile bundles and checkpoints into a folder, each under a name that says what it tries.

``WITNESS`` is a file that every one of them that can run code would make.
"""

import io
import json
import os
import pickle
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np

WITNESS = "code-has-run"


class Evil:
    """Pickles to a call of a function with arguments."""

    def __init__(self, function, *arguments):
        self._call = (function, arguments)

    def __reduce__(self):
        return self._call


class Hostile:
    """Makes the files; ``kit`` is the module of good bundles that they are made from."""

    def __init__(self, folder: Path, kit):
        self.folder, self.kit = folder, kit
        self.touch = f"touch {folder / WITNESS}"
        self.about = kit.metadata("1.0.0", ["background", "spleen"])

    def write_all(self):
        self.write_configs()
        self.write_archives()
        self.write_folders()
        self.write_checkpoints()

    # -- configurations ------------------------------------------------------------------------

    def write_configs(self):
        run = f"__import__('os').system('{self.touch}')"
        for name, key, expression in (
            ("import-of-os-in-an-expression", "output_dir", f"${run}"),
            ("statement-after-an-import", "imports", [f"$import os; {run}"]),
            ("import-of-a-module", "imports", ["$import antigravity"]),
            ("opens-a-file", "output_dir", f"$open('{self.folder / WITNESS}', 'w')"),
            ("climbs-to-subclasses", "device", "$().__class__.__bases__[0].__subclasses__()"),
            ("climbs-from-a-reference", "device", "$@network_def.__class__.__init__.__globals__"),
            ("calls-a-lambda", "device", f"$(lambda: {run})()"),
            ("formats-a-text", "output_dir", f"$f'{{{run}}}'".replace("'os'", '"os"')),
            ("runs-in-a-comprehension", "datalist", f"$[{run} for i in @dataset_dir]"),
            ("runs-in-an-unused-branch", "device", f"$1 if True else {run}"),
            ("runs-in-an-argument", "device", f"$torch.device({run})"),
            ("evaluates-a-text", "device", "$eval('1')"),
            ("gets-an-attribute", "device", "$getattr(@network_def, '__class__')"),
            ("sets-another-attribute", "device", "$setattr(torch, 'load', None)"),
            ("power-tower", "device", "$9 ** 9 ** 9 ** 9"),
            ("long-expression", "device", "$" + "-" * 100_000 + "1"),
            ("deep-expression", "device", "$" + "(" * 900 + "1" + ")" * 900),
            ("macro-of-another-file", "device", "%../../../etc/passwd#root"),
            ("reference-in-a-circle", "device", "@device"),
        ):
            self.bundle(name, {key: expression})
        doubled = {f"list_{n}": f"$@list_{n - 1} + @list_{n - 1}" for n in range(1, 40)}
        self.bundle("doubles-a-list", {"list_0": [0] * 64, **doubled})
        chain = {f"link_{n}": f"@link_{n + 1}" for n in range(5000)}
        self.bundle("chain-of-references", {**chain, "link_5000": 1})
        for name, target in (
            ("class-os-system", "os.system"),
            ("class-popen", "subprocess.Popen"),
            ("class-eval", "builtins.eval"),
            ("class-of-its-own-script", "scripts.evil.UNetOfEvil"),
            ("known-name-in-a-strange-module", "evil.UNet"),
        ):
            folder = self.bundle(name, {"network_def": {"_target_": target, "args": [self.touch]}})
            (folder / "scripts").mkdir()
            (folder / "scripts" / "__init__.py").write_text(f"import os; os.system('{self.touch}')")
        network = self.kit.spleen_config()["network_def"]
        self.bundle(
            "network-of-a-million-channels", {"network_def": network | {"channels": [10**6]}}
        )
        self.bundle("network-that-is-text", {"network_def": network | {"act": "x" * 10_000}})
        self.bundle("window-of-a-million-voxels", {"inferer": self.kit.sliding(10**6)})
        self.bundle(
            "transform-that-deletes",
            {"postprocessing": self.kit.composed(self.kit.transform("DeleteItemsd"))},
        )
        self.bundle("label-with-a-direction-mark", {}, classes=["background", "spl\u202eneel\x00"])
        self.text("deep-json", "inference.json", '{"a":' + "[" * 100_000 + "]" * 100_000 + "}")
        self.text("long-number", "inference.json", '{"a":' + "9" * 10_000 + "}")
        self.text("infinite-number", "inference.json", '{"a": 1e999}')
        self.text("name-given-twice", "inference.json", '{"a": 1, "a": "$exit()"}')
        self.text("not-a-configuration", "inference.json", "[1, 2]")
        self.text("not-text", "inference.json", b"\xff\xfe\x00\x01" * 64)
        tagged = f"a: !!python/object/apply:os.system ['{self.touch}']\n"
        self.text("yaml-tag", "inference.yaml", tagged)
        laughs = "a0: &a0 [x, x]\n" + "".join(
            f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)
        )
        self.text("yaml-billion-laughs", "inference.yaml", laughs)
        wide = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 50)}]\n" for n in range(1, 5))
        self.text("yaml-wide-laughs", "inference.yaml", "a0: &a0 [x]\n" + wide)
        merges = "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))
        self.text("yaml-merges", "inference.yaml", "a0: &a0 {x: 1}\n" + merges)
        self.text("yaml-that-holds-itself", "inference.yaml", "a: &a [*a]\n")
        self.text("deep-yaml", "inference.yaml", "a: " + "[" * 20_000 + "]" * 20_000)

    def bundle(self, name, changes, classes=None, config=None):
        config = config or self.kit.spleen_config()
        about = self.kit.metadata("1.0.0", classes) if classes else self.about
        folder = self.kit.write_bundle(self.folder / name, config | changes, about)
        (folder / "models" / "model.pt").write_bytes(b"unread")
        return folder

    def text(self, name, file, text):
        folder = self.bundle(name, {})
        (folder / "configs" / "inference.json").unlink()
        data = text if isinstance(text, bytes) else text.encode()
        (folder / "configs" / file).write_bytes(data)

    # -- archives and folders ------------------------------------------------------------------

    def write_archives(self):
        good = self.bundle("good-to-spoil", {})
        outside = self.folder / WITNESS
        for name, member, data in (
            ("climbs-out.zip", f"../{WITNESS}", b"x"),
            ("absolute-path.zip", str(outside), b"x"),
            ("backslashes.zip", f"..\\{WITNESS}", b"x"),
            ("bomb.zip", "models/model.pt", bytes(64 * 2**20)),
        ):
            self.kit.zipped(good, self.folder / name)
            with zipfile.ZipFile(self.folder / name, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(member, data)
        self.kit.zipped(good, self.folder / "link.zip")
        with zipfile.ZipFile(self.folder / "link.zip", "a") as archive:
            link = zipfile.ZipInfo("models/model.pt")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
        with zipfile.ZipFile(self.folder / "many-files.zip", "w") as archive:
            for number in range(20_001):
                archive.writestr(f"{number}", b"")
        with zipfile.ZipFile(self.folder / "two-bundles.zip", "w") as archive:
            for place in ("a", "b"):
                archive.writestr(f"{place}/configs/metadata.json", "{}")
        (self.folder / "no-archive.zip").write_bytes(b"PK\x03\x04 and nothing else")
        self.kit.zipped(good, self.folder / "claims-terabytes.zip")
        data = bytearray((self.folder / "claims-terabytes.zip").read_bytes())
        at = data.index(b"PK\x01\x02")
        while at >= 0:  # packed and unpacked size in every entry of the list of contents
            struct.pack_into("<2L", data, at + 20, 0xFFFFFF00, 0xFFFFFF00)
            at = data.find(b"PK\x01\x02", at + 4)
        (self.folder / "claims-terabytes.zip").write_bytes(data)

    def write_folders(self):
        linked = self.bundle("folder-with-a-link", {})
        (linked / "models" / "model.pt").unlink()
        (linked / "models" / "model.pt").symlink_to("/etc/passwd")
        piped = self.bundle("folder-with-a-pipe", {})
        os.mkfifo(piped / "models" / "pipe")
        loader = {"_target_": "CheckpointLoader", "load_path": "../../../../etc/passwd"}
        self.bundle("weights-from-elsewhere", {"checkpointloader": loader})

    # -- checkpoints ---------------------------------------------------------------------------

    def write_checkpoints(self):
        import torch

        weights = {"weight": torch.ones(4)}
        self.saved("checkpoint-that-runs", {"model": Evil(os.system, self.touch)})
        self.saved("checkpoint-beside-weights", {**weights, "x": Evil(os.system, self.touch)})
        self.saved("checkpoint-that-evaluates", Evil(eval, "1 + 1"))
        self.saved("checkpoint-of-a-module", torch.nn.Conv3d(1, 1, 1))
        newer = pickle.dumps({"model": Evil(exec, "pass")}, protocol=4)
        self.program("checkpoint-of-protocol-4", newer)
        self.model("checkpoint-as-bare-pickle", pickle.dumps(Evil(os.system, self.touch)))
        self.program("checkpoint-without-end", b"\x80\x02}")
        self.program(
            "checkpoint-nested-deeply", b"\x80\x02" + b"(" * 500_000 + b"t" * 499_999 + b"."
        )
        self.program("checkpoint-of-zeros", bytes(64 * 2**20))
        self.program(
            "checkpoint-with-a-huge-number", b"\x80\x02\x8b\x00\x00\x10\x00" + b"\x01" * 2**20
        )
        self.program("checkpoint-empty", pickle.dumps({}, protocol=2))
        self.tensor("tensor-larger-than-its-numbers", (1 << 20,), (1,))
        self.tensor("tensor-of-a-terabyte", (1 << 20, 1 << 20), (0, 0))
        self.tensor("tensor-before-its-numbers", (4,), (1,), offset=-4)
        self.tensor("tensor-with-negative-steps", (4,), (-1,))
        self.tensor("tensor-of-missing-numbers", (4,), (1,), record="missing")
        self.tensor("tensor-record-outside", (4,), (1,), record="../../../../etc/passwd")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:  # the layout of a TorchScript file
            archive.writestr("model/data.pkl", pickle.dumps({}, protocol=2))
            archive.writestr("model/code/__torch__.py", "def forward(self): pass")
            archive.writestr("model/constants.pkl", pickle.dumps((), protocol=2))
        self.model("checkpoint-with-program-code", buffer.getvalue())
        good = self.kit.architecture()
        for name, table in (
            ("architecture-of-objects", np.array([Evil(os.system, self.touch)], object)),
            ("architecture-that-runs", Evil(os.system, self.touch)),
            ("architecture-without-tables", None),
        ):
            folder = self.bundle(name, {}, config=self.kit.dints_config())
            torch.save(good | {"node_a": table}, folder / "models" / "search_code_18590.pt")

    def saved(self, name, saved):
        import torch

        torch.save(saved, self.bundle(name, {}) / "models" / "model.pt")

    def model(self, name, data):
        (self.bundle(name, {}) / "models" / "model.pt").write_bytes(data)

    def program(self, name, program, records=None):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model/data.pkl", program)
            for record, data in (records or {}).items():
                archive.writestr(f"model/data/{record}", data)
        self.model(name, buffer.getvalue())

    def tensor(self, name, shape, strides, offset=0, record="0"):
        """A state_dict of one tensor that is written opcode by opcode."""
        program = (
            b"\x80\x02}X\x06\x00\x00\x00weightctorch._utils\n_rebuild_tensor_v2\n"
            b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
            + _text(record)
            + b"X\x03\x00\x00\x00cpuK\x04tQ"
            + _number(offset)
            + b"("
            + b"".join(map(_number, shape))
            + b"t"
            + b"("
            + b"".join(map(_number, strides))
            + b"t"
            + b"\x89ccollections\nOrderedDict\n)RtRs."
        )
        self.program(name, program, {"0": np.ones(4, np.float32).tobytes()})


def _text(text):
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _number(number):
    return b"J" + struct.pack("<i", number)


def write_all(folder: Path, kit):
    """Write all hostile files; returns their names."""
    Hostile(folder, kit).write_all()
    names = sorted(path.name for path in folder.iterdir() if path.name != "good-to-spoil")
    (folder / "names.json").write_text(json.dumps(names))
    return names
