from pathlib import Path

import pytest

from app.gui.path_texts import short_names


@pytest.mark.parametrize(
    ("paths", "texts"),
    [
        ((), ()),
        (("/data/a/ct.nii.gz",), ("ct.nii.gz",)),
        (("/data/a/ct.nii.gz", "/data/a/ct2.nii.gz"), ("ct.nii.gz", "ct2.nii.gz")),
        (("/data/a/ct.nii.gz", "/data/b/ct.nii.gz"), ("a/ct.nii.gz", "b/ct.nii.gz")),
        (("/data/a/1/ct", "/data/b/1/ct"), ("a/1/ct", "b/1/ct")),
        (("/ct", "/a/b/ct"), ("/ct", "b/ct")),
        (("/a/ct", "/a/ct"), ("/a/ct", "/a/ct")),
    ],
)
def test_names_get_as_many_folders_as_tell_them_apart(paths, texts):
    assert short_names([Path(path) for path in paths]) == tuple(str(Path(text)) for text in texts)
