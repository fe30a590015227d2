"""Lines in another style: what counts as one, and which take upstream's wording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import resolve as hunks
from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.regions import Texts
from patchseries.port.hunks.style import keep_style, restyled

LINES = st.lists(
    st.sampled_from(
        ["a( b )\n", "a(b)\n", " a(b)\n", "x\n", "\n", "except E as e:\n", "except E:\n", "  e\n"]
    ),
    max_size=9,
).map(tuple)


def kept(ancestor: str, ours: str, theirs: str) -> str:
    return "".join(keep_style(Texts.of(*map(split_lines, (ancestor, ours, theirs)))).ours)


def merged(ancestor: str, ours: str, theirs: str) -> str:
    sides = split_lines(ancestor), split_lines(ours), split_lines(theirs)
    return "".join(hunks.resolve(*sides).lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bake( [ dough ] )\n", "bake([dough])\n"),
        ("x  =  bake (a,  b)\n", "x=bake(a,b)\n"),
        ("return  x\n", "return x\n"),
        ("say('warm')\n", 'say("warm");\n'),
        ("say('It is warm.')\n", 'say("It is warm")\n'),
        ("say('It\\' is warm.', x)\n", "say( 'It\\' is warm',x )\n"),
        ('    """It bakes. """\n', "    '''It bakes'''\n"),
        ("    '''A \"warm\" one.'''\n", '    """A "warm" one."""\n'),
        ("self.assertEqual(a, b)\n", "self.assertEquals(a, b)\n"),
        ("self.assertNotEqual(a, b)\n", "self.assertNotEquals(a, b)\n"),
        ("self.assertAlmostEqual(a, b)\n", "self.assertAlmostEquals(a, b)\n"),
        ("    far\n", "  far\n"),
    ],
)
def test_what_says_the_same(old: str, new: str) -> None:
    assert restyled([old], [new])
    assert restyled([new], [old])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("oven = 'hot'\n", "even = 'hot'\n"),
        ("bake(a, b)\n", "bake(b, a)\n"),
        ("equal([], found)\n", "equal(found, [])\n"),
        ("say(a - b)\n", "say(a + b)\n"),
        ("match('.*')\n", "match('.+')\n"),
        ("port = '7000'\n", "port = 7000\n"),
        ("heat = 1.5\n", "heat = 15\n"),
        ("a.b\n", "ab\n"),
        ("not x\n", "notx\n"),
        ("join(' ')\n", "join('')\n"),
        ("ends('a.')\n", "ends('a')\n"),
        ("'It was hosted '\n", "'It was hosted'\n"),
        ("say('It is  warm')\n", "say('It is warm')\n"),
        ("x = (a,)\n", "x = (a)\n"),
        ("x = [a]\n", "x = (a)\n"),
        ("x = a,\n", "x = a\n"),
        ("heat = 1.\n", "heat = 1\n"),
        ("heat = .5\n", "heat = 5\n"),
        ("heat = [1, 2]\n", "heat = [12]\n"),
        ("bake(a.b)\n", "bake(a, b)\n"),
        ("open('../oven')\n", "open('./oven')\n"),
        ("split(',')\n", "split(';')\n"),
        ("bake('')\n", "bake()\n"),
        ('"""\n', "\n"),
        ("reassertEquals(a)\n", "reassertEqual(a)\n"),
        ("bake(a)\n", "bake(a)\nbake(a)\n"),
    ],
)
def test_what_says_something_else(old: str, new: str) -> None:
    assert not restyled(list(split_lines(old)), list(split_lines(new)))


def test_a_line_may_be_of_any_length() -> None:
    line = "x = '" + "\\'" * 200_000 + "\n"
    assert restyled([line], [line.replace(" ", "  ")])


def test_a_line_next_to_an_edit_is_taken_as_upstream_has_it() -> None:
    base = "heat(180)\nbake( dough )\ncool()\nserve()\n"
    ours = base.replace("bake( dough )", "bake(dough)")
    assert kept(base, ours, base.replace("180", "220")) == base
    assert merged(base, ours, base.replace("180", "220")) == base.replace("180", "220")


@pytest.mark.parametrize(
    "theirs",
    [
        "heat(180)\nbake( dough )\ncool(9)\n",  # below it
        "heat(180)\nbake( dough, 9 )\ncool()\n",  # it
        "heat(180)\nknead()\nbake( dough )\ncool()\n",  # added above it
        "heat(180)\nbake( dough )\nwait()\ncool()\n",  # added below it
        "bake( dough )\ncool()\n",  # taken away above it
        "heat(180)\nbake( dough )\n",  # taken away below it
    ],
)
@pytest.mark.parametrize("own", ["", "own()\n\n"])
def test_on_each_side(theirs: str, own: str) -> None:
    """Whatever the target alone has above it."""
    base = "heat(180)\nbake( dough )\ncool()\n"
    assert kept(base, own + base.replace("( dough )", "(dough)"), theirs) == own + base
    assert merged(base, own + base.replace("( dough )", "(dough)"), theirs) == own + theirs


