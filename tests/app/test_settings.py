import json
from pathlib import Path

import pytest

from app.settings import MAX_RECENT_FILES, Settings, SettingsStore, damaged_copy


def test_settings_survive_a_restart(tmp_path):
    file = tmp_path / "config" / "settings.json"
    store = SettingsStore(file)
    store.change(store.settings.with_recent(Path("folder/ct.nii.gz")))
    store.save()

    again = SettingsStore(file).settings
    assert again.recent_files == (str(Path("folder/ct.nii.gz")),)
    assert again.last_folder == "folder"


@pytest.mark.parametrize(
    "content", [b"{", b'{"fill_opacity": 7}', b"\x00\x01", b"[]", b"\xff", b""]
)
def test_a_damaged_file_gives_the_defaults(tmp_path, content):
    file = tmp_path / "settings.json"
    file.write_bytes(content)

    assert SettingsStore(file).settings == Settings()


def test_one_value_that_does_not_hold_costs_no_other(tmp_path):
    file = tmp_path / "settings.json"
    drawing = {"diameter_mm": -1}
    values = {"preset": "Lung", "fill_opacity": 7, "drawing": drawing, "recent_files": ["a"]}
    file.write_text(json.dumps(values), encoding="utf-8")

    assert SettingsStore(file).settings == Settings(preset="Lung", recent_files=("a",))


def test_what_could_not_be_read_is_kept_beside_the_new_file(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text('{"preset": "Lung",', encoding="utf-8")
    store = SettingsStore(file)
    assert list(tmp_path.iterdir()) == [file]
    for name in ("Bone", "Abdomen", "Lung"):
        store.change(Settings(preset=name, fill_opacity=0.5))
        store.save()

    assert damaged_copy(file).read_text(encoding="utf-8") == '{"preset": "Lung",'
    assert SettingsStore(file).settings.fill_opacity == 0.5


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    file = tmp_path / "settings.json"
    store = SettingsStore(file)
    store.change(Settings(preset="Lung"))
    store.save()

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    store.change(Settings(preset="Bone"))
    store.save()

    assert SettingsStore(file).settings.preset == "Lung"
    assert list(tmp_path.iterdir()) == [file]


def test_recent_files_are_few_unique_and_newest_first():
    settings = Settings()
    for number in (*range(20), 15):
        settings = settings.with_recent(Path(f"{number}.nii"))

    assert len(settings.recent_files) == MAX_RECENT_FILES
    assert settings.recent_files[:2] == ("15.nii", "19.nii")


def test_unknown_keys_of_a_newer_version_are_ignored(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text('{"preset": "Lung", "hologram": true}', encoding="utf-8")

    assert SettingsStore(file).settings.preset == "Lung"


def test_recent_projects_are_newest_first_and_can_be_forgotten(tmp_path):
    settings = Settings().with_recent_project(tmp_path / "a").with_recent_project(tmp_path / "b")
    settings = settings.with_recent_project(tmp_path / "a")
    assert settings.recent_projects == (str(tmp_path / "a"), str(tmp_path / "b"))

    assert settings.without_recent_project(tmp_path / "a").recent_projects == (str(tmp_path / "b"),)
