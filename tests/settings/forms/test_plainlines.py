"""Files whose lines are settings themselves."""

from __future__ import annotations

from patchseries.settings.forms import plainlines


def test_lines_are_compared_with_single_spaces() -> None:
    read = plainlines.parse("# manual\n\n  a   b\t\nc\n").assignments
    assert [(one.value, one.first) for one in read] == [("a b", 3), ("c", 4)]
    assert plainlines.FORM.same("a  b", "a b")
    assert not plainlines.FORM.same("a b", "ab")
    assert plainlines.FORM.path("demo", "init/x.override") == "init/x.override"