def test_so_are_the_lines_of_that_style_that_go_on_from_it() -> None:
    base = "heat(180)\nbake( a )\nbake( b )\nrest(7)\nbake( c )\n"
    ours = "heat(180)\nbake(a)\nbake(b)\nrest(8)\nbake(c)\n"
    assert kept(base, ours, base.replace("180", "220")) == ours.replace(
        "bake(a)\nbake(b)", "bake( a )\nbake( b )"
    )


def test_none_behind_a_blank_line_that_is_added_along() -> None:
    base = "def one():\n    bake( dough )\n"
    ours = base.replace("( dough )", "(dough)")
    assert kept(base, ours, base + "\ndef two():\n    pass\n") == ours
    assert kept(base, ours, "def none():\n    pass\n\n" + base) == ours
    assert kept("bake( dough )\n", "bake(dough)\n", "wait()\n\nbake( dough )\n") == "bake(dough)\n"


@pytest.mark.parametrize(
    ("base", "ours"),
    [
        ("heat(180)\nwait()\nbake( dough )\n", "heat(180)\nwait()\nbake(dough)\n"),  # further away
        ("heat(180)\nbake(dough)\n", "heat(180)\n    bake(dough)\n"),  # of another depth
        ("heat(180)\nbake(dough,\n     yeast)\n", "heat(180)\nbake(dough, yeast)\n"),  # joined
    ],
)
def test_other_lines_stay_as_they_are(base: str, ours: str) -> None:
    assert kept(base, ours, base.replace("180", "220")) == ours


@pytest.mark.parametrize("binding", [", e", " as e"])
@pytest.mark.parametrize(
    ("handler", "is_kept"),
    [
        ("        return None\n", False),
        ("        return None\n\n    print(e)\n", False),  # after the handler
        ("        return None, else_\n", False),
        ("        return e.code\n", True),
        (" return e.code\n", True),  # on its own line
        (" return 2\n", False),
        ("        if far:\n\n            print(e)\n", True),
        ("        pass\n" * 99, False),
        ("        pass\n" * 100, True),  # so long a one is not searched
    ],
)
def test_the_name_of_an_exception_counts_if_its_handler_reads_it(
    binding: str, handler: str, is_kept: bool
) -> None:
    handler = handler if handler.startswith(" return") else f"\n{handler}"
    base = f"    try:\n        bake(180)\n    except Cold:{handler}"
    ours = base.replace("Cold:", f"Cold{binding}:")
    theirs = base.replace("180", "220")
    assert kept(base, ours, theirs) == (ours if is_kept else base)
    assert kept(ours, base, ours.replace("180", "220")) == (base if is_kept else ours)


def test_a_region_in_another_style_is_as_upstream_writes_it() -> None:
    base = "x = bake(a,\n         b)\n"
    ours = "x = bake(a,\n           b)\n"
    theirs = "x = bake(a,\n         b, c)\n"
    assert merged(base, ours, theirs) == theirs


def test_but_not_where_upstream_changes_little_of_it() -> None:
    base = "x = bake(a,\n         b,\n         c,\n         d)\n"
    ours = "x = bake(a,\n             b,\n             c,\n             d)\n"
    theirs = base.replace("d)", "d, e)")
    assert merged(base, ours, theirs) == ours.replace("d)", "d, e)")


@pytest.mark.parametrize(
    ("head", "other"),
    [("except asyncio:", "except:"), ("except (A,  # b, c:", "except (A,  # b:")],
)
def test_what_binds_no_exception_counts(head: str, other: str) -> None:
    base, ours = (f"try: bake(180)\n{line}\n    pass\n" for line in (head, other))
    assert kept(base, ours, base.replace("180", "220")) == ours


@pytest.mark.parametrize("binding", ["", " as e"])
def test_what_a_handler_does_on_its_own_line_is_the_targets(binding: str) -> None:
    base = "try: bake(180)\nexcept Cold: return 1\n"
    ours = base.replace("Cold", f"Cold{binding}").replace("1\n", "2\n")
    assert kept(base, ours, base.replace("180", "220")) == ours


@given(LINES, LINES, LINES)
def test_only_the_style_changes(
    ancestor: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    texts = Texts.of(ancestor, ours, theirs)
    made = keep_style(texts)
    assert (made.ancestor, made.theirs) == (ancestor, theirs)
    assert len(made.ours) == len(ours)
    for before, after in zip(ours, made.ours, strict=True):
        assert before == after or after in ancestor
        words = [line.replace(" as e", "").split("(")[0] for line in (before, after)]
        assert words[0] == words[1]
    assert keep_style(made).ours == made.ours
