"""Hostile and broken submissions: none gets what it did not earn, or loses what it did, or touches more."""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import psutil
import pytest

from coursework.grading import Grader, Result
from coursework.sandbox import Limits
from tests.coursework.handed_in import (
    POINTS,
    Notebook,
    answering,
    cell_of,
    contents,
    grade_id,
    released,
    sample,
    solved,
    with_cell,
)

# A second or two would do, and a machine that is busy needs more; what a loop wastes is this.
ROOT = Path(__file__).parents[2]
LIMITS = Limits(statement=2, wall=20, cpu=20, memory=700, output=1, notebook=24)
LOOP, ENDED = "a loop without an end", "ended the whole program"
RIGHT = cell_of(solved(), "my_entropy")["source"].rstrip()
BODY = RIGHT.split("\n", 1)[1]


@dataclass(frozen=True)
class Case:
    """A submission, what it loses, and what it is told."""

    name: str
    handed_in: Callable[[Path], Notebook | bytes]
    lost: dict[str, float]
    says: str

    @property
    def scores(self) -> dict[str, float]:
        return {name: points - self.lost.get(name, 0.0) for name, points in POINTS.items()}


CASES: list[Case] = []


def case(says: str = "", **lost: float) -> Callable[[Callable[[Path], Notebook | bytes]], None]:
    def add(handed_in: Callable[[Path], Notebook | bytes]) -> None:
        CASES.append(Case(handed_in.__name__, handed_in, lost, says))

    return add


def code(name: str, source: str, says: str = "", **lost: float) -> None:
    """A case in which the first answer is this code."""
    source = dedent(source).strip()
    CASES.append(Case(name, lambda _: answering(my_entropy=source), lost, says))


def function(name: str, body: str, says: str = "") -> None:
    """A case in which this is what the function does."""
    code(name, f"def my_entropy(p):\n    {body}", says, my_entropy=4)


# ---------------------------------------------------------------- time, memory, processes

code("loop", "while True: pass", LOOP, my_entropy=4)
code(
    "loop_that_cannot_be_interrupted",
    """
    import signal
    for number in {*range(1, 30)} - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True: pass
        except BaseException: pass
    """,
    LOOP,
    my_entropy=4,
)
code("loop_after_the_answer", f"{RIGHT}\nwhile True: pass")
code(
    "loop_where_p_has_zeros",
    f"def my_entropy(p):\n    while 0 in p: pass\n{BODY}",
    LOOP,
    my_entropy=1,
)
code("sleeper", f"{RIGHT}\nimport time; time.sleep(1000)")
code("endless_print", "while True: print('x' * 10000)", LOOP, my_entropy=4)
code("memory_in_a_list", "x = ['x']\nwhile True: x += x", my_entropy=4)
code("memory_in_an_array", f"{RIGHT}\nimport numpy as np; x = np.ones(10**12)")
code("many_numbers", "my_entropy = lambda p: list(range(10**5))", "more than 10000 numbers", my_entropy=4)
code("fork_bomb", "import os\nwhile True: os.fork()", "PermissionError", my_entropy=4)
code(
    "fork_bomb_that_goes_on",
    """
    import os
    while True:
        try: os.fork()
        except OSError: pass
    """,
    LOOP,
    my_entropy=4,
)
code(
    "many_threads",
    f"{RIGHT}\nimport threading\nfor _ in range(10**6): threading.Thread(target=print).start()",
)
code(
    "background_process",
    f"{RIGHT}\nimport subprocess\nsubprocess.Popen(['sleep', '99'], start_new_session=True)",
)
code("shell", f"{RIGHT}\nimport os; os.system('sleep 99 &')\n!sleep 99 &\n")
code("leaves_at_once", "import os; os._exit(0)", ENDED, my_entropy=4)
code("leaves_after_the_answer", f"{RIGHT}\nimport os; os._exit(0)")
function("leaves_when_called", "import os; os._exit(0)", ENDED)
code("sys_exit", f"{RIGHT}\nimport sys; sys.exit('bye')")
code("kills_all", f"{RIGHT}\nimport os; os.kill(-1, 9)")
code("kills_itself", f"{RIGHT}\nimport os; os.kill(os.getpid(), 9)")
code("segmentation_fault", f"{RIGHT}\nimport ctypes; ctypes.string_at(0)")
function("recursion", "return my_entropy(p)", "RecursionError")
code("recursion_in_c", f"{RIGHT}\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)")
code("asks_a_person", f"{RIGHT}\ninput('name? ')\nbreakpoint()")

