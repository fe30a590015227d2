"""Ports of C++."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "oven.cpp",
    gone="enum Slots { few, many };\n\n",
    bake="int Oven::bake(int n)\n{\n    if (n) {\n        return n;\n    }\n    return 1;\n}\n",
    ours="\nvoid cool(Slots s) { show(s); }\n",
    heat="\nint heat(int n) { return n; }\n",
    end="    }\n",
)


def test_a_port_of_cpp(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_functions_of_other_parameters_may_have_one_name(codes: Codes) -> None:
    more = "\nint heat(long n) { return 0; }\n"
    onto = SAMPLE.before + SAMPLE.heat + SAMPLE.ours
    assert codes("oven.cc", SAMPLE.before, SAMPLE.before + more, onto, onto + more) == []
