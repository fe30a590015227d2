"""What the rules look things up in: right, and read once however many patches there are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patchseries.checks.inputs import Application, CheckedTarget, CheckInputs
from patchseries.lock import Lock
from patchseries.manifest import parse
from support.manifests import small_manifest

NAMES = st.sampled_from(["a", "b", "a-b", "1.0", "1.0.1"])


class CountedText(str):
    """A text that counts how often it is read line by line."""

    reads = 0

    def splitlines(self, *args: Any, **options: Any) -> list[str]:
        type(self).reads += 1
        return super().splitlines(*args, **options)


def inputs(lock_text: str, manifest: str = "") -> CheckInputs:
    text = small_manifest(["1.0"]) + manifest
    return CheckInputs(parse(text, "m"), "m", text, Lock(), "l", lock_text, ())


@given(st.lists(st.tuples(NAMES, NAMES)), NAMES, NAMES)
def test_the_line_of_the_lock_is_the_first_with_both_words(
    rows: list[tuple[str, str]], patch: str, base: str
) -> None:
    lines = [f'    {{patch = "{p}", base = "{b}", outcome = "clean"}},' for p, b in rows]
    there = [n for n, row in enumerate(rows, 1) if {patch, base} <= {*row, "clean"}]
    found = inputs("\n".join(lines)).lock_line(patch, base)
    assert found == (there[0] if there else None)


def test_the_lock_is_read_once() -> None:
    text = CountedText("".join(f'{{patch = "p{n}", base = "1.0"}}\n' for n in range(50)))
    given_inputs = inputs(text)
    assert [given_inputs.lock_line(f"p{n}", "1.0") for n in range(50)] == list(range(1, 51))
    assert CountedText.reads == 1


def test_the_line_of_a_patch() -> None:
    entry = (
        '[[patch]]\nname = "{}"\nproject = "project"\nsource = {{ commit = "' + "1" * 40 + '" }}\n'
    )
    text = entry.format("one") + entry.format("two")
    first = small_manifest(["1.0"]).count("\n") + 1
    asked = inputs("", text)
    assert [asked.patch_line(name) for name in ("one", "two", "none")] == [first, first + 4, first]


def test_the_first_of_two_applications_counts() -> None:
    two = (Application("p", "clean"), Application("p", "fails"), Application("q", "clean"))
    target = CheckedTarget("p", "1.0", "d", applied=two)
    assert target.application("p") == two[0]
    assert target.application("x") is None