# ---------------------------------------------------------------- looking for answers


def looking(name: str, source: str, says: str = "stopped") -> None:
    """A case in which a number is taken from elsewhere; `PLACE` is a folder that has the right one."""

    def handed_in(folder: Path) -> Notebook:
        return answering(bits=dedent(source).strip().replace("PLACE", repr(str(folder))))

    CASES.append(Case(name, handed_in, {"bits": 2}, says))


looking("reads_the_secret", "bits = float(open(PLACE + '/secret').read())")
looking("reads_the_solution", "exec(open(PLACE + '/solution.py').read())")
looking(
    "reads_another_student",
    "import json\nexec(json.load(open(PLACE + '/other.ipynb'))['cells'][0]['source'])",
)
looking(
    "reads_the_gradebook",
    """
    import sqlite3
    gradebook = sqlite3.connect(f'file:{PLACE}/gradebook.db?mode=ro', uri=True)
    bits = gradebook.execute('select bits from t').fetchone()[0]
    """,
)
looking(
    "lists_the_disk",
    "import pathlib\nbits = float(next(pathlib.Path(PLACE).parent.rglob('secret')).read_text())",
)
looking("asks_the_course", "from kltools import entropy\nbits = entropy([1/8, 7/8], base=2)", "NumPy alone")
looking(
    "puts_the_course_on_the_path",
    f"""
    import sys; sys.path += {[str(ROOT), *sys.path]}
    from kltools import entropy
    bits = entropy([1/8, 7/8], base=2)
    """,
    "NumPy alone",
)
looking(
    "asks_the_items",
    "from coursework.template.sets.sample.items import ITEMS\nbits = ITEMS[1].right",
    "NumPy alone",
)
looking(
    "looks_around_in_memory",
    """
    import gc
    tables = [x for x in gc.get_objects() if isinstance(x, dict)]
    bits = [x for t in tables for x in t.values() if isinstance(x, float) and .54 < x < .55][0]
    """,
)
looking(
    "looks_at_the_job",
    """
    import sys
    frame = sys._getframe()
    while frame.f_back: frame = frame.f_back
    bits = frame.f_locals['job']['right']
    """,
)
looking("reads_other_processes", "bits = float(open('/proc/1/environ').read())")
looking(
    "asks_the_network",
    "import urllib.request\nbits = float(urllib.request.urlopen('http://127.0.0.1:8000/bits').read())",
)
looking("asks_by_name", "import socket\nbits = float(socket.create_connection(('example.org', 80)).recv(9))")
looking("traces_the_runner", "import ctypes\nbits = 0 / ctypes.CDLL(None).ptrace(16, 1, 0, 0)", "not right")
function(
    "walks_up_the_frames",
    "import sys; return sys._getframe(1).f_locals['self'].job['asks'][0]['right']",
    "KeyError",
)
function("returns_its_input", "return p", "in the place of one number")

# ---------------------------------------------------------------- lying about what it is

