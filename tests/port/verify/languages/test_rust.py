"""Ports of Rust."""

from __future__ import annotations

from port.verify.languages.conftest import Codes, Sample

SAMPLE = Sample(
    "oven.rs",
    gone="use crate::show::{show, hide};\n\n",
    bake="fn bake(n: u8) -> u8 {\n    if n > 0 {\n        return n;\n    }\n    1\n}\n",
    ours="\npub fn cool(n: u8) {\n    show(bake(n));\n}\n",
    heat="\nfn heat(n: u8) -> u8 {\n    n\n}\n",
    end="    }\n",
    imported="use crate::warm::cold as warm;\n",
)


def test_a_port_of_rust(codes: Codes) -> None:
    SAMPLE.check(codes)


def test_a_method_of_another_type_is_no_second(codes: Codes) -> None:
    onto = SAMPLE.before + "\nimpl Oven {\n    fn heat(&self) {}\n}\n"
    more = "\nimpl Pan {\n    fn heat(&self) {}\n}\n"
    assert codes("oven.rs", SAMPLE.before, SAMPLE.before + more, onto, onto + more) == []
