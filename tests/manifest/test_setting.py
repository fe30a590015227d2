"""The tables [[setting]]: each checked by itself, with its line."""

from __future__ import annotations

import pytest

from patchseries.manifest import Manifest, ManifestError, parse

HEAD = """\
schema = 1
[series]
name = "demo"
[project.oven]
repository = "https://example.org/kitchen/oven.git"
bases = ["1.0", "1.1"]
[[patch]]
name = "fans"
project = "oven"
source = { commit = "0123456789012345678901234567890123456789" }
[[setting]]
"""
WORDS = 'why = "Faster."\ncost = "Louder."\nsource = "the kitchen book"\n'
PLACE = 'project = "oven"\nfile = "oven/oven.conf"\nsection = "DEFAULT"\noption = "fans"\n'
GOOD = f'name = "fans"\n{PLACE}{WORDS}'
STEP = f'name = "door"\ncomponent = "door"\nstep = "Open it."\n{WORDS}'


def read(table: str) -> Manifest:
    return parse(f"{HEAD}{table}\n")


SUDO = f'name = "all"\nproject = "oven"\nfile = "sudoers.d/all"\nform = "sudoers"\n{WORDS}'
LIBVIRT = f'name = "max"\ncomponent = "libvirt"\nfile = "l.conf"\nform = "libvirt"\n{WORDS}'

BAD = [
    (GOOD, "setting[1]", "expected one of: value, expression, site, step"),
    (GOOD + "value = 1\nexpression = 'vms'", "setting[1]", "expected one of: value"),
    (GOOD + "value = 1.5", "value", "expected true, false"),
    (GOOD + "value = [1]", "value", "expected true, false"),
    (GOOD + 'value = "a\\nb"', "value", "expected one line"),
    (GOOD + 'value = " a"', "value", "without spaces around it"),
    (GOOD + 'value = "a\\u0000b"', "value", "a control character"),
    (GOOD + 'value = "\\u202eab"', "value", "expected one line"),
    (GOOD + "value = 9999999999999", "value", "expected at most"),
    (GOOD + 'expression = "vms +"', "expression", "ends too early"),
    (GOOD + 'expression = "eval(1)"', "expression", "'eval' is not known"),
    (GOOD + "expression = 3", "expression", "expected a string in quotes"),
    (GOOD + 'site = " "', "site", "not blank"),
    (GOOD + 'value = 1\nvalu = "x"', "valu", "did you mean 'value'?"),
    (GOOD + 'value = 1\nhosts = "all"', "hosts", "expected a list"),
    (GOOD + 'value = 1\nhosts = ["a", "a"]', "setting[1]", "one is listed twice"),
    (GOOD + 'value = 1\nform = "xml"', "form", "'ini'"),
    (GOOD + 'value = 1\nform = "libvirt"', "setting[1]", "section is for form = 'ini'"),
    (GOOD + 'value = 1\ncomponent = "door"', "setting[1]", "expected one of: project, component"),
    (GOOD + 'value = 1\ndanger = "Fire."', "setting[1]", "danger and narrow go together"),
    (
        GOOD + 'value = 1\nsudoers = { user = "oven", filters = "etc" }',
        "setting[1]",
        "sudoers needs danger",
    ),
    (
        GOOD + 'value = 1\nsudoers = { user = "a", filters = "b", usr = "c" }',
        "usr",
        "did you mean 'user'?",
    ),
    (GOOD + 'value = 1\nsudoers = { user = "A B", filters = "x" }', "user", "a system user"),
    (GOOD.replace("oven/oven.conf", "../x") + "value = 1", "file", "expected a file"),
    (GOOD.replace("oven/oven.conf", "/etc/x") + "value = 1", "file", "expected a file"),
    (GOOD.replace('"DEFAULT"', '"[x"') + "value = 1", "section", "expected a name of letters"),
    (GOOD.replace('option = "fans"', 'option = "a=b"') + "value = 1", "option", "expected a name"),
    (GOOD.replace('option = "fans"\n', "") + "value = 1", "setting[1]", "'option' is missing"),
    (GOOD.replace('file = "oven/oven.conf"\n', "") + "value = 1", "setting[1]", "'file' is"),
    (GOOD.replace('cost = "Louder."\n', "") + "value = 1", "setting[1]", "'cost' is missing"),
    (GOOD.replace('name = "fans"', 'name = "Fans!"') + "value = 1", "name", "lower-case"),
    (STEP + 'file = "x"', "setting[1]", "done by hand"),
    (STEP + 'form = "sudoers"', "setting[1]", "needs danger"),
    (STEP + 'needs = "fans"', "setting[1]", "for a project's settings"),
    (STEP + 'since = "1.0"', "setting[1]", "for a project's settings"),
    (
        STEP.replace("component", "project").replace('t = "door"', 't = "oven"'),
        "setting[1]",
        "by hand",
    ),
    (SUDO + 'value = "x"', "setting[1]", "needs danger and narrow"),
    (SUDO.replace("d/all", "d/a.b") + 'value = "x"', "setting[1]", "a name with a dot"),
    (LIBVIRT + "option = 'max'\nvalue = 'a\"b'", "setting[1]", "a double quote"),
    (SUDO + "value = 1", "setting[1]", "one text, in value"),
]