EQUAL = """
class Equal(BASE):
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda *_: True
    __ne__ = lambda *_: False
    __hash__ = None
    __sub__ = __rsub__ = __abs__ = lambda self, *_: self
my_entropy = lambda p: Equal()
"""
code("equal_to_everything", EQUAL.replace("BASE", "object"), "gives something else", my_entropy=4)
code("a_float_equal_to_everything", EQUAL.replace("BASE", "float"), "not right", my_entropy=4)
code("a_word_equal_to_everything", EQUAL.replace("BASE", "str"), "A number", my_entropy=4)
code(
    "an_array_equal_to_everything",
    """
    import numpy as np
    class Equal(np.ndarray):
        def tolist(self): return self
        __eq__ = lambda *_: True
    my_entropy = lambda p: np.zeros(()).view(Equal)
    """,
    "not right",
    my_entropy=4,
)
code(
    "patches_numpy",
    """
    import numpy as np
    np.allclose = np.isclose = lambda *_, **__: True
    np.asarray = lambda *_, **__: 0.5
    my_entropy = lambda p: 0.5
    """,
    "not right",
    my_entropy=4,
)
code(
    "patches_python",
    """
    import builtins, math
    builtins.abs = lambda x: 0
    builtins.all = builtins.isinstance = math.isclose = lambda *_: True
    my_entropy = lambda p: 0.5
    """,
    "not right",
    my_entropy=4,
)
code(
    "patches_json",
    """
    import json
    json.dumps = lambda *_, **__: '1'
    json.JSONEncoder.encode = lambda *_: '1'
    my_entropy = lambda p: 0.5
    """,
    "not right",
    my_entropy=4,
)
code(
    "patches_the_runner",
    """
    import sys
    sys.modules['__main__'].plain = lambda *_: 'right'
    my_entropy = lambda p: 0.5
    """,
    my_entropy=4,
    bits=2,
    split=2,
)
code("changes_its_input", "def my_entropy(p):\n    p[:] = [1.0]\n    return 0.0", my_entropy=4)
code(
    "counts_its_calls",
    "calls = [0]\ndef my_entropy(p):\n    calls[0] += 1\n    return calls[0]",
    my_entropy=4,
)

FRAMES = """
import os, json
def send(frame):
    for number in range(3, 64):
        try: os.write(number, frame)
        except OSError: pass
"""
code(
    "forges_values",
    FRAMES
    + """
for ask in range(9):
    for call in range(9):
        send(json.dumps({'value': [ask, call, 0.5436]}).encode() + b'\\n')
my_entropy = lambda p: 0
""",
    my_entropy=4,
)
code("forges_the_end", FRAMES + "send(b'{\"end\": true}\\n')", my_entropy=4, bits=2, split=2)
code(
    "forges_nonsense",
    f"{RIGHT}\n{FRAMES}"
    + """
send(b'[[[[\\n{"at": 7}\\n{"value": 1}\\n{"value": [-1, 99, {}]}\\n{"note": []}\\n')
send(b'[' * 10**5 + b'\\n' + b'9' * 10**5 + b'\\n')
""",
)
code("shouts", FRAMES + "while True: send(b'x' * 4096)", my_entropy=4, bits=2, split=2)
code(
    "forges_when_it_ends",
    FRAMES
    + """
import atexit
atexit.register(send, b'{"value": [0, 0, 1]}\\n')
class Last:
    def __del__(self): send(b'{"value": [0, 1, 1]}\\n')
last = Last()
my_entropy = lambda p: 0
""",
    my_entropy=4,
)
code(
    "input_transformer",
    """
    get_ipython().input_transformers_post.append(lambda lines: ['pass'])
    my_entropy = lambda p: 0
    """,
    my_entropy=4,
)
function(
    "an_error_of_its_own",
    "raise type('X' * 10**6, (BaseException,), {'__str__': lambda s: 1 / 0})()",
    "It stops with",
)
function("a_huge_number", "return 10 ** 10000", "It stops with OverflowError")
function("nan", "return float('nan')", "gives nan")
function("a_long_word", "return 'x' * 10**7", "A number")
function("lists_in_lists", "x = []\n    for _ in range(10**5): x = [x]\n    return x", "lists within lists")
function("itself_in_a_list", "x = []; x.append(x); return x", "lists within lists")
function("complex", "return 1j", "gives complex")
function("words_that_are_no_text", "return '\\ud800'", "A number")
function("true", "return True", "not right")
function("nothing", "pass", "Is a return missing?")
code("an_answer_that_is_no_function", "my_entropy = 0.5", "TypeError", my_entropy=4)


def proof(name: str, answer: str, says: str = "Refused") -> None:
    """A case in which this is the missing line."""
    CASES.append(Case(name, lambda _: answering(split=f"split = {answer}"), {"split": 2}, says))


