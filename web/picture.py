"""Draw the picture of the landing page again, from the page's own `run:` comment: python web/picture.py."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "index.md"
PICTURE = PAGE.with_name("web") / "picture.svg"


def drawn(page: str) -> str:
    run = re.search(r"<!-- run:(.*?)-->", page, re.DOTALL)
    names: dict[str, object] = {}
    exec(run[1], names)
    return names["picture"].svg


if __name__ == "__main__":
    PICTURE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
