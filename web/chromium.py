"""Chromium, which prints the course and shows the site to the tests: where it is, and how it is started."""

import shutil

# The first is the same engine without the machinery of windows, and takes half of the processor's time.
PROGRAMS = ("chromium-headless-shell", "chromium")

# It asks the network for nothing of its own, and gives letters the width that they have, not whole pixels.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--font-render-hinting=none",
]


def find() -> str | None:
    """Return the path of the program, or None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