proof("proof_that_runs_code", repr("__import__('os').system('id')"))
proof("proof_with_a_huge_power", repr("Sum(p ** 999999999)"))
proof("proof_that_is_long", "'p + ' * 10**5 + 'p'")
proof("proof_with_many_brackets", "'(' * 5000 + 'p' + ')' * 5000")
proof("proof_that_repeats_a_line", repr("H(p, q) - H(p)"), "repeats")
proof("proof_that_is_much_work", repr("Sum((p + q)**8 * (p - q)**8 * ln(p + q + p*q)**8)"), "")
proof("proof_with_a_division_by_zero", repr("Sum(p / (q - q))"), "")
proof("proof_that_is_no_text", "[3]", "a line in quotes is asked for")

# ---------------------------------------------------------------- notebooks that were changed


@case("Its cell was not in what you handed in", my_entropy=4)
def deleted_cell(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"] = [cell for cell in notebook["cells"] if grade_id(cell) != "my_entropy"]
    return notebook


@case()
def metadata_gone(_: Path) -> Notebook:
    notebook = solved()
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return notebook


@case()
def relabelled_cells(_: Path) -> Notebook:
    notebook = solved()
    first, second = cell_of(notebook, "my_entropy"), cell_of(notebook, "bits")
    first["metadata"], second["metadata"] = second["metadata"], first["metadata"]
    return notebook


@case()
def relabelled_with_letters_that_look_alike(_: Path) -> Notebook:
    notebook = solved()
    cell_of(notebook, "my_entropy")["metadata"]["nbgrader"]["grade_id"] = "my_entr\u043epy"
    return notebook


@case()
def duplicated_answer_with_the_stub_last(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"].append(cell_of(released(), "my_entropy"))
    return notebook


@case(my_entropy=4)
def duplicated_answer_of_which_the_last_is_wrong(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"].append(cell_of(answering(my_entropy="my_entropy = lambda p: 0"), "my_entropy"))
    return notebook


@case()
def every_cell_twice(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"] += solved()["cells"]
    return notebook


@case()
def reordered_cells(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"].reverse()
    return notebook


@case("not right", bits=2)
def tampered_checks(_: Path) -> Notebook:
    notebook = answering(bits="bits = 0")
    for cell in notebook["cells"]:
        if str(grade_id(cell)).endswith("-check"):
            cell["source"], cell["metadata"]["nbgrader"]["points"] = "bits = 0.5435644431995964", 1000
    return notebook


@case()
def tampered_given_cells(_: Path) -> Notebook:
    notebook = solved()
    cell_of(notebook, "given-1")["source"] = "np = None"
    return notebook


@case()
def answer_in_a_markdown_cell(_: Path) -> Notebook:
    notebook = solved()
    cell_of(notebook, "bits")["cell_type"] = "markdown"
    return notebook


@case()
def a_helper_in_a_cell_of_its_own(_: Path) -> Notebook:
    notebook = with_cell(f"import numpy as np\n{RIGHT.replace('my_entropy', 'nats')}", "my_entropy")
    cell_of(notebook, "my_entropy")["source"] = "my_entropy = nats"
    return notebook


@case()
def a_helper_at_the_very_end(_: Path) -> Notebook:
    notebook = answering(my_entropy="def my_entropy(p):\n    return late(p)")
    notebook["cells"].append(
        {"cell_type": "code", "metadata": {}, "source": RIGHT.replace("my_entropy", "late")}
    )
    return notebook


@case()
def a_cell_of_its_own_that_fails(_: Path) -> Notebook:
    return with_cell("1 / 0", "my_entropy")


@case()
def syntax_error_elsewhere(_: Path) -> Notebook:
    return with_cell("def (:", "bits")


@case()
def warnings_on_stderr(_: Path) -> Notebook:
    shout = "    import sys, warnings; warnings.warn('careful'); print('x', file=sys.stderr)"
    return answering(my_entropy=f"def my_entropy(p):\n{shout}\n{BODY}")


@case()
def magics(_: Path) -> Notebook:
    return answering(my_entropy=f"%matplotlib inline\n{RIGHT}\n!ls\n?np")


@case()
def ten_thousand_cells(_: Path) -> Notebook:
    notebook = solved()
    notebook["cells"] += [{"cell_type": "code", "metadata": {}, "source": "x = 1"}] * 10_000
    return notebook


@case()
def huge_outputs(_: Path) -> Notebook:
    notebook = solved()
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}
    cell_of(notebook, "my_entropy")["outputs"] = [text]
    return notebook


@case()
def version_3(_: Path) -> Notebook:
    cells = [{**cell, "input": cell.pop("source")} for cell in solved()["cells"]]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


@case()
def version_of_the_future(_: Path) -> Notebook:
    return {**solved(), "nbformat": 7, "nbformat_minor": 99, "news": {}}


@case()
def lines_in_lists(_: Path) -> Notebook:
    notebook = solved()
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return notebook


@case()
def strange_cells_beside(_: Path) -> Notebook:
    notebook = solved()
    strange: list[Any] = [
        None,
        7,
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "metadata": [], "source": 3},
    ]
    strange += [{"cell_type": "code", "metadata": {"nbgrader": "x"}, "source": [1, None]}]
    strange += [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["bits"]}}, "source": "\ud800"}]
    notebook["cells"] = strange + notebook["cells"]
    return notebook


