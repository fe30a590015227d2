"""Edits to code that stands elsewhere in ours: made there, or left alone when in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.port.hunks import moved
from patchseries.port.hunks.lines import split_lines
from patchseries.port.hunks.moved import follow_moves
from patchseries.port.hunks.regions import Texts

BAKE = "def bake(oven):\n    oven.heat_up(220, wait=True)\n    return oven.open_the_door()\n"
COOL = "def cool(oven):\n    oven.wait(60)\n    return oven.close_the_door()\n"
SALT = "".join(f"salt_{n} = {n}\n" for n in range(9))
HOTTER = BAKE.replace("220", "250")

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "c\n", "\n", "# d\n", "  e\n", f"{'long' * 9}\n"]), max_size=9
).map(tuple)


def followed(ancestor: str, ours: str, theirs: str) -> Texts:
    return follow_moves(Texts.of(*map(split_lines, (ancestor, ours, theirs))))


def test_an_edit_follows_its_function() -> None:
    texts = followed(BAKE + SALT + COOL, SALT + COOL + BAKE, HOTTER + SALT + COOL)
    assert "".join(texts.ours) == SALT + COOL + HOTTER
    assert "".join(texts.theirs) == BAKE + SALT + COOL
    assert not texts.their_edits


def test_of_two_places_none_is_taken() -> None:
    texts = followed(BAKE + SALT + COOL, SALT + BAKE + COOL + BAKE, HOTTER + SALT + COOL)
    assert "220" in "".join(texts.ours)
    assert "250" not in "".join(texts.ours)


def test_a_short_line_is_not_found_without_its_surroundings() -> None:
    texts = followed("a\nx\nb\n" + SALT, SALT + "c\nx\nd\n", "a\ny\nb\n" + SALT)
    assert "y\n" not in texts.ours


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("length", [1, moved._TELLING - 2, moved._TELLING - 1, moved._TELLING])
@pytest.mark.parametrize("first", [True, False])
def test_a_long_line_is_found_by_itself_a_short_one_between_two_and_two(
    at: int, length: int, first: bool
) -> None:
    block = [f"{letter * length}\n" for letter in "abcde"]
    here, there = "".join(block), "".join((*block[:at], "new\n", *block[at + 1 :]))
    base, ours, theirs = (here + SALT, SALT + here, there + SALT)
    if not first:
        base, ours, theirs = (SALT + here, here + SALT, SALT + there)
    follows = length == moved._TELLING or at == 2
    wanted = ours.replace(here, there) if follows else ours
    assert "".join(followed(base, ours, theirs).ours) == wanted


def test_a_line_that_is_added_within_a_function_follows_it() -> None:
    """The blank lines around the function may be taken for those around others."""
    one, two = "\ndef a():\n    b()\n\n", "\ndef a():\n    c()\n    b()\n\n"
    texts = followed(one + SALT, f"\n\n{SALT}{one}", two + SALT)
    assert "".join(texts.ours) == f"\n\n{SALT}{two}"


def test_an_edit_that_ours_has_made_too_is_not_made_again() -> None:
    given_texts = Texts.of(*map(split_lines, (BAKE + SALT, HOTTER + SALT + BAKE, HOTTER + SALT)))
    assert follow_moves(given_texts) is given_texts


def test_nor_does_it_keep_another_from_its_place() -> None:
    both = SALT.replace("salt_7 = 7", "pepper = 7")
    texts = followed(BAKE + SALT, both + BAKE, HOTTER + both)
    assert "".join(texts.ours) == both + HOTTER
    assert "".join(texts.theirs) == BAKE + both


def test_texts_that_are_too_long_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each edit is looked for in all of ours."""
    theirs = HOTTER + SALT.replace("salt_7 = 7", "pepper = 7")
    given_texts = Texts.of(*map(split_lines, (BAKE + SALT, SALT + BAKE, theirs)))
    monkeypatch.setattr(moved, "_MOST", 2 * len(given_texts.ours))
    assert follow_moves(given_texts) is not given_texts
    monkeypatch.setattr(moved, "_MOST", 2 * len(given_texts.ours) - 1)
    assert follow_moves(given_texts) is given_texts


SETTINGS = "[oven]\n", "heat = 180\n", "timer = the-long-one-by-the-door\n", "light = on\n"
BASE = "".join((SETTINGS[0], SETTINGS[2], SETTINGS[1], SETTINGS[3]))
MOVED = "".join(SETTINGS[:2] + SETTINGS[3:] + SETTINGS[2:3])


def test_what_goes_on_with_a_line_follows_it() -> None:
    more = "        and-the-short-one\n"
    texts = followed(BASE, MOVED, BASE.replace(SETTINGS[2], SETTINGS[2] + more))
    assert "".join(texts.ours) == MOVED + more
    assert "".join(texts.theirs) == BASE


