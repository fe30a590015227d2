"""`series test` on small projects: what each patch breaks, fixes, and what is not its doing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from patchseries.errors import SeriesError
from patchseries.manifest.suite import Format, SuiteTable
from patchseries.model import TreeId
from patchseries.pipeline.testing.judging import Judge, _failed, trees_of
from patchseries.pipeline.testing.runs import Runs
from patchseries.pipeline.testing.steps import PatchedTree
from patchseries.pipeline.testing.suites import Suite
from patchseries.testing.blame import Blamed
from patchseries.testing.outcomes import Ending, TestRun, compare
from support.suiteproject import TABLE, SuiteProject, suite_project, values

CASES = b"a A == 1\nb B == 1\nc A == 0\nd D == 1\n"
PATCHES = {
    "harmless": {"values": values(A=1, B=1, C=2, D=0)},
    "bad": {"values": values(A=1, B=0, C=2, D=0)},
    "good": {"values": values(A=1, B=0, C=2, D=1)},
}
STOCK = {"values": values(A=1, B=1, C=1, D=0), "tests/cases": CASES, "tests/more": b"e A == 1\n"}
ALL = TABLE + 'select = "all"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SuiteProject]:
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, ALL) as small:
        yield small


def test_each_broken_test_is_blamed_on_one_patch(project: SuiteProject) -> None:
    document = project.json("test")
    assert not document["ok"]
    cells = {cell["patch"]: cell for cell in document["cells"]}
    assert {name: cell["result"] for name, cell in cells.items()} == {
        "harmless": "passes",
        "bad": "breaks",
        "good": "fixes",
    }
    assert cells["bad"]["breaks"] == [{"test": "b", "ending": "failed", "output": " c"}]
    assert cells["good"]["fixes"] == ["d"]
    assert cells["harmless"]["failing_before"] == ["c", "d"]
    (stock,) = document["stock"]
    assert (stock["tests"], stock["passed"]) == (5, 3)
    assert [one["test"] for one in stock["failing"]] == ["c", "d"]


def test_what_people_read(project: SuiteProject) -> None:
    status, output = project.run("test")
    assert status == 1
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert "bad project breaks 1" in lines
    assert "project 1.0 5 3 2" in lines
    assert "breaks: bad on 1.0: b (failed): c" in lines
    assert "fixes: good on 1.0: d" in lines


def test_nothing_runs_twice(project: SuiteProject) -> None:
    first = project.json("test")
    runs = project.runs
    assert project.json("test") == first
    assert project.runs == runs
    (project.root / "run.py").write_text((project.root / "run.py").read_text() + "# changed\n")
    assert project.json("test") == first
    assert len(project.runs) == 2 * len(runs)


def test_one_patch_is_run_on_the_trees_before_and_after_it(project: SuiteProject) -> None:
    assert project.cells("--patch", "bad").keys() == {"bad"}
    # two files on two trees; what fails is run again, twice
    assert sorted(project.runs) == ["tests/cases"] * 4 + ["tests/more"] * 2


def test_on_which_trees_a_file_of_tests_is_run() -> None:
    names = ("stock", "a", "b", "c")
    steps = [PatchedTree(name, TreeId(name), ("t",) if name == "a" else ()) for name in names]
    assert trees_of("t", steps, ()) == [0, 1, 3]
    assert trees_of("t", steps, ["a"]) == [0, 1]
    assert trees_of("t", steps, ["b"]) == trees_of("u", steps, ()) == []


def test_a_patchs_own_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that it adds or changes; what a patch adds is not run on stock."""
    patches = {
        "adds": {"tests/new": b"n A == 1\n"},
        "changes": {"tests/more": b"e A == 1\nf A == 1\n"},
    }
    own = TABLE + 'select = "own"\n'
    with suite_project(tmp_path, monkeypatch, STOCK, patches, own) as small:
        cells = small.cells()
        assert {name: cell["tests"] for name, cell in cells.items()} == {"adds": 1, "changes": 2}
        assert sorted(small.runs) == ["tests/more"] * 2 + ["tests/new"] * 2


