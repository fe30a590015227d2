"""Whether a new file fits among those that are there: its directory, its number, its migration."""

from __future__ import annotations

import pytest

from port.verify.conftest import Examined

X = "x = 1\n"
M = "migrations/versions/"


def codes(examined: Examined, upstream: str, new: str, here: str) -> list[str]:
    """The findings of a port of a change that adds *new* beside *upstream*, onto *here*."""
    before, onto = (dict.fromkeys(["a.py", *names.split()], X) for names in (upstream, here))
    findings = examined(before, before | {new: X}, onto, onto | {new: X})
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("upstream", "new", "here", "found"),
    [
        (f"{M}001_a.py", f"{M}002_b.py", f"{M}001_a.py", []),
        (f"{M}001_a.py", f"{M}002_b.py", f"{M}001_a.py {M}002_x.py", ["port-number-taken"]),
        (f"{M}001_a.py {M}002_a.py", f"{M}002_b.py", f"{M}001_a.py {M}002_a.py", []),
        (f"{M}001_a.py {M}002_b.py", f"{M}003_c.py", f"{M}001_a.py", ["port-number-gap"]),
        (f"{M}002_b.py", f"{M}004_c.py", f"{M}001_a.py", []),
        (f"{M}1_a.py", f"{M}2_b.py", f"{M}2_x.py", []),  # one digit is a name, not an order
    ],
)
def test_a_numbered_file_follows_the_one_before_it(
    examined: Examined, upstream: str, new: str, here: str, found: list[str]
) -> None:
    assert codes(examined, upstream, new, here) == found


@pytest.mark.parametrize(
    ("upstream", "new", "here", "found"),
    [
        ("b/c/d.py", "b/c/e.py", "b/c/d.py", []),
        ("b/c/d.py", "b/c/e.py", "b/x.py", []),  # the directory above is there
        ("b/c/d.py", "b/c/e.py", "x/c/d.py", ["port-unknown-folder"]),
        ("x.py", "b/c/e.py", "", []),  # upstream it is the first there too
    ],
)
def test_a_new_file_lies_in_a_directory_that_is_there(
    examined: Examined, upstream: str, new: str, here: str, found: list[str]
) -> None:
    assert codes(examined, upstream, new, here) == found


def test_a_file_that_was_there_before_is_no_new_one(examined: Examined) -> None:
    path, other = f"{M}002_b.py", f"{M}001_a.py"
    before, after = {path: X, other: X}, {path: X + "y = 2\n", other: X}
    assert examined(before, after, {path: X}) == ()
    assert examined(before, {other: X}, {path: X, "a.py": X}) == ()
