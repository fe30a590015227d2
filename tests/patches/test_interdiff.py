"""What differs between a patch on one base and the same patch on another."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from patchseries.patches.interdiff import interdiff, without_places

ONE = """\
diff --git a/oven.py b/oven.py
index 1111111..2222222 100644
--- a/oven.py
+++ b/oven.py
@@ -10,4 +10,4 @@ def bake(bread):
 def bake(bread):
     heat = 180
-    wait(1)
+    wait(2)
     return bread
"""
MOVED = ONE.replace("@@ -10,4 +10,4 @@ def bake", "@@ -90,4 +93,4 @@ class Oven").replace(
    "111", "333"
)
OTHER = MOVED.replace("heat = 180", "heat = 200")


def test_where_a_patch_stands_is_no_difference() -> None:
    assert without_places(ONE) == without_places(MOVED)
    assert interdiff(ONE, MOVED) == ""


def test_a_context_that_differs_is_shown_with_its_file() -> None:
    assert interdiff(ONE, OTHER).split("\n") == [
        "@@ oven.py",
        " +++ b/oven.py",
        " @@",
        "  def bake(bread):",
        "-     heat = 180",
        "+     heat = 200",
        " -    wait(1)",
        " +    wait(2)",
        "      return bread",
    ]


def test_a_name_without_a_directory_is_shown() -> None:
    """As in a patch for -p0."""
    assert interdiff("+++ oven.py\n+a\n", "+++ oven.py\n+b\n").startswith("@@ oven.py\n")


def test_differences_that_are_far_apart_are_apart() -> None:
    lines = [f"+line {n}" for n in range(100)]
    new = [
        line.replace("line 5", "other 5") if n in (5, 95) else line for n, line in enumerate(lines)
    ]
    text = interdiff("+++ b/x\n" + "\n".join(lines), "+++ b/x\n" + "\n".join(new))
    assert text.split("\n").count("@@ x") == 1
    new[95] = "+other 95"
    text = interdiff("+++ b/x\n" + "\n".join(lines), "+++ b/x\n" + "\n".join(new))
    assert text.split("\n").count("@@ x") == 2
    assert "line 50" not in text
    for last, count in ((54, 1), (57, 1), (58, 2)):  # three lines around each; what meets is one
        near = [f"+other {n}" if n in (50, last) else line for n, line in enumerate(lines)]
        text = interdiff("+++ b/x\n" + "\n".join(lines), "+++ b/x\n" + "\n".join(near))
        assert text.split("\n").count("@@ x") == count


def test_a_file_that_only_one_of_them_has() -> None:
    more = ONE + ONE.replace("oven.py", "fan.py")
    added = [line for line in interdiff(ONE, more).split("\n") if line.startswith("+")]
    assert "++++ b/fan.py" in added
    removed = [line for line in interdiff(more, ONE).split("\n") if line.startswith("-")]
    assert len(removed) == len(added)


def test_what_a_hunk_adds_is_no_place() -> None:
    """Only a line of the diff itself says where; what it adds may look like one."""
    assert interdiff("@@ -1 +1 @@\n+@@ -1 +1 @@", "@@ -1 +1 @@\n+@@ -2 +2 @@") != ""
    assert interdiff("+index 1111..2222", "+index 1111..3333") != ""


TEXTS = st.lists(
    st.sampled_from(["@@ -1 +1 @@", "--- a/x", "+++ b/x", "-a", "+b", " c", "", "\\ No"])
)


@given(TEXTS, TEXTS)
def test_both_patches_can_be_read_from_it(old: list[str], new: list[str]) -> None:
    """Every line that is not in both is in it, on its side."""
    before, after = without_places("\n".join(old)), without_places("\n".join(new))
    shown = interdiff("\n".join(old), "\n".join(new)).split("\n")
    assert (shown == [""]) == (before == after)
    left = [line[1:] for line in shown if line.startswith("-")]
    right = [line[1:] for line in shown if line.startswith("+")]
    assert len(before) - len(left) == len(after) - len(right)
    for line in set(before) | set(after):
        change = after.count(line) - before.count(line)
        assert right.count(line) - left.count(line) == change


def test_long_patches_take_no_long_time() -> None:
    old = "+++ b/x\n" + "\n".join(f"+{n % 7}" for n in range(30_000))
    new = "+++ b/x\n" + "\n".join(f"+{n % 5}" for n in range(30_000))
    begun = time.process_time()
    assert interdiff(old, new)
    assert time.process_time() - begun < 10
