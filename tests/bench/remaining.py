"""Make docs/porting-remaining.md: the pairs that come out otherwise than the person's, and why.

    python tests/bench/remaining.py OUT [--write FILE]

OUT is what ``backports.py`` writes. The reasons are in remaining.toml. The exit status is 1, and
nothing is written, if a pair that differs has no reason there, or a reason there is for a pair
that does not differ.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from bench.backports import Row, count, read_rows, share  # noqa: E402
from patchseries.files import write_atomic  # noqa: E402

REASONS = Path(__file__).with_suffix(".toml")
PAGE = ROOT / "docs" / "porting-remaining.md"
LINES = ("grizzly", "havana")


@dataclass(frozen=True)
class Reason:
    """One kind of reason, and the pairs that it holds for: id → what differs, in a few words."""

    title: str
    text: str
    pairs: Mapping[str, str]


@dataclass(frozen=True)
class Reasons:
    """What was written by hand: the page's beginning, and the kinds in the order of the page."""

    introduction: str
    kinds: tuple[Reason, ...]


def main() -> int:
    """Write the page; 0, or 1 where run and reasons do not fit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--write", type=Path, default=PAGE, metavar="FILE")
    given = parser.parse_args()
    rows = [row for row in read_rows(given.out) if row["line"] in LINES]
    reasons = read_reasons()
    wrong = list(misfits(rows, reasons))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    write_atomic(given.write, page(rows, reasons).encode())
    return 0


def read_reasons(path: Path = REASONS) -> Reasons:
    """What remaining.toml says."""
    document = tomllib.loads(path.read_text())
    return Reasons(document["introduction"], tuple(Reason(**kind) for kind in document["reason"]))


def misfits(rows: Sequence[Row], reasons: Reasons) -> Iterator[str]:
    """What keeps the page from being true, a line each."""
    differ = {row["id"] for row in rows if not row["same"]}
    given = [pair for kind in reasons.kinds for pair in kind.pairs]
    for pair in sorted(differ - set(given)):
        yield f"{pair}: it differs from the person's tree; say why in {REASONS.name}"
    for pair in sorted(set(given) - differ):
        yield f"{pair}: it does not differ in this run; take it out of {REASONS.name}"
    for pair in sorted({pair for pair in given if given.count(pair) > 1}):
        yield f"{pair}: it has two reasons in {REASONS.name}"


def page(rows: Sequence[Row], reasons: Reasons) -> str:
    """The whole page."""
    by_id = {row["id"]: row for row in rows}
    kinds = reasons.kinds
    parts = [reasons.introduction.strip(), _figures(rows), _sums(kinds, by_id)]
    parts += [_trusted(kinds, by_id), *(_reason(kind, by_id) for kind in kinds)]
    return "\n\n".join(parts) + "\n"


def _figures(rows: Sequence[Row]) -> str:
    lines = [[row for row in rows if row["line"] == line] for line in LINES]
    trusted = [[row for row in members if row["tree"] and not row["review"]] for members in lines]
    wrong = [[row for row in members if not row["same"]] for members in trusted]
    table = {
        "pairs": [str(len(members)) for members in lines],
        "identical to the person's tree": [str(count(members, "same")) for members in lines],
        "identical in source files": [
            _part(count(members, "source_same"), len(members)) for members in lines
        ],
        "`review: false`": [_part(len(t), len(m)) for t, m in zip(trusted, lines, strict=True)],
        "of those, not the person's tree": [
            _part(len(w), len(t)) for w, t in zip(wrong, trusted, strict=True)
        ],
    }
    body = [f"| {name} | {' | '.join(cells)} |" for name, cells in table.items()]
    return "\n".join(["## Where it stands", "", "| | Grizzly | Havana |", "|---|---|---|", *body])


def _part(part: int, whole: int) -> str:
    return f"{part} ({share(part, whole)})"


def _sums(reasons: Sequence[Reason], by_id: Mapping[str, Row]) -> str:
    lines = ["## Reasons", "", "| reason | Grizzly | Havana |", "|---|---|---|"]
    sums = [0] * len(LINES)
    for reason in reasons:
        of = [sum(by_id[pair]["line"] == line for pair in reason.pairs) for line in LINES]
        sums = [a + b for a, b in zip(sums, of, strict=True)]
        lines.append(f"| {reason.title} | {' | '.join(map(str, of))} |")
    return "\n".join([*lines, f"| all | {' | '.join(map(str, sums))} |"])


def _trusted(reasons: Sequence[Reason], by_id: Mapping[str, Row]) -> str:
    """The results that nobody is told to read, though they are not the person's."""
    lines = [
        "## With `review: false`",
        "",
        "No finding asks for a review of these, though they are not the person's tree.",
        "",
        "| pair | git's merge is clean | reason | why |",
        "|---|---|---|---|",
    ]
    for reason in reasons:
        for pair, why in reason.pairs.items():
            row = by_id[pair]
            if row["tree"] and not row["review"]:
                lines.append(f"| {pair} | {_yes(row['git_clean'])} | {reason.title} | {why} |")
    return "\n".join(lines)


def _reason(reason: Reason, by_id: Mapping[str, Row]) -> str:
    lines = [
        f"## {reason.title}",
        "",
        reason.text,
        "",
        "| pair | outcome | review | files that differ | why |",
        "|---|---|---|---|---|",
    ]
    for pair, why in sorted(reason.pairs.items()):
        row = by_id[pair]
        differs = "<br>".join(f"`{path}`" for path in row["differs"])
        cells = (row["outcome"], _yes(row["review"]), differs or "(no tree)", why)
        lines.append(f"| {pair} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    sys.exit(main())
