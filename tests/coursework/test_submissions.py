"""What was handed in is found, whatever it looks like, and nothing is lost, unpacked or followed."""

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coursework.items import SetError
from coursework.submissions import (
    Roster,
    Submission,
    UnreadableError,
    file_name,
    find_submissions,
    read_notebook,
)
from tests.coursework.handed_in import contents, released, sample, solved

MOST = 1 << 20
NOTEBOOK = contents(solved())


def found(folder: Path, roster: Roster | None = None) -> dict[str, Submission]:
    return {one.student: one for one in find_submissions(folder, sample(), roster)}


def read(submission: Submission) -> bytes:
    assert submission.file is not None, submission.remark
    return submission.file.read(MOST)


def put(path: Path, data: bytes = NOTEBOOK, time: float = 1e9) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (time, time))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada.ipynb", "ada"),
        ("ada/sample.ipynb", "ada"),
        ("ada/whatever.ipynb", "ada"),
        ("ada/sample/sample.ipynb", "ada"),
        ("ada/deep/in/there/SAMPLE.IPYNB", "ada"),
        ("ada.ipynb.txt", "ada"),
        ("ada/sample.ipynb.json", "ada"),
        ("ada/sample.json", "ada"),
        ("Ada Lovelace_17_assignsubmission_file_/sample.ipynb", "Ada Lovelace_17"),
        ("Ada Lovelace_17_assignsubmission_file_sample.ipynb", "Ada Lovelace_17"),
        ("lovelaceada_17_4711_sample.ipynb", "lovelaceada_17"),
        ("lovelaceada_LATE_17_4711_sample-1.ipynb", "lovelaceada_17"),
        ("김하늘/sample.ipynb", "김하늘"),
        ("a\nb/sample.ipynb", "a\nb"),
    ],
)
def test_layouts(tmp_path: Path, path: str, student: str) -> None:
    put(tmp_path / path)
    put(tmp_path / ".hidden" / "sample.ipynb")
    put(tmp_path / "__MACOSX" / "sample.ipynb")
    put((tmp_path / path).parent / ".ipynb_checkpoints" / "sample-checkpoint.ipynb")
    assert {name: read(one) for name, one in found(tmp_path).items()} == {student: NOTEBOOK}


@pytest.mark.parametrize(
    ("member", "student"),
    [
        ("Ada Lovelace_17_assignsubmission_file_/sample.ipynb", "Ada Lovelace_17"),
        ("lovelaceada_17_4711_sample.ipynb", "lovelaceada_17"),
        ("ada/sample.ipynb", "ada"),
        ("ada\\sample.ipynb", "ada"),
    ],
)
def test_zip_of_a_class(tmp_path: Path, member: str, student: str) -> None:
    path = zipped(tmp_path / "class.zip", {member: NOTEBOOK, "__MACOSX/._x.ipynb": b"x"})
    assert {name: read(one) for name, one in found(path).items()} == {student: NOTEBOOK}


def test_a_zip_for_each_student(tmp_path: Path) -> None:
    zipped(tmp_path / "ada.zip", {"folder/sample.ipynb": NOTEBOOK})
    zipped(tmp_path / "bob.zip", {"sample.ipynb": NOTEBOOK, "notes.txt": b"hello"})
    zipped(tmp_path / "carl" / "handed in.zip", {"sample.ipynb": NOTEBOOK})
    inner = zipped(tmp_path.parent / "inner.zip", {"my/sample.ipynb": NOTEBOOK}).read_bytes()
    folder = zipped(tmp_path.parent / "class.zip", {"dora_1_assignsubmission_file_/all.zip": inner})
    assert read(found(folder)["dora_1"]) == NOTEBOOK
    assert {name: read(one) for name, one in found(tmp_path).items()} == dict.fromkeys(
        ("ada", "bob", "carl"), NOTEBOOK
    )


def test_of_several_the_last_is_graded_and_that_is_said(tmp_path: Path) -> None:
    put(tmp_path / "ada" / "sample.ipynb", b"old", time=1e9)
    put(tmp_path / "ada" / "sample-1.ipynb", NOTEBOOK, time=1.1e9)
    put(tmp_path / "ada" / "another.ipynb", b"other", time=1.2e9)
    ada = found(tmp_path)["ada"]
    assert read(ada) == NOTEBOOK
    assert ada.remark == "3 notebooks were handed in; sample-1.ipynb was graded, the last one."


def test_names_of_a_management_system_are_those_of_the_roster(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "\ufeffid,first_name,last_name,email,lms\nada,Ada,Lovelace,,17\nbob,Bob,Kim,,\neve,Bob,Lee,e@x.org,\n"
    )
    roster = Roster.read(tmp_path / "roster.csv")
    folder = tmp_path / "in"
    put(folder / "X Y_17_assignsubmission_file_" / "sample.ipynb")
    put(folder / "kimbob_99_1_sample.ipynb")
    put(folder / "E@x.org.ipynb")
    put(folder / "stranger.ipynb")
    assert set(found(folder, roster)) == {"ada", "bob", "eve", "stranger"}


