"""Ports of JavaScript."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "oven.js",
    gone='import { show } from "./show";\n\n',
    bake="function bake(n) {\n  if (n) {\n    return n;\n  }\n  return 1;\n}\n",
    ours="\nexport const cool = (n) => show(bake(n));\n",
    heat="\nfunction heat(n) {\n  return n;\n}\n",
    end="  }\n",
    imported='import { cold as warm } from "./warm";\n',
)


def test_a_port_of_javascript(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_what_a_function_has_of_its_own_is_no_second(codes: Codes) -> None:
    more = "\nfunction other() {\n  function heat(n) {\n  }\n}\n"
    onto = SAMPLE.before + SAMPLE.heat + SAMPLE.ours
    assert codes("oven.mjs", SAMPLE.before, SAMPLE.before + more, onto, onto + more) == []
