"""The landing page: its picture is the one that its own numbers give."""

import sys

from tests.site.books import ROOT

sys.path.append(str(ROOT / "web"))
import picture
import signposts

TEXT = picture.PAGE.read_text(encoding="utf-8")
STORED = picture.PICTURE.read_text(encoding="utf-8")


def test_the_picture_is_that_of_the_pair() -> None:
    assert picture.drawn(TEXT) == STORED, "run python web/picture.py"


def test_the_picture_of_another_pair_is_another() -> None:
    assert TEXT.count("P, Q = (0.2, 0.5, 0.3)") == 1
    assert picture.drawn(TEXT.replace("P, Q = (0.2, 0.5, 0.3)", "P, Q = (0.5, 0.2, 0.3)")) != STORED


def test_the_page_shows_it_and_has_places_for_what_the_chapters_say() -> None:
    for part in ("](web/picture.svg)", signposts.MAP, signposts.START):
        assert TEXT.count(part) == 1
