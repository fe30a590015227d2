"""Ports of TypeScript."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "oven.ts",
    gone='import { show } from "./show";\n\n',
    bake="function bake(n: number): number {\n  if (n) {\n    return n;\n  }\n  return 1;\n}\n",
    ours="\nexport const cool = (n: number) => show(bake(n));\n",
    heat="\ntype Heat = number | string;\n",
    end="  }\n",
    imported='import { cold as warm } from "./warm";\n',
)


def test_a_port_of_typescript(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_overloads_are_no_second_and_jsx_has_a_grammar_of_its_own(codes: Codes) -> None:
    loads = "\nfunction f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: any) {}\n"
    onto = SAMPLE.onto
    assert codes("oven.ts", SAMPLE.before, SAMPLE.before + loads, onto, onto + loads) == []
    shown = "\nexport const Page = () => <p>{bake(1)}</p>;\n"
    assert codes("oven.tsx", SAMPLE.before, SAMPLE.before + shown, onto, onto + shown) == []