class RecordedRuns(Runs):
    """Says what is run, and runs nothing."""

    def make(self, number: int, names: Sequence[str], again: int = 0) -> list[TestRun]:
        return [TestRun({name: Ending.PASSED}, unfinished=f"{number} {again}") for name in names]


@pytest.mark.parametrize(
    ("form", "test", "alone"),
    [("pytest", "t.py::a", "t.py::a"), ("pytest", "t", "t.py"), ("tap", "a::b", "t.py")],
)
def test_what_fails_is_run_again_alone_where_its_id_is_an_argument(
    tmp_path: Path, form: Format, test: str, alone: str
) -> None:
    suite = Suite(SuiteTable(command=("x",), format=form), tmp_path, tmp_path)
    runs = RecordedRuns(suite, cast(Any, None), cast(Any, None), cast(Any, None))
    again = runs.again(3, test, "t.py", 2)
    assert [list(run.endings) for run in again] == [[alone]] * 2
    assert [run.unfinished for run in again] == ["3 1", "3 2"]


def test_a_file_for_a_ci_server(project: SuiteProject, tmp_path: Path) -> None:
    project.run("test", "--junit", str(tmp_path / "out" / "tests.xml"))
    text = (tmp_path / "out" / "tests.xml").read_text()
    assert '<failure message="bad breaks 1">' in text


class GivenRuns:
    """Runs that ended as they are given: on each tree, and again."""

    def __init__(self, ended: Ending | None, again: list[Ending]) -> None:
        self.first = TestRun({"t": ended} if ended else {}, {"t": "x" * 5000 + "end"})
        self.repeated = [TestRun({"t": ending}) for ending in again]

    def at(self, *_: object) -> TestRun:
        return self.first

    def again(self, *_: object) -> list[TestRun]:
        assert self.repeated, "not run again"
        return self.repeated


@pytest.mark.parametrize(
    ("ended", "again", "sure"),
    [
        (Ending.FAILED, [Ending.FAILED, Ending.ERROR], True),
        (Ending.FAILED, [Ending.FAILED, Ending.PASSED], False),
        (Ending.FAILED, [Ending.PASSED, Ending.FAILED], False),
        (Ending.HANGS, [], True),
        (None, [], True),
    ],
)
def test_what_fails_again_each_time_is_broken(
    ended: Ending | None, again: list[Ending], sure: bool
) -> None:
    change = compare(TestRun({"t": Ending.PASSED}), TestRun({"t": Ending.FAILED}))
    judge = Judge(cast(Any, GivenRuns(ended, again)))
    assert judge._is_sure(Blamed("t", 1, change), "file") == sure


def test_the_end_of_a_long_output_is_shown() -> None:
    shown = _failed("t", GivenRuns(Ending.FAILED, []).first).output
    assert (len(shown), shown[-4:]) == (4000, "xend")


def test_runs_at_the_same_time(project: SuiteProject) -> None:
    assert project.cells("-j", "4")["bad"]["result"] == "breaks"


