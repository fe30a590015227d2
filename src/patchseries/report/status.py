"""What landed where, for people and programs: one table as text, markdown or CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patchseries.landed.landing import Landing
from patchseries.landed.verdict import NamedChange, PatchStatus, ReleaseAnswer, Verdict
from patchseries.report.table import TextTable
from patchseries.visible import printable_line

NONE = "—"
_BASE_LINE, _NEXT_LINE = "base line", "next line"
"""The titles of columns where the projects have different lines."""
_STYLES: Mapping[str, str] = {
    Verdict.LANDED: "green",
    Verdict.SUPERSEDED: "cyan",
    Verdict.REVERTED: "magenta",
    Verdict.NOT_LANDED: "yellow",
}


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Which release lines of a project have columns: that of the bases, and the one after it."""

    base: str | None
    following: str | None
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusTable:
    """A table of text; ``verdicts`` has one for each row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdicts: tuple[Verdict, ...]


def columns_of(lines: Sequence[str], base: str | None) -> LineColumns:
    """The columns for a project whose history has *lines* and whose series is based on *base*."""
    if base not in lines:
        return LineColumns(None, None, tuple(lines))
    after = tuple(lines[lines.index(base) + 1 :])
    return LineColumns(base, after[0] if after else None, after[1:])


def status_table(patches: Sequence[PatchStatus], columns: Mapping[str, LineColumns]) -> StatusTable:
    """Each patch in its base line, the next, and later ones, with evidence and successors.

    :param columns: by project
    """
    used = [columns[patch.project] for patch in patches]
    titles = (
        _title([c.base for c in used], _BASE_LINE),
        _title([c.following for c in used], _NEXT_LINE),
    )
    head = (
        "patch",
        "project",
        *titles,
        "later",
        "verdict",
        "evidence",
        "successor",
    )
    rows = tuple(_row(patch, columns[patch.project], titles) for patch in patches)
    return StatusTable(head, rows, tuple(patch.verdict for patch in patches))


def release_table(
    patches: Sequence[PatchStatus], answers: Mapping[str, ReleaseAnswer], asked: str
) -> StatusTable:
    """For each patch: is it in the release that was *asked* for, since which tag, by which commit?

    :param answers: by patch; without one, its project has no such release
    """
    title = _title([answers[p.name].release for p in patches if p.name in answers], asked)
    head = ("patch", "project", f"in {title}", "since", "commit", "evidence", "successor")
    rows = []
    for patch in patches:
        answer = answers.get(patch.name)
        landing = answer.landing if answer else None
        how = (_tag(landing), landing.commit[:12], landing.evidence) if landing else (NONE,) * 3
        rows.append((patch.name, patch.project, _word(answer), *how, _successors(patch)))
    return StatusTable(head, tuple(rows), tuple(patch.verdict for patch in patches))


def _word(answer: ReleaseAnswer | None) -> str:
    if answer is None:
        return "no such release"
    if answer.landing:
        return "yes"
    return "by its successor" if answer.is_replaced else "no"


def as_text(table: StatusTable) -> TextTable:
    """The table for a terminal."""
    return TextTable(table.head, table.rows, names=2, styles=_STYLES)


def as_markdown(table: StatusTable) -> str:
    """The table for a release note."""
    rows = [table.head, tuple("---" for _ in table.head), *table.rows]
    return "".join(f"| {' | '.join(_escaped(cell) for cell in row)} |\n" for row in rows)


def as_csv(table: StatusTable) -> str:
    """The table for a spreadsheet (RFC 4180); no cell is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.head)
    for row in table.rows:
        writer.writerow([_no_formula(printable_line(cell)) for cell in row])
    return text.getvalue()


def _row(patch: PatchStatus, columns: LineColumns, titles: tuple[str, str]) -> tuple[str, ...]:
    return (
        patch.name,
        patch.project,
        _from(patch, columns.base, titles[0]),
        _from(patch, columns.following, titles[1]),
        _later(patch, columns),
        str(patch.verdict),
        _evidence(patch),
        _successors(patch),
    )


def _from(patch: PatchStatus, line: str | None, title: str) -> str:
    """The tag since which the patch is in *line*, with the line where *title* does not say it."""
    found = patch.landings.in_line(line) if line else None
    if found is None:
        return NONE
    tag = f"{found.tag}+" if found.tag else _tag(found)
    return tag if title == line else f"{line} {tag}"


def _later(patch: PatchStatus, columns: LineColumns) -> str:
    landed = [at for at in patch.landings.landed if at.line in columns.later]
    return ", ".join(f"{at.line} {_tag(at)}" for at in landed) or NONE


def _evidence(patch: PatchStatus) -> str:
    """The kinds of evidence; weak ones and reverts are named as what they are."""
    sure = dict.fromkeys(str(at.evidence) for at in patch.landings.landed)
    weak = [f"perhaps {at.line} {_tag(at)} ({at.evidence})" for at in patch.landings.possible]
    taken_back = [
        f"{r.commit[:12]} was reverted by {', '.join(by[:12] for by in r.by)}"
        for r in patch.landings.reverted
    ]
    parts = patch.landings.parts
    there = [part for part in parts if part.landings.landed]
    some = [f"{len(there)} of {len(parts)} parts landed"] if there and not sure else []
    return ", ".join([*sure, *some, *weak, *taken_back]) or NONE


def _successors(patch: PatchStatus) -> str:
    return ", ".join(_successor(successor) for successor in patch.superseded_by) or NONE


def _successor(successor: NamedChange) -> str:
    landed = ", ".join(f"{at.line} {_tag(at)}" for at in successor.landings.landed)
    return f"{successor.id[:12]} ({landed or 'not landed'})"


def _tag(landing: Landing) -> str:
    return landing.tag or "unreleased"


def _title(lines: Sequence[str | None], several: str) -> str:
    names = set(lines)
    name = names.pop() if len(names) == 1 else None
    return name or several


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _escaped(cell: str) -> str:
    """*cell* as markdown that shows just that: no table border, code, link or HTML in it."""
    return re.sub(r"([\\|`<\[\]*_&])", r"\\\1", printable_line(cell))
