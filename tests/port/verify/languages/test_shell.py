"""Ports of the shell."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "oven.sh",
    gone='show() {\n    echo "$*"\n}\n\n',
    bake='bake() {\n    if [ "$n" ]; then\n        return 0\n    fi\n    return 1\n}\n',
    ours="\ncool() {\n    show cold\n}\n",
    heat="\nheat() {\n    bake\n}\n",
    end="    fi\n",
)


def test_a_port_of_shell(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_a_script_is_known_by_its_first_line_and_a_branch_has_its_own(codes: Codes) -> None:
    line = "#!/bin/sh\n"
    before, after, onto = (line + text for text in (SAMPLE.before, SAMPLE.after, SAMPLE.onto))
    assert codes("bin/oven", before, before, onto, onto) == []
    broken = after.replace(SAMPLE.end, "") + SAMPLE.ours
    assert codes("bin/oven", before, after, onto, broken) == ["port-syntax"]
    either = "\nif a; then\nheat() { :; }\nelse\nheat() { b; }\nfi\n"
    more = SAMPLE.onto + either
    assert codes("oven.sh", SAMPLE.before, SAMPLE.before + either, SAMPLE.onto, more) == []
