import io

import numpy as np
import pytest
from PIL import Image

from imaging.errors import CancelledError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.open_volume import list_series
from imaging.readers.series_previews import series_previews
from imaging.thumbnail import SIDE_PX
from imaging.volume import Volume


def stack(value_hu, slices=7):
    """Air with a bright block in the patient's front left, brightest in the middle slice."""
    geometry = VolumeGeometry.from_parts((slices, 40, 40), (-40, -40, 0), (5.0, 2.0, 2.0))
    array = np.full(geometry.shape, -1000, np.int16)
    array[slices // 2, 0:20, 20:40] = value_hu
    return Volume(array, geometry, name="stack")


def grey(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_each_series_is_shown_by_its_middle_slice_in_the_order_of_the_list(
    tmp_path, write_dicom_ct
):
    write_dicom_ct(tmp_path / "a", stack(240), SeriesInstanceUID="1.1")
    write_dicom_ct(tmp_path / "b", stack(40, slices=11), SeriesInstanceUID="1.2")

    by_uid = dict(
        zip(
            (info.series_uid for info in list_series(tmp_path)),
            series_previews(tmp_path),
            strict=True,
        )
    )
    half = SIDE_PX // 2
    for uid, level in (("1.1", 255), ("1.2", 127)):
        picture = grey(by_uid[uid])
        assert picture.shape == (SIDE_PX, SIDE_PX)
        assert picture[: half - 2, half + 2 :] == pytest.approx(level, abs=1)
        assert not picture[half + 2 :].any()


def test_a_refused_series_has_no_picture_and_stops_no_other(tmp_path, write_dicom_ct):
    write_dicom_ct(tmp_path / "a", stack(240), SeriesInstanceUID="1.1")
    files = write_dicom_ct(tmp_path / "b", stack(240), SeriesInstanceUID="1.2")
    files[3].unlink()  # a missing slice

    series = list_series(tmp_path)
    assert [info.is_usable for info in series] == [True, False]
    first, second = series_previews(tmp_path)
    assert first is not None
    assert second is None


def test_pixels_that_cannot_be_decoded_leave_the_place_empty(tmp_path, write_dicom_ct):
    files = write_dicom_ct(tmp_path, stack(240), SeriesInstanceUID="1.1")
    middle = files[3]
    middle.write_bytes(middle.read_bytes()[:-600])

    assert series_previews(tmp_path) == (None,)


def test_making_pictures_can_be_cancelled(tmp_path, write_dicom_ct):
    write_dicom_ct(tmp_path, stack(240))

    with pytest.raises(CancelledError):
        series_previews(tmp_path, is_cancelled=lambda: True)


def test_a_folder_without_dicom_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="no DICOM"):
        series_previews(tmp_path)
