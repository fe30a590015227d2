"""Ports of Java."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "Oven.java",
    gone="import org.example.Show;\n\n",
    bake="""\
class Oven {
    int bake(int n) {
        if (n > 0) {
            return n;
        }
        return 1;
    }
}
""",
    ours="\nclass Cool {\n    void cool() {\n        Show.of(3);\n    }\n}\n",
    heat="\nclass Heat {\n    int heat;\n}\n",
    end="        }\n",
    imported="import static org.example.Warm.warm;\n",
)


def test_a_port_of_java(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_a_method_of_other_parameters_is_no_second(codes: Codes) -> None:
    second = "\n    int bake(long n) {\n        return 0;\n    }\n}\n"
    more = SAMPLE.before.removesuffix("}\n") + second
    assert codes("Oven.java", SAMPLE.before, more, SAMPLE.onto, more + SAMPLE.ours) == []
