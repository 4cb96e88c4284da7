"""The files that installers are made of agree with each other and with the program."""

import configparser
import re
import subprocess
import tarfile
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture
def frozen(tmp_path):
    """A folder like the one that PyInstaller writes, with a program that prints."""
    folder = tmp_path / "frozen" / "maskwright"
    (folder / "_internal").mkdir(parents=True)
    program = folder / "maskwright"
    program.write_text("#!/bin/sh\necho the program runs\n")
    program.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def _icons(tmp_path, monkeypatch):
    folder = tmp_path / "icons"
    folder.mkdir()
    for size in (16, 256):
        (folder / f"maskwright-{size}.png").write_bytes(b"a picture")
    monkeypatch.setenv("ICONS", str(folder))


@pytest.fixture
def installer(frozen, tmp_path):
    out = tmp_path / "maskwright.run"
    subprocess.run([LINUX / "make_self_extracting.sh", frozen, VERSION, out], check=True)
    return out


def run_installer(installer, home, *arguments):
    return subprocess.run(
        ["sh", installer, *arguments],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_self_extracting_file_installs_for_one_user_and_removes_itself(installer, tmp_path):
    home = tmp_path / "home of user"
    home.mkdir()
    result = run_installer(installer, home)
    assert result.returncode == 0, result.stderr
    command = home / ".local" / "bin" / "maskwright"
    assert subprocess.check_output([command], text=True) == "the program runs\n"
    entry = (home / ".local/share/applications/maskwright.desktop").read_text()
    assert f'Exec="{home}/.local/opt/maskwright/program/maskwright" %f' in entry

    kept = home / ".local/share/maskwright/models/mine"
    kept.mkdir(parents=True)
    removal = home / ".local/opt/maskwright/uninstall.sh"
    said = subprocess.run(
        ["sh", removal], env={"HOME": str(home), "PATH": "/usr/bin:/bin"}, check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "stays" in said
    left = {path.name for path in home.rglob("*") if path.is_file() or path.is_symlink()}
    assert not {"maskwright", "maskwright.desktop", "uninstall.sh"} & left
    assert kept.is_dir()


def test_a_second_installation_takes_the_place_of_the_first(installer, tmp_path):
    assert run_installer(installer, tmp_path, "--to", tmp_path / "here").returncode == 0
    stale = tmp_path / "here" / "program" / "_internal" / "old.so"
    stale.touch()
    assert run_installer(installer, tmp_path, "--to", tmp_path / "here").returncode == 0
    assert not stale.exists()


def test_a_folder_with_something_else_is_left_alone(installer, tmp_path):
    precious = tmp_path / "work" / "thesis.txt"
    precious.parent.mkdir()
    precious.touch()
    result = run_installer(installer, tmp_path, "--to", precious.parent)
    assert result.returncode != 0
    assert "holds something else" in result.stderr
    assert precious.exists()


def test_a_damaged_file_installs_nothing(installer, tmp_path):
    whole = installer.read_bytes()
    installer.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    result = run_installer(installer, tmp_path, "--to", tmp_path / "here")
    assert result.returncode != 0
    assert "damaged or not complete" in result.stderr
    assert not (tmp_path / "here").exists()


def test_the_file_can_be_checked_and_unpacked_alone(installer, tmp_path):
    assert "whole" in run_installer(installer, tmp_path, "--check").stdout
    assert run_installer(installer, tmp_path, "--extract", tmp_path / "out").returncode == 0
    assert (tmp_path / "out" / "program" / "maskwright").is_file()
    assert not (tmp_path / ".local").exists()


def test_the_debian_package_holds_program_command_and_desktop_entry(frozen, tmp_path):
    deb = tmp_path / "maskwright.deb"
    subprocess.run([LINUX / "make_deb.sh", frozen, "standard", VERSION, deb], check=True)
    fields = subprocess.check_output(["dpkg-deb", "--field", deb], text=True)
    assert f"Version: {VERSION}" in fields
    assert "libegl1" in fields
    assert "xvfb" not in fields
    assert "dicom3tools" not in fields
    scripts = tmp_path / "scripts"
    subprocess.run(["dpkg-deb", "--control", deb, scripts], check=True)
    assert {file.name for file in scripts.iterdir()} == {"control", "prerm"}  # dpkg keeps a postrm
    listing = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", deb], check=True, capture_output=True
    ).stdout
    tar = tmp_path / "files.tar"
    tar.write_bytes(listing)
    with tarfile.open(tar) as archive:
        members = {member.name: member for member in archive}
    assert members["./opt/maskwright/maskwright"].mode & 0o111
    assert members["./usr/bin/maskwright"].linkname == "/opt/maskwright/maskwright"
    assert "./usr/share/applications/maskwright.desktop" in members
    assert all(member.uid == 0 for member in members.values())


@pytest.mark.parametrize(("reason", "is_said"), [("remove", True), ("upgrade", False)])
def test_removing_the_debian_package_says_what_stays(reason, is_said):
    said = subprocess.check_output(["sh", LINUX / "before_removal.sh", reason], text=True)
    assert ("~/.local/share/maskwright" in said) is is_said


def test_the_desktop_entry_opens_what_the_list_of_kinds_describes():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(LINUX / "maskwright.desktop")
    offered = set(entry["Desktop Entry"]["MimeType"].strip(";").split(";"))
    kinds = ET.parse(LINUX / "maskwright.xml").getroot()
    namespace = "{http://www.freedesktop.org/standards/shared-mime-info}"
    assert offered == {kind.get("type") for kind in kinds}
    endings = {glob.get("pattern") for glob in kinds.iter(f"{namespace}glob")}
    assert {"*.dcm", "*.nii.gz", "*.nrrd", "*.mha"} <= endings


def test_the_windows_installer_names_files_that_exist_and_no_version_of_its_own():
    script = (ROOT / "packaging" / "windows" / "maskwright.iss").read_text()
    assert (ROOT / "LICENSE").is_file()
    assert "PrivilegesRequired=lowest" in script
    assert not re.search(r"^AppVersion=\d", script, re.MULTILINE)
    for ending in (".dcm", ".nii", ".gz", ".nrrd", ".mha"):
        assert rf"Software\Classes\{ending}\OpenWithProgids" in script


def test_every_module_that_is_started_as_a_process_is_packed():
    folders = ("app", "imaging", "inference", "training")
    sources = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    started = {
        module
        for file in sources
        for module in re.findall(r'module_command\(\s*"([\w.]+)"', file.read_text("utf-8"))
    }
    assert "inference.host_process" in started
    spec = (ROOT / "packaging" / "maskwright.spec").read_text("utf-8")
    assert [module for module in started if f'"{module}"' not in spec] == []
