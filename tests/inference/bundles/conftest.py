"""Reads bundles that a test writes."""

import pytest

from inference.bundles.bundle_files import open_bundle_files
from inference.bundles.bundle_reader import ReadingOptions, read_bundle


@pytest.fixture
def read(tmp_path, monai_bundles):
    """Writes a bundle of this configuration, without real weights, and reads it."""

    def write_and_read(config, about=None, kind="json", train=None, **options):
        about = about or monai_bundles.metadata("1.0.0", ["background", "spleen"])
        folder = monai_bundles.write_bundle(tmp_path / "a_bundle", config, about, kind)
        (folder / "models" / "model.pt").write_bytes(b"unread")
        if train is not None:
            (folder / "configs" / "train.json").write_text(train)
        (tmp_path / "workspace").mkdir()
        with open_bundle_files(folder) as files:
            return read_bundle(files, tmp_path / "workspace", ReadingOptions(**options))

    return write_and_read
