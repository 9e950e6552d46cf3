"""A set says what is wrong with it, and draws inputs that are a student's own."""

from pathlib import Path

import numpy as np
import pytest

from coursework.items import Inputs, Item, Part, SetError, draws, find, load
from tests.coursework.handed_in import sample

HEAD = "from coursework.items import *\nfrom kltools import entropy\n"
GOOD = "Item('f', 'F', (Part('a', 1, lambda g: [(g.random(),)], ((1,),)),), abs)"


def a_set(folder: Path, items: str) -> str:
    (folder / "trial").mkdir()
    (folder / "trial" / "notebook.py").write_text("")
    (folder / "trial" / "items.py").write_text(HEAD + items)
    return str(folder / "trial")


def uniform(generator: np.random.Generator) -> Inputs:
    return [(generator.random(5).tolist(),)]


def test_inputs_are_a_students_own_and_always_the_same() -> None:
    part = Part("value", 1, uniform)
    base = draws(b"secret", "set", "ada", "item", part)
    assert draws(b"secret", "set", "ada", "item", part) == base
    others = [
        draws(b"another", "set", "ada", "item", part),
        draws(b"secret", "other", "ada", "item", part),
        draws(b"secret", "set", "bob", "item", part),
        draws(b"secret", "set", "ada", "other", part),
        draws(b"secret", "set", "ada", "item", Part("zeros", 1, uniform)),
        draws(b"secret", "se", "tada", "item", part),
    ]
    assert all(other != base for other in others)


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ("", "lists no ITEMS"),
        (f"ITEMS = ({GOOD}, {GOOD})", "2 items are called f"),
        ("ITEMS = (PersonItem('a b', 'T', ((1, 'x'),)),)", "cannot be the name of a variable"),
        ("ITEMS = (PersonItem('a', 'T', ()),)", "a has no points"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1, tried=((1,),)),), abs),)", "give hidden inputs"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1, lambda g: [(1,)]),), abs),)", "no public inputs"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1), Part('b', 1)), 3.0),)", "2 parts in the place of one"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1), Part('a', 1)), 3.0),)", "two parts of f have one name"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1),), 3.0, (Wrong(2.0, 's', ('b',)),)),)", "its parts are a"),
        ("ITEMS = (Item('f', 'F', (Part('a', 1),), 3.0, (Wrong(2.0, 's', ()),)),)", "its parts are a"),
        ("1 / 0", "stops with ZeroDivisionError"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused(tmp_path: Path, items: str, says: str) -> None:
    with pytest.raises(SetError, match=says):
        load(a_set(tmp_path, items))


def test_a_set_is_found_by_its_name_its_path_or_in_the_teachers_folder(tmp_path: Path) -> None:
    place = a_set(tmp_path, f"ITEMS = ({GOOD},)")
    assert load(place).points == 1
    assert find("trial", [tmp_path]) == Path(place)
    with pytest.raises(SetError, match=r"There is no set 'trail'.*trial"):
        find("trail", [tmp_path])


def test_the_fingerprint_of_a_set_is_that_of_its_files(tmp_path: Path) -> None:
    place = a_set(tmp_path, f"ITEMS = ({GOOD},)")
    first = load(place).digest
    assert load(place).digest == first
    (Path(place) / "notebook.py").write_text("# changed")
    assert load(place).digest != first


def test_what_is_tried_are_the_public_inputs_of_all_parts() -> None:
    item = sample()["my_entropy"]
    assert isinstance(item, Item)
    assert item.tried == [([0.5, 0.5],), ([0.2, 0.5, 0.3],), ([0.5, 0.5, 0.0],)]
    value = sample()["bits"]
    assert isinstance(value, Item)
    assert value.tried == [()]