def test_a_comment_on_a_line_follows_it() -> None:
    words = "# Ask before you set it.\n# Twice.\n"
    texts = followed(BASE, MOVED, BASE.replace(SETTINGS[2], words + SETTINGS[2]))
    assert "".join(texts.ours) == MOVED.replace(SETTINGS[2], words + SETTINGS[2])


def test_both_at_once_follow_it() -> None:
    new = f"# Ask.\n{SETTINGS[2]}        and-the-short-one\n"
    texts = followed(BASE, MOVED, BASE.replace(SETTINGS[2], new))
    assert "".join(texts.ours) == MOVED.replace(SETTINGS[2], new)


@pytest.mark.parametrize(
    ("base", "ours", "new"),
    [
        ("{t}{a}{b}", "{a}{b}{t}", "{t}    more\n"),
        ("{t}{a}{b}", "{a}{b}{t}", "# Ask.\n{t}"),
        ("{a}{b}{t}", "{t}{a}{b}", "# Ask.\n{t}"),
        ("{a}{b}{t}", "{t}{a}{b}", "{t}    more\n"),
        # a comment is no more of the block's head than its line is
        ("class A:\n    {t}    {a}    {b}", "class A:\n    {a}    {b}    {t}", "# Ask.\n    {t}"),
    ],
)
def test_at_either_end_of_a_file_or_block(base: str, ours: str, new: str) -> None:
    words = dict(zip("abt", SETTINGS, strict=False))
    base, ours, line, new = (text.format(**words) for text in (base, ours, "{t}", new))
    texts = followed(base, ours, base.replace(line, new))
    assert "".join(texts.ours) == ours.replace(line, new)


def test_two_go_to_two_places() -> None:
    one, two = "the-first-setting-of-them-all = 1\n", "the-second-setting-of-them-all = 2\n"
    some, others = SALT[:22], SALT[22:44]
    base, ours = one + some + two + others, some + others + two + one
    theirs = base.replace(one, f"{one}    more\n").replace(two, f"{two}    most\n")
    texts = followed(base, ours, theirs)
    assert "".join(texts.ours) == f"{some}{others}{two}    most\n{one}    more\n"


@pytest.mark.parametrize(
    "new",
    [
        SETTINGS[2] + "door = shut\n",  # beside it, no deeper
        SETTINGS[2] + "        more\ndoor = shut\n",
        SETTINGS[2] + "        more\n\n        more\n",  # more than one block
        "fan = on\n" + SETTINGS[2],  # no comment
        "# Fans.\nfan = on\n" + SETTINGS[2],
    ],
)
def test_an_addition_of_its_own_stays(new: str) -> None:
    texts = followed(BASE, MOVED, BASE.replace(SETTINGS[2], new))
    assert "".join(texts.ours) == MOVED


@pytest.mark.parametrize("depth", [0, 30])
@pytest.mark.parametrize("length", [1, moved._TELLING - 1, moved._TELLING])
def test_none_follows_a_line_that_says_little(depth: int, length: int) -> None:
    line = f"{' ' * depth}{'a' * length}\n"
    more = f"{line}{' ' * depth}        b\n"
    base, ours = (text.replace(SETTINGS[2], line) for text in (BASE, MOVED))
    texts = followed(base, ours, base.replace(line, more))
    follows = length == moved._TELLING
    assert "".join(texts.ours) == (ours.replace(line, more) if follows else ours)


@pytest.mark.parametrize("new", ["        more\n", "# more\n"])
def test_what_replaces_a_line_beside_it_stays(new: str) -> None:
    for line in (SETTINGS[0], SETTINGS[1]):
        texts = followed(BASE, MOVED, BASE.replace(line, new))
        assert "".join(texts.ours) == MOVED


@pytest.mark.parametrize(("before", "after"), [("    x\n", ""), ("# x\n", ""), ("", "# x\n")])
def test_what_has_no_line_beside_it_stays(before: str, after: str) -> None:
    base, ours = "".join(SETTINGS[:3]), "".join(SETTINGS[2::-2] + SETTINGS[1:2])
    for here in (base, ours):
        assert "".join(followed(base, here, before + base + after).ours) == here


@pytest.mark.parametrize("ours", [MOVED + SETTINGS[2], "".join(SETTINGS[:2]), BASE])
def test_none_follows_a_line_that_is_there_twice_or_not_or_on_its_place(ours: str) -> None:
    more = "        and-the-short-one\n"
    texts = followed(BASE, ours, BASE.replace(SETTINGS[2], SETTINGS[2] + more))
    assert "".join(texts.ours) == ours


@given(LINES, LINES)
def test_where_nothing_moved_nothing_is_done(
    ancestor: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    texts = Texts.of(ancestor, ancestor, theirs)
    assert follow_moves(texts) is texts


@given(LINES, LINES, LINES)
def test_the_ancestor_stays_and_the_edits_fit_the_texts(
    ancestor: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    texts = follow_moves(Texts.of(ancestor, ours, theirs))
    assert texts.ancestor == ancestor
    assert texts == Texts.of(ancestor, texts.ours, texts.theirs)