@pytest.mark.parametrize(
    ("roster", "says"),
    [
        ("name\nada\n", "no column called id"),
        ("id\nada\nbob\nada\n", "has ada more than once"),
        ("id\n\ud800", "save it as CSV in UTF-8"),
    ],
)
def test_a_roster_that_cannot_be_used_says_why(tmp_path: Path, roster: str, says: str) -> None:
    (tmp_path / "roster.csv").write_bytes(roster.encode(errors="surrogatepass"))
    with pytest.raises(SetError, match=says):
        Roster.read(tmp_path / "roster.csv")


def test_nothing_to_grade_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="has no submissions"):
        found(tmp_path)
    with pytest.raises(SetError, match="is not there"):
        found(tmp_path / "nowhere")


# ---------------------------------------------------------------- what may not be read


def link(folder: Path) -> None:
    secret = put(folder.parent / "secret", b"0.5")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "eve.ipynb").symlink_to(secret)


def linked_folder(folder: Path) -> None:
    put(folder.parent / "others" / "sample.ipynb")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "eve").symlink_to(folder.parent / "others")


def link_inside(folder: Path) -> None:
    put(folder.parent / "others" / "sample.ipynb")
    (folder / "eve").mkdir(parents=True)
    (folder / "eve" / "sample.ipynb").symlink_to(folder.parent / "others" / "sample.ipynb")


def link_in_a_zip(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "eve.zip", "w") as archive:
        member = zipfile.ZipInfo("sample.ipynb")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")


def pipe(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.mkfifo(folder / "eve.ipynb")


def bomb(folder: Path) -> None:
    zipped(folder / "eve.zip", {"sample.ipynb": b"0" * (50 << 20)})


def broken_zip(folder: Path) -> None:
    put(folder / "eve.zip", b"PK\x03\x04 and so on")


def zip_with_a_broken_member(folder: Path) -> None:
    path = zipped(folder / "eve.zip", {"sample.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    data[60:400] = bytes(340)
    path.write_bytes(data)


def out_of_the_folder(folder: Path) -> None:
    zipped(folder / "eve.zip", {"../../eve.ipynb": NOTEBOOK})


def no_notebook(folder: Path) -> None:
    put(folder / "eve" / "answers.py", b"x = 1")


def empty_folder(folder: Path) -> None:
    (folder / "eve").mkdir(parents=True)


def too_large(folder: Path) -> None:
    put(folder / "eve.ipynb", b" " * (MOST + 1))


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (link, "is a link to another place"),
    (linked_folder, "is a link to another place"),
    (link_inside, "is a link to another place"),
    (link_in_a_zip, "is a link to another place"),
    (pipe, "is no file"),
    (bomb, "is larger than 1 MB"),
    (broken_zip, "is not a zip that can be opened"),
    (zip_with_a_broken_member, "sample.ipynb"),
    (out_of_the_folder, "points out of its own folder"),
    (no_notebook, "There is no notebook"),
    (empty_folder, "There is no notebook"),
    (too_large, "clear its outputs"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED, ids=lambda value: getattr(value, "__name__", None))
def test_what_may_not_be_read_is_found_with_its_reason(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    folder = tmp_path / "in"
    make(folder)
    put(folder / "ada.ipynb")
    before = sorted(tmp_path.rglob("*"))
    students = found(folder)
    assert read(students["ada"]) == NOTEBOOK
    eve = students["eve"]
    reason = eve.remark
    if eve.file is not None:
        with pytest.raises(UnreadableError) as refusal:
            eve.file.read(MOST)
        reason = str(refusal.value)
    assert says in reason
    assert sorted(tmp_path.rglob("*")) == before, "something was written"


def test_a_zip_with_too_many_files_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursework.submissions.MOST_FILES", 3)
    zipped(tmp_path / "eve.zip", {f"{n}.ipynb": b"x" for n in range(4)})
    eve = found(tmp_path)["eve"]
    assert "has 4 files" in (eve.file.trouble if eve.file else eve.remark)


def test_one_bad_file_of_a_class_costs_its_student_alone(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "class.zip",
        {
            "ada_1_assignsubmission_file_/sample.ipynb": NOTEBOOK,
            "eve_2_assignsubmission_file_/../../x.ipynb": NOTEBOOK,
        },
    )
    students = found(path)
    assert read(students["ada_1"]) == NOTEBOOK
    with pytest.raises(UnreadableError, match="points out"):
        read(students["eve_2"])


# ---------------------------------------------------------------- names and notebooks


NAMES = ["ada", "Ada Lovelace_17", "../../etc", ".", "..", "a/b", "a\nb", "x" * 300, "김하늘", "\ud800"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_every_student_has_a_file_name_of_their_own(name: str) -> None:
    safe = file_name(name)
    assert "/" not in safe
    assert "\n" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 120
    assert safe != file_name(name + "x")
    assert safe.isprintable()


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert file_name("Ada Lovelace_17") == "Ada Lovelace_17"


def test_cells_are_read_with_their_names() -> None:
    cells = read_notebook(contents(released()))
    assert [cell.name for cell in cells if cell.name][:3] == ["checks", "given-1", "my_entropy"]
    assert {cell.kind for cell in cells} == {"code", "markdown"}
