"""The small arithmetic of a setting's value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchseries.manifest.expression import Expression, ExpressionError, parse_expression

SIZES = {"vms": 40, "cores": 24, "memory": 65536}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("vms", 40),
        (" vms * 2 + cores ", 104),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("20 - 5 - 5", 10),
        ("100 / 7 / 2", 7),
        ("min(vms, cores * 4)", 40),
        ("max(vms, 20, memory / 1024)", 64),
        ("cores - vms", -16),
        (" + ".join(["(1)"] * 20), 20),
    ],
)
def test_values(text: str, value: int) -> None:
    assert parse_expression(text).value(SIZES) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends too early"),
        ("vms +", "ends too early"),
        ("vms cores", "'cores' is not expected"),
        ("* 2", "'*' is not expected"),
        ("-1", "'-' is not expected"),
        ("disks", "'disks' is not known"),
        ("__import__", "'_' cannot be"),
        ("vms ** 2", "'*' is not expected"),
        ("1.5", "'.' cannot be"),
        ("min(1)", "two values"),
        ("min", "ends too early"),
        ("min 1", "expected '(' before '1'"),
        ("(1, 2)", "expected ')' before ','"),
        ("(1", "ends too early"),
        ("vms\n", "cannot be"),
        ("\u0664", "cannot be"),
        ("(" * 17 + "1" + ")" * 17, "nested more than 16"),
        ("1" * 13, "larger than"),
        ("1+" * 100 + "1", "at most 200"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vms / (cores - 24)", "divides by zero"),
        ("1000000 * 1000000 * 1000000 / 1000000", "larger than"),
    ],
)
def test_no_value(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text).value(SIZES)
    assert words in str(caught.value)


def test_a_size_that_is_not_given() -> None:
    with pytest.raises(ExpressionError, match="larger"):
        parse_expression("vms").value({"vms": 10**13})
    with pytest.raises(ExpressionError, match="it needs memory"):
        parse_expression("vms + memory").value({"vms": 1})
    assert parse_expression("min(vms, 2 * (memory + 1))").names == {"vms", "memory"}


def written(one: Expression) -> str:
    """*one* with every bracket."""
    if not one.operands:
        return str(one.head)
    parts = [written(part) for part in one.operands]
    if one.head in ("min", "max"):
        return f"{one.head}({','.join(parts)})"
    return f"({parts[0]}{one.head}{parts[1]})"


LEAVES = st.one_of(
    st.integers(0, 99).map(Expression), st.sampled_from(sorted(SIZES)).map(Expression)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda head, one, two: Expression(head, (one, two)),
        st.sampled_from(["+", "-", "*", "min", "max"]),
        inner,
        inner,
    ),
    max_leaves=6,
)


@given(TREES)
def test_what_is_written_is_read_again(tree: Expression) -> None:
    assert parse_expression(written(tree)) == tree


@given(st.text("0123456789vmscorey+-*/(), "))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_expression(text).value(SIZES)
    except ExpressionError:
        pass


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1" * 12, int("1" * 12)),
        ("1000000000000", 10**12),
        ("0 - 1000000 * 1000000", -(10**12)),
        ("(" * 16 + "1" + ")" * 16, 1),
        ("1+" * 99 + "1 ", 100),
        ("min(1,2)+max(3,(4))", 5),
        ("0 - 7 / 2", -3),
        ("(0 - 7) / 2", -4),
    ],
)
def test_the_largest_that_has_a_value(text: str, value: int) -> None:
    assert parse_expression(text).value({}) == value


def test_brackets_beside_each_other_are_no_depth() -> None:
    assert parse_expression(" + ".join(["((1))"] * 20)).value({}) == 20
    with pytest.raises(ExpressionError, match="larger than"):
        parse_expression("1000000000001")
    with pytest.raises(ExpressionError, match="larger than"):
        parse_expression("0 - 1000000 * 1000000 - 1").value({})
    assert parse_expression("7").names == frozenset()
