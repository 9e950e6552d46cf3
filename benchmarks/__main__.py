"""Print, side by side in one run, how accurate, fast and frugal kltools and its alternatives are."""

import argparse
import os
import platform
import re
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import entropy

import kltools
from tests.kltools.strategies import REGIMES, Array, exact, exact_js, exact_kl, fifty_digits

RESULTS = Path(__file__).with_name("results.md")
PAGE = RESULTS.parents[1] / "CONTRIBUTING.md"  # shows some of the tables
GRADING = "## Grading"  # what follows is of benchmarks.grading
CASES = 300  # random pairs per regime
SECONDS = 4.0  # of timing per size, and at least three rounds

Function = Callable[[Array, Array], Array]
Row = list[str]

KL: dict[str, Function] = {
    "rel_entr(p, q).sum()": lambda p, q: rel_entr(p, q).sum(-1),
    "stats.entropy(p, q)": lambda p, q: entropy(p, q, axis=-1),
    "(p*log(p/q)).sum()": lambda p, q: (p * np.log(p / q)).sum(-1),
    "kltools.kl_divergence": kltools.kl_divergence,
}
JSD: dict[str, Function] = {
    "jensenshannon(p, q)**2": lambda p, q: jensenshannon(p, q, axis=-1) ** 2,
    "kltools.js_divergence": kltools.js_divergence,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name} and {PAGE.name} as well")
    record = parser.parse_args().record
    warnings.simplefilter("ignore")  # the alternatives divide by zero
    sections = []
    for section in report():
        print(section, flush=True)
        sections.append(section)
    if record:
        _, heading, grading = RESULTS.read_text(encoding="utf-8").partition(GRADING)
        write("\n".join(["# Benchmarks\n", *sections, heading]) + grading)


def write(results: str, path: Path = RESULTS) -> None:
    """Write the results, and the tables of the page."""
    path.write_text(results, encoding="utf-8")
    PAGE.write_text(show(results, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    progress(f"wrote {path} and {PAGE}")


def show(results: str, page: str) -> str:
    """Put tables of the results where the page has them, marked `recorded("name")` in their last cell."""
    tables = {
        table[1].split("|")[1].strip(): table[0]
        for table in re.finditer(r"^(\|.*\n)(?:\|.*\n)+", results, re.M)
    }
    for name, table in tables.items():
        mark = f'<!-- recorded("{name}") -->'
        marked = f"{table.rstrip().removesuffix(' |')}{mark} |\n"
        page = re.sub(rf"^(?:\|.*\n)*\|.*{re.escape(mark)}.*\n", lambda _, new=marked: new, page, flags=re.M)
    return page


def report() -> Iterator[str]:
    yield "Recorded by `make bench`; no line of it is typed.\n"
    yield table(["machine", ""], machine())
    yield "## Accuracy\n"
    yield f"Largest relative error against mpmath over {CASES} random pairs; how many were negative.\n"
    yield table(["P and Q", *KL, *JSD], accuracy())
    yield "## Time\n"
    yield "Nanoseconds per outcome, the least of interleaved runs; in brackets the ratio to the first.\n"
    yield table(["ns per outcome", *KL, *JSD], times())
    yield "## Import\n"
    yield table(["", "ms"], imports())
    yield "## Memory\n"
    yield "Peak in MB beyond the arguments.\n"
    yield table(["MB", *KL, *JSD], memory())


def machine() -> Iterator[Row]:
    yield ["CPU", f"{cpu()}, {os.cpu_count()} cores"]
    yield ["system", platform.platform(terse=True)]
    versions = {"Python": platform.python_version(), "NumPy": np.__version__, "SciPy": scipy.__version__}
    yield from ([name, version] for name, version in versions.items())


def cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def accuracy() -> Iterator[Row]:
    for regime, draw in REGIMES.items():
        progress(f"accuracy: {regime}")
        rng = np.random.default_rng(0)
        worst = dict.fromkeys([*KL, *JSD], 0.0)
        negative = dict.fromkeys(worst, 0)
        for _ in range(CASES):
            p, q = draw(rng)
            with fifty_digits(p, q):
                x, y = exact(p), exact(q)
                for functions, truth in ((KL, exact_kl(x, y)), (JSD, exact_js(x, y))):
                    for name, function in functions.items():
                        value = float(function(p, q))
                        error = float(abs(value - truth) / truth) if np.isfinite(value) else np.inf
                        worst[name] = max(worst[name], error)
                        negative[name] += value < 0
        yield [regime, *(f"{worst[name]:.0e}{negatives(negative[name])}" for name in worst)]


def negatives(count: int) -> str:
    return f", {count} negative" if count else ""


def arguments() -> Iterator[tuple[str, Array, Array]]:
    rng = np.random.default_rng(0)
    shapes: list[tuple[int, ...]] = [(3,), (10**3,), (10**6,), (10**7,), (10**5, 10)]
    for shape in shapes:
        p, q = (weights / weights.sum(-1, keepdims=True) for weights in rng.gamma(1.0, size=(2, *shape)))
        for dtype in (np.float64, np.float32):
            name = " x ".join(f"{length:,}" for length in shape)
            yield f"{name} {np.dtype(dtype).name}", p.astype(dtype), q.astype(dtype)


def times() -> Iterator[Row]:
    for name, p, q in arguments():
        progress(f"time: {name}")
        best = fastest({f: lambda g=g, p=p, q=q: g(p, q) for f, g in (KL | JSD).items()})
        cells = []
        for functions in (KL, JSD):
            reference = best[next(iter(functions))]
            cells += [f"{best[f] / p.size * 1e9:,.1f} ({best[f] / reference:.2f})" for f in functions]
        yield [name, *cells]


def fastest(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least time of each call, in seconds, from rounds in which the calls take turns."""
    repeats = 1
    best = dict.fromkeys(calls, np.inf)
    start, rounds = time.perf_counter(), 0
    while rounds < 3 or time.perf_counter() - start < SECONDS:
        for name, call in calls.items():
            before = time.perf_counter()
            for _ in range(repeats):
                call()
            elapsed = time.perf_counter() - before
            best[name] = min(best[name], elapsed / repeats)
        repeats = max(1, min(200, int(1e-3 / min(best.values()))))
        rounds += 1
    return best


def imports() -> Iterator[Row]:
    progress("import")
    best = fastest(
        {
            module: lambda m=module: subprocess.run([sys.executable, "-c", f"import {m}"], check=True)
            for module in ("numpy", "kltools")
        }
    )
    yield from ([f"import {module}", f"{seconds * 1e3:.0f}"] for module, seconds in best.items())


def memory() -> Iterator[Row]:
    for name, p, q in arguments():
        progress(f"memory: {name}")
        cells = []
        for function in (KL | JSD).values():
            tracemalloc.start()
            function(p, q)
            cells.append(f"{tracemalloc.get_traced_memory()[1] / 1e6:.1f}")
            tracemalloc.stop()
        yield [name, *cells]


def table(header: Row, rows: Iterator[Row]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def progress(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
