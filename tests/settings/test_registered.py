"""Options that a source registers, read without running it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.settings.registered import registrations

OPTIONS = {"fans", "door"}


def read(source: str) -> list[tuple[str, str | None, str, object, int]]:
    found = registrations(source.encode(), OPTIONS)
    return [(one.option, one.group, one.kind, one.default, one.line) for one in found]


@pytest.mark.parametrize(
    ("source", "group", "kind", "default"),
    [
        ("CONF.register_opt(cfg.IntOpt('fans', default=2))", "DEFAULT", "integer", 2),
        ("CONF.register_opt(cfg.IntOpt('fans'), 'oven')", "oven", "integer", None),
        ("CONF.register_cli_opt(cfg.BoolOpt('fans', default=True), group='o')", "o", "boolean", 1),
        ("CONF.register_opts([cfg.StrOpt(name='fans', default=None)])", "DEFAULT", "string", None),
        (
            "a = [cfg.StrOpt('fans', default='x' 'y')]\nC.register_opts(a)",
            "DEFAULT",
            "string",
            "xy",
        ),
        ("g = cfg.OptGroup(name='o')\nC.register_opt(cfg.IntOpt('fans'), g)", "o", "integer", None),
        ("g = 'o'\nC.register_opt(cfg.IntOpt('fans', default=-1), group=g)", "o", "integer", -1),
        ("register_int('fans', group='o', default=3)", "o", "integer", 3),
        ("config.register_cli_bool('fans', default=False)", "DEFAULT", "boolean", 0),
        ("C.register_opt(cfg.ListOpt('fans', default=[]))", "DEFAULT", "List", "[]"),
        ("C.register_opt(cfg.IntOpt('fans', default=0777))", "DEFAULT", "integer", "0777"),
        ("C.register_opt(cfg.IntOpt('fans', default=a + b))", "DEFAULT", "integer", "a + b"),
        ("C.register_opt(cfg.IntOpt('fans'), group=find())", None, "integer", None),
        ("a = [cfg.IntOpt('fans')]", None, "integer", None),
        ("print 'x'\nC.register_opt(cfg.IntOpt(u'fans'))", "DEFAULT", "integer", None),
    ],
)
def test_one_option(source: str, group: str | None, kind: str, default: object) -> None:
    ((option, *rest, _),) = read(source)
    assert (option, rest) == ("fans", [group, kind, default])


@pytest.mark.parametrize(
    "source",
    [
        "CONF.register_opt(cfg.IntOpt('other'))",
        "# CONF.register_opt(cfg.IntOpt('fans'))",
        "CONF.register_opt(cfg.IntOpt(fans))",
        "CONF.set_override('fans', 2)",
        "'''CONF.register_opt(cfg.IntOpt('fans'))'''",
        "(((",
    ],
)
def test_no_option(source: str) -> None:
    assert read(source) == []


def test_a_list_that_is_registered_twice_and_the_line() -> None:
    source = """\
opts = [
    cfg.StrOpt('door',
               default='shut'),
    cfg.IntOpt('fans', default=1),
]
def f(conf):
    conf.register_opts(opts)
    conf.register_opts(opts, 'AGENT')
"""
    assert read(source) == [
        ("door", "AGENT", "string", "shut", 2),
        ("door", "DEFAULT", "string", "shut", 2),
        ("fans", "AGENT", "integer", 1, 4),
        ("fans", "DEFAULT", "integer", 1, 4),
    ]


def test_what_is_worked_out_is_no_literal() -> None:
    (one,) = registrations(b"C.register_opt(cfg.StrOpt('door', default=a.b))", OPTIONS)
    assert (one.default, one.is_literal) == ("a.b", False)


WORDS = ["register_opt", "(", "cfg.IntOpt", "'fans'", ",", "default", "=", "group", "\n", "[", "1"]


@given(st.lists(st.sampled_from(WORDS)))
def test_any_text_is_read(words: list[str]) -> None:
    registrations("".join(words).encode(), OPTIONS)