def test_a_test_that_does_not_always_fail_is_flaky(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = f"a (lambda f: f.write('x') and f.tell() != 2)(open({str(tmp_path / 'x')!r}, 'a'))\n"
    stock = {"values": values(A=1, B=1), "tests/cases": second.encode()}
    patches = {"p": {"values": values(A=2, B=1)}}
    with suite_project(tmp_path, monkeypatch, stock, patches, ALL) as small:
        cell = small.cells()["p"]
    assert (cell["flaky"], cell["breaks"]) == (["a"], [])


def test_a_test_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = {"values": values(A=1, B=1), "tests/cases": b"a A == 1\nb B == 1\n"}
    patches = {"p": {"tests/cases": b"a hang\nb B == 1\n"}}
    table = ALL + "test-time-limit = 1\n"
    with suite_project(tmp_path, monkeypatch, stock, patches, table) as small:
        cell = small.cells()["p"]
        (broken,) = cell["breaks"]
        assert (broken["ending"], cell["result"]) == ("hangs", "breaks")
        assert "wrote nothing for 1 s" in broken["output"]
        assert cell["not_run"] == ["a", "b"]
        assert len(small.runs) == 2  # what hangs is not run again


def test_tests_that_hang_are_left_out_where_the_command_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pytest says which test hangs; here subunit does, and the rest is run without it."""
    stock = {"values": values(A=1, B=1), "tests/cases": b"a hang\nb B == 1\n"}
    patches = {"p": {"values": values(A=2, B=1)}}
    table = ALL.replace('"{tests}"', '"{tests}", "{except}"').replace("tap", "subunit")
    table += "test-time-limit = 1\n"
    with suite_project(tmp_path, monkeypatch, stock, patches, table) as small:
        runner = (small.root / "run.py").read_text()
        runner = runner.replace('f"# {name}"', 'f"test: {name}"')
        runner = runner.replace('"ok" if', '"success:" if').replace('"not ok", "-"', '"failure:"')
        (small.root / "run.py").write_text(runner)
        cell = small.cells()["p"]
    assert (cell["tests"], cell["passed"], cell["result"]) == (2, 1, "passes")
    assert cell["failing_before"] == ["a"]


def test_tests_that_belong_to_a_patch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each patch runs its own; all of them run on stock and on the last tree, and are blamed."""
    module = b"from p import work\nA = 1\n"
    stock = {
        "p/__init__.py": b"",
        "p/work.py": b"A = 1\n\n\n\n\nB = 1\n",
        "p/other.py": b"A = 1\n",
        "tests/test_work.py": b"from p import work\ndef test_a(): assert work.A == work.B == 1\n",
        "tests/test_other.py": module + b"def test_o():\n    import p.other\n",
    }
    patches = {
        "harmless": {"p/work.py": b"A = 1\n\n\nC = 1\n\n\nB = 1\n"},
        "unseen": {"p/__init__.py": b"raise ImportError('gone')\n"},
    }
    table = f"""
[project.project.tests]
command = ["{sys.executable}", "-m", "pytest", "-v", "-p", "no:cacheprovider", "{{tests}}"]
format = "pytest"
"""
    with suite_project(tmp_path, monkeypatch, stock, patches, table) as small:
        cells = small.cells()
    assert cells["harmless"]["result"] == "passes"
    broken = {one["test"]: one["ending"] for one in cells["unseen"]["breaks"]}
    assert broken == {
        "tests/test_work.py::test_a": "missing",
        "tests/test_work.py": "error",
        "tests/test_other.py::test_o": "missing",
        "tests/test_other.py": "error",
    }


def test_a_suite_of_its_own_making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One command for all, and its exit status alone."""
    table = """
[project.project.tests]
command = ["python3", "-c", "A = B = 1; exec(open('values').read()); assert B == 1, 'B is 0'"]
format = "exit-status"
"""
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, table) as small:
        cells = small.cells()
    assert [cell["result"] for cell in cells.values()] == ["passes", "breaks", "none-passes"]
    assert cells["bad"]["breaks"][0]["output"].endswith("AssertionError: B is 0")


def test_the_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        ALL.replace('"{root}/run.py"', '"{environment}/run.py"')
        + """
setup = ["sh", "-c", "echo made >> log; mkdir '{environment}' && cp run.py '{environment}'"]
setup-inputs = ["needed"]
"""
    )
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, table) as small:
        (small.root / "needed").write_text("1")
        assert small.cells()["bad"]["result"] == "breaks"
        small.cells()
        assert (small.root / "log").read_text() == "made\n"
        (small.root / "needed").write_text("2")
        small.cells()
        assert (small.root / "log").read_text() == "made\nmade\n"


def test_a_setup_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = ALL + """setup = ["sh", "-c", "mkdir '{environment}'; echo no network >&2; exit 1"]\n"""
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, table) as small:
        for _ in range(2):  # what it left behind does not count as made
            with pytest.raises(SeriesError, match=r"could not be set up.*no network"):
                small.run("test")
        assert small.runs == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"python3"', '"no-such-program"', "cannot be started"),
        ('inputs = ["run.py"]', 'inputs = ["gone"]', "the manifest names gone"),
        ('inputs = ["run.py"]', 'inputs = ["link"]', "leads out of the project folder"),
    ],
)
def test_what_cannot_be_run(project: SuiteProject, old: str, new: str, words: str) -> None:
    (project.root / "link").symlink_to("/etc/passwd")
    project.table(old, new)
    with pytest.raises(SeriesError, match=words):
        project.run("test")


def test_a_series_without_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with suite_project(tmp_path, monkeypatch, STOCK, PATCHES, ALL) as small:
        path = small.root / "series/small.toml"
        head, _, rest = path.read_text().partition("[project.project.tests]")
        path.write_text(head + rest[rest.index("[[patch]]") :])
        with pytest.raises(SeriesError, match="does not say how tests are run"):
            small.run("test")


def test_what_fails_on_stock_for_a_known_reason(project: SuiteProject) -> None:
    project.table('inputs = ["run.py"]', 'inputs = ["run.py"]\nknown-failures = "known"')
    known = project.root / "known"
    known.write_text("# why\nc  it was always so\n")
    (stock,) = project.json("test", "--patch", "harmless")["stock"]
    assert [one["reason"] for one in stock["failing"]] == ["it was always so", ""]
    assert project.run("test", "--patch", "harmless")[0] == 1
    known.write_text("c  it was always so\nd  it will be fixed\n")
    assert project.run("test", "--patch", "harmless")[0] == 0


def test_a_wrapped_command(project: SuiteProject) -> None:
    cells = project.cells("--wrap", "env -u NOTHING WRAPPED={place}")
    assert cells["bad"]["result"] == "breaks"
    with pytest.raises(SeriesError, match="cannot be started"):
        project.run("test", "--wrap", "no-such-wall")


def test_a_patch_without_a_file_is_not_run(project: SuiteProject) -> None:
    (path,) = (project.root / "patches/small/1.0/project").glob("*bad*")
    path.write_text(path.read_text().replace("-B = 1", "-B = 7"))
    cells = project.cells()
    assert cells["bad"]["result"] == "not-run"
    assert "hunk 1" in cells["bad"]["reason"]
    assert project.cells("--patch", "harmless").keys() == {"harmless"}
    assert not json.loads(project.run("test", "--json")[1])["ok"]


def test_there_is_nothing_to_test_of_a_patch_that_the_base_has(project: SuiteProject) -> None:
    project.upstream.tag("1.1")
    project.table('bases = ["1.0"]', 'bases = ["1.0", "1.1"]')
    project.run("rebase")
    status, said = project.run("test", "--onto", "1.1", "--json")
    assert status == 0
    assert json.loads(said)["cells"] == []
    assert "not run" not in project.run("test", "--onto", "1.1")[1]


def test_status_and_report_say_what_is_remembered(project: SuiteProject) -> None:
    """And run nothing themselves: not even where nothing is remembered."""

    def words() -> dict[str, list[dict[str, str]]]:
        return {row["name"]: row["tests"] for row in project.json("status")["patches"]}

    def page() -> str:
        project.run("report")
        return (project.root / "build/small/report.html").read_text()

    assert words()["bad"] == [{"base": "1.0", "result": "not-run"}]
    assert "were not run on these patches" in project.run("status")[1]
    assert "What breaks" not in page()
    assert project.runs == []
    project.run("test")
    runs = project.runs
    assert words()["bad"] == [{"base": "1.0", "result": "breaks"}]
    assert "bad project breaks 1" in " ".join(project.run("status")[1].split())
    assert "What breaks on 1.0" in page()
    assert project.runs == runs


def test_what_is_remembered_is_of_this_table_these_files_and_this_base(
    project: SuiteProject,
) -> None:
    def word() -> str:
        rows = {row["name"]: row["tests"] for row in project.json("status")["patches"]}
        result: str = rows["bad"][0]["result"]
        return result

    project.table('inputs = ["run.py"]', 'inputs = ["run.py"]\nknown-failures = "known"')
    known, table = project.root / "known", project.root / "series/small.toml"
    lock = table.with_suffix(".lock")
    stock = project.upstream.repository.resolve("refs/tags/1.0^{commit}")
    assert stock
    known.write_text("c  it was always so\n")
    project.run("test")
    for path, old, new in (
        (known, "always", "never"),
        (table, 'format = "tap"', 'format = "pytest"'),
        (lock, stock, "f" * 40),
    ):
        assert word() == "breaks"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        assert word() == "not-run"
        path.write_text(text)