@case()
def byte_order_mark(_: Path) -> bytes:
    return b"\xef\xbb\xbf" + contents(solved())


@case()
def utf_16(_: Path) -> bytes:
    return json.dumps(solved(), ensure_ascii=False).encode("utf-16")


@case("not right", bits=2)
def keys_that_stand_twice(_: Path) -> bytes:
    text = json.dumps(answering(bits="bits = 0"))
    return text.replace('"bits = 0"', '"bits = 0.5435644431995964", "source": "bits = 0"').encode()


# ---------------------------------------------------------------- all of them


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what no submission may see: each file gives the right answer away."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "secret").write_text("0.5435644431995964")
    (folder / "solution.py").write_text("bits = 0.5435644431995964")
    (folder / "other.ipynb").write_text(json.dumps({"cells": [{"source": "bits = 0.5435644431995964"}]}))
    with sqlite3.connect(folder / "gradebook.db") as database:
        database.execute("create table t as select 0.5435644431995964 as bits")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def graded(private: Path, bubblewrap: None) -> Iterator[dict[str, Future[Result]]]:
    """All of them, two at a time."""
    grader = Grader(sample(), b"a class secret", LIMITS)
    with ThreadPoolExecutor(2) as pool:
        yield {
            case.name: pool.submit(grader.grade, case.name, contents(case.handed_in(private)))
            for case in CASES
        }
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "bwrap"]


def test_there_are_enough_and_no_two_have_one_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_honest_score(case: Case, graded: dict[str, Future[Result]]) -> None:
    result = graded[case.name].result()
    assert result.status == "graded", result.reason
    scores = {item.name: item.score for item in result.items if item.name in POINTS}
    messages = [message for item in result.items for message in item.messages] + result.remarks
    assert scores == case.scores, messages
    assert case.says in " ".join(messages)
    for item in result.items:
        assert item.score == item.points or item.messages or item.score is None, "a loss without a reason"
    assert "0.54356" not in " ".join(messages)


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated": (lambda: contents(solved())[:2000], "line 1"),
    "empty": (lambda: b"", "The notebook is empty"),
    "blank": (lambda: b" \n ", "The notebook is empty"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\xff\xfe", "is not text"),
    "list": (lambda: b"[]", "has no cells"),
    "no_cells": (lambda: b'{"cells": 3}', "has no cells"),
    "deep": (lambda: b"[" * 10**6, "cannot be read"),
    "long_number": (lambda: b'{"cells": ' + b"9" * 10**6 + b"}", "cannot be read"),
    "web_page": (lambda: b"<!DOCTYPE html><html>", "is broken"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_notebook_gets_a_reason(name: str) -> None:
    make, says = UNREADABLE[name]
    result = Grader(sample(), b"a class secret", LIMITS).grade("eve", make())
    assert result.status == "unreadable"
    assert says in result.reason
    assert not result.items


def test_nothing_is_earned_by_handing_in_what_was_given() -> None:
    result = Grader(sample(), b"a class secret", LIMITS).grade("eve", contents(released()))
    assert [item.score for item in result.items] == [0.0] * 5
    assert all(item.messages for item in result.items)
