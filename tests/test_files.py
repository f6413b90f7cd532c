"""Reading what is asked for; writing whole files or none, and nothing that is there already."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from veldpdf import files
from veldpdf.errors import InputError, OutputError, OutputExistsError
from veldpdf.files import check_apart, check_writable, read_bytes, write_files

TOO_LONG = "x" * 300 + ".pdf"

as_mortal = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everywhere"
)


def touched(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(name.encode())
    return [folder / name for name in names]


def looping(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestReading:
    def test_a_file_is_read_as_it_is(self, tmp_path: Path) -> None:
        [file] = touched(tmp_path, "a.pdf")

        assert read_bytes(file) == b"a.pdf"

    @pytest.mark.parametrize("name", ["nergens.pdf", ".", TOO_LONG])
    def test_what_cannot_be_read_is_told_with_the_reason(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InputError) as caught:
            read_bytes(tmp_path / name)

        assert caught.value.what.startswith(f"{tmp_path / name}: this cannot be read: ")


class TestWriting:
    def test_files_are_written_and_nothing_beside_them(self, tmp_path: Path) -> None:
        write_files(
            {tmp_path / "a": b"1", tmp_path / "b 🙂\n": b"", tmp_path / ("y" * 255): b"3"}, overwrite=False
        )

        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
            "a": b"1",
            "b 🙂\n": b"",
            "y" * 255: b"3",
        }

    def test_a_file_gets_the_rights_of_any_new_file(self, tmp_path: Path) -> None:
        mask = os.umask(0o027)
        try:
            write_files({tmp_path / "a": b"1"}, overwrite=False)
            assert os.umask(0o027) == 0o027, "writing changed the mask"
        finally:
            os.umask(mask)

        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640

    def test_a_file_is_replaced_only_when_asked(self, tmp_path: Path) -> None:
        [file] = touched(tmp_path, "a")

        with pytest.raises(OutputExistsError) as caught:
            write_files({file: b"nieuw"}, overwrite=False)

        assert (caught.value.path, file.read_bytes()) == (file, b"a")
        write_files({file: b"nieuw"}, overwrite=True)
        assert (file.read_bytes(), names_in(tmp_path)) == (b"nieuw", ["a"])

    def test_where_one_cannot_be_written_none_is(self, tmp_path: Path) -> None:
        touched(tmp_path, "b")

        with pytest.raises(OutputExistsError):
            write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"}, overwrite=False)

        assert (names_in(tmp_path), (tmp_path / "b").read_bytes()) == (["b"], b"b")

    @pytest.mark.parametrize("overwrite", [False, True])
    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            pytest.param("map", "this is a folder, not a file.", id="a folder"),
            pytest.param("link", "this is a folder, not a file.", id="a link to a folder"),
            pytest.param("nergens/a", "does not exist.", id="a folder that is not there"),
            pytest.param("bestand/a", "does not exist.", id="a file for a folder"),
            pytest.param("lus/a", "does not exist.", id="a loop for a folder"),
            pytest.param(TOO_LONG, "this cannot be written: ", id="a name that is too long"),
        ],
    )
    def test_a_place_where_no_file_can_be_is_told(
        self, tmp_path: Path, name: str, problem: str, *, overwrite: bool
    ) -> None:
        (tmp_path / "map").mkdir()
        (tmp_path / "link").symlink_to("map")
        looping(tmp_path / "lus")
        touched(tmp_path, "bestand")
        before = names_in(tmp_path)

        with pytest.raises(OutputError) as caught:
            write_files({tmp_path / name: b"1"}, overwrite=overwrite)

        assert caught.value.what.startswith(f"{tmp_path / name}: ")
        assert problem in caught.value.what
        assert names_in(tmp_path) == before

    @pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no such device")
    def test_a_device_is_no_file_and_stays_one(self) -> None:
        with pytest.raises(OutputError, match="a device"):
            check_writable([Path("/dev/null")], overwrite=True)

    @pytest.mark.parametrize("make", ["loop", "broken"])
    def test_a_link_that_leads_nowhere_is_there_already(self, tmp_path: Path, make: str) -> None:
        link = tmp_path / "a"
        link.symlink_to("a" if make == "loop" else "nergens")

        with pytest.raises(OutputExistsError):
            write_files({link: b"1"}, overwrite=False)
        write_files({link: b"1"}, overwrite=True)

        assert (link.is_symlink(), link.read_bytes(), names_in(tmp_path)) == (False, b"1", ["a"])

    @pytest.mark.parametrize("other", ["a", "./a", "map/../a", "link/a"])
    def test_two_outputs_cannot_have_one_name(self, tmp_path: Path, other: str) -> None:
        (tmp_path / "map").mkdir()
        (tmp_path / "link").symlink_to(".")

        with pytest.raises(OutputError, match="named twice"):
            check_writable([tmp_path / "a", Path(f"{tmp_path}/{other}")], overwrite=True)

    def test_a_file_that_appears_meanwhile_is_not_lost(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "a"

        def check_and_lose_the_race(*_: object, **__: object) -> None:
            file.write_bytes(b"van een ander")

        monkeypatch.setattr(files, "check_writable", check_and_lose_the_race)

        with pytest.raises(OutputExistsError):
            write_files({file: b"1"}, overwrite=False)

        assert (file.read_bytes(), names_in(tmp_path)) == (b"van een ander", ["a"])

    def test_a_file_system_without_links_will_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
        write_files({tmp_path / "a": b"1"}, overwrite=False)

        assert ((tmp_path / "a").read_bytes(), names_in(tmp_path)) == (b"1", ["a"])

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_a_full_disk_leaves_no_half_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, overwrite: bool
    ) -> None:
        if overwrite:
            touched(tmp_path, "a")
        before = names_in(tmp_path)

        def refuse(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", refuse)

        with pytest.raises(OutputError) as caught:
            write_files({tmp_path / "a": b"1"}, overwrite=overwrite)

        assert caught.value.what == f"{tmp_path / 'a'}: this cannot be written: the disk is full."
        assert names_in(tmp_path) == before

    @pytest.fixture
    def locked_folder(self, tmp_path: Path) -> Iterator[Path]:
        folder = tmp_path / "dicht"
        folder.mkdir(mode=0o500)
        yield folder
        folder.chmod(0o700)

    @as_mortal
    def test_a_folder_that_may_not_be_written_is_told(self, locked_folder: Path) -> None:
        with pytest.raises(OutputError, match="nothing may be written"):
            check_writable([locked_folder / "a"], overwrite=False)

    def test_a_folder_that_may_not_be_written_is_told_to_root_as_well(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same, for machines where tests run as root: the system's word is changed instead."""
        monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)

        with pytest.raises(OutputError) as caught:
            check_writable([tmp_path / "a"], overwrite=False)

        assert caught.value.what == f"{tmp_path / 'a'}: nothing may be written in {tmp_path}."


class TestInputsThatAreOutputs:
    def test_an_input_is_not_replaced_by_any_name(self, tmp_path: Path) -> None:
        [file] = touched(tmp_path, "a")
        (tmp_path / "link").symlink_to("a")

        for name in ("a", "./a", "link"):
            with pytest.raises(OutputError, match="an input"):
                check_apart([tmp_path / "b", Path(f"{tmp_path}/{name}")], [file])

    def test_other_files_are_of_no_concern(self, tmp_path: Path) -> None:
        check_apart(
            [tmp_path / "b", looping(tmp_path / "lus")], touched(tmp_path, "a", unicodedata.lookup("SNOWMAN"))
        )
