"""A municipality's files as they were: kept once for each content, and given back as they were or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from effektiv.errors import InputError
from effektiv.params.folders import NETWORKS, municipality_folders, strays
from effektiv.params.kept import FOLDER, as_it_was, keep, kept, mark_of
from effektiv.params.networks import network_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "params/0319-alvby"
    (made / "las").mkdir(parents=True)
    (made / "kommun.yaml").write_text("kommun: 0319\n", encoding="utf-8")
    (made / "las/grundskola.yaml").write_bytes(b"\xff\x00")
    (made / ".DS_Store").write_text("x", encoding="utf-8")
    return made


def test_files_are_given_back_as_they_were(folder: Path) -> None:
    mark = mark_of(folder)
    keep(folder, mark)
    (archive,) = (folder.parent / FOLDER).iterdir()
    first = archive.read_bytes()
    archive.unlink()
    keep(folder, mark)
    assert archive.read_bytes() == first, "the same content gives the same bytes"
    (folder / "kommun.yaml").write_text("kommun: 0330\n", encoding="utf-8")
    keep(folder, mark_of(folder))
    assert len(list((folder.parent / FOLDER).iterdir())) == 2
    with as_it_was(folder.parent, "0319", mark) as root:
        (found,) = root.iterdir()
        assert found.name == "0319-alvby"
        assert (found / "kommun.yaml").read_text(encoding="utf-8") == "kommun: 0319\n"
        assert (found / "las/grundskola.yaml").read_bytes() == b"\xff\x00"
        assert mark_of(found) == mark
    assert not root.exists()
    assert kept(folder.parent, "0319", "") is None
    assert kept(folder.parent, "0320", mark) is None


def test_those_that_took_part_are_known_also_where_files_are_as_they_were(folder: Path) -> None:
    network = folder.parent / NETWORKS / "norr.yaml"
    network.parent.mkdir()
    network.write_text("start: 2026\n", encoding="utf-8")
    keep(folder, mark_of(folder))
    with as_it_was(folder.parent, "0319", mark_of(folder)) as root:
        assert [path.name for path in network_files(root)] == ["norr.yaml"]
        assert municipality_folders(root) == [root / folder.name]


def test_what_is_kept_is_read_as_nobodys(folder: Path) -> None:
    mark = mark_of(folder)
    keep(folder, mark)
    assert municipality_folders(folder.parent) == [folder]
    assert strays(folder.parent) == []
    assert mark_of(folder) == mark
    assert mark_of(None) == ""


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path, other: path.unlink(), "har inga sparade uppgifter med märket"),
        (lambda path, other: path.write_bytes(b"x"), "går inte att läsa"),
        (lambda path, other: path.write_bytes(other), "är inte som den skrevs"),
    ],
)
def test_what_is_not_as_it_was_is_not_used(folder: Path, damage: object, said: str) -> None:
    mark = mark_of(folder)
    keep(folder, mark)
    (archive,) = (folder.parent / FOLDER).iterdir()
    (folder / "kommun.yaml").write_text("annat: x\n", encoding="utf-8")
    keep(folder, mark_of(folder))
    (other,) = (path for path in (folder.parent / FOLDER).iterdir() if path != archive)
    damage(archive, other.read_bytes())  # type: ignore[operator]
    with pytest.raises(InputError, match=said), as_it_was(folder.parent, "0319", mark):
        pass