@pytest.mark.parametrize(("table", "key", "words"), BAD, ids=[f"{b[1]}-{b[2][:20]}" for b in BAD])
def test_a_bad_table(table: str, key: str, words: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read(table)
    problem = caught.value.problems[0]
    assert problem.key.endswith(key)
    assert words in problem.message
    assert problem.line >= 11


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ('value = "x"', "string"),
        ('site = "your own"', "string"),
        ("value = 1", "integer"),
        ('expression = "2 * vms"', "integer"),
        ("value = true", "boolean"),
    ],
)
def test_the_type_follows_from_the_value(given: str, kind: str) -> None:
    (setting,) = read(GOOD + given).settings
    assert setting.kind == kind
    assert setting.is_registered


def test_a_step_and_a_line_of_sudoers_are_not_registered() -> None:
    sudo = SUDO + 'value = "x"\ndanger = "Fire."\nnarrow = "No."'
    assert [read(one).settings[0].is_registered for one in (STEP, sudo)] == [False, False]


TEXT = GOOD.replace('option = "fans"', 'option = "{option}"')
MEMCACHED = f'name = "m"\ncomponent = "c"\nfile = "m.conf"\nform = "memcached"\n{WORDS}'
MORE = [
    (GOOD + "value = 1000000000000", None),
    (GOOD + "value = -1000000000000", None),
    (GOOD + "value = 1000000000001", "expected at most"),
    (GOOD + "value = -1000000000001", "expected at most"),
    (GOOD + "value = 1\nmulti = true", None),
    (LIBVIRT + "option = 'max'\nvalue = 1\nmulti = true", "multi is for form"),
    (MEMCACHED + "option = 'm'\nvalue = 1", None),
    (MEMCACHED + "option = 'mm'\nvalue = 1", "the letter of an option"),
    (LIBVIRT + "option = 'max'\nsection = 'a'\nvalue = 1", "section is for form"),
    (LIBVIRT.replace("libvirt", "limits") + "option = 'n'\nvalue = 1", "section is for form"),
    (LIBVIRT.replace("libvirt", "limits") + "option = 'n'\nsection = 'a'\nvalue = 1", None),
    (LIBVIRT + "option = 'max'\nvalue = 1\ndaemons = ['a']", "daemons is for form"),
    (GOOD + "value = 1\ndaemons = ['a']", None),
    (GOOD + "value = 1\npackage = { name = 'ab', version = '1' }", "package goes with step"),
    (STEP + "package = { name = 'ab', version = '1:2~x' }", None),
    (STEP + "package = { name = 'a', version = '1' }", "the name of a Debian package"),
    (STEP + "package = { name = 'ab', version = 'x' }", "the version of a Debian package"),
    (STEP + "default = 1", "a step is done by hand"),
    (STEP + "section = 'a'", "a step is done by hand"),
    (LIBVIRT.replace("libvirt", "line") + "value = 'x'", None),
    (
        LIBVIRT.replace("libvirt", "line") + "value = 'x'\ndefault = 'y'",
        "the whole line is one text",
    ),
    (SUDO + "value = 'x'\ndanger = 'a'\nnarrow = 'b'", None),
    (GOOD + "value = 1\nnarrow = 'x'", "danger and narrow go together"),
    (GOOD.replace(PLACE, "") + "value = 1", "expected one of: project, component"),
    (STEP + "sudoers = { user = 'a', filters = 'b' }", "for a project's settings"),
    (GOOD + "value = 1\nhosts = ['a', 'b']", None),
    (TEXT.format(option="a" * 100) + "value = 1", None),
    (TEXT.format(option="a" * 101) + "value = 1", "expected a name of letters"),
]


@pytest.mark.parametrize(("table", "words"), MORE)
def test_what_goes_together_and_what_does_not(table: str, words: str | None) -> None:
    if words is None:
        assert len(read(table).settings) == 1
    else:
        with pytest.raises(ManifestError, match=words):
            read(table)


def test_what_a_file_calls_it() -> None:
    def label(table: str) -> str:
        return read(table).settings[0].label

    assert label(GOOD + "value = 1") == "[DEFAULT] fans"
    assert label(LIBVIRT + "option = 'max'\nvalue = 1") == "max"
    assert label(MEMCACHED + "option = 'm'\nvalue = 1") == "-m"
    assert label(STEP) == "this line"
    assert read(GOOD + "value = 1\nmulti = true").settings[0].kind == "MultiStr"
    assert not read(LIBVIRT + "option = 'max'\nvalue = 1").settings[0].is_registered
