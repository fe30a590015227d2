"""What a patch says of each file is read back as it was written, whatever its lines look like."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.patches.parse import FilePatch, Hunk, parse_patch
from patchseries.patches.scan import Section, scan

_CONTENT = st.sampled_from(
    [b"", b"x", b"-- a/f", b"++ b/f", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"\\x", b"\xff"]
)
_EXTENDED = "index, old mode, new mode, new file mode, deleted file mode"
_MOVED = "rename from, rename to, copy from, copy to"


@dataclass(frozen=True)
class Written:
    """A file's section: its lines above the hunks, and the hunks as kinds with content."""

    head: tuple[bytes, ...]
    hunks: tuple[tuple[tuple[bytes, bytes], ...], ...]
    has_no_newline: bool
    spells_one: bool

    def lines(self) -> list[bytes]:
        """Its lines, without ends."""
        made = [*self.head]
        for number, hunk in enumerate(self.hunks, 1):
            counts = [sum(kind in kinds for kind, _ in hunk) for kinds in (b" -", b" +")]
            old, new = (b"" if n == 1 and not self.spells_one else b",%d" % n for n in counts)
            made.append(b"@@ -%d%b +%d%b @@ words" % (number, old, number + 6, new))
            made += [kind + content for kind, content in hunk]
        if self.hunks and self.has_no_newline:
            made.append(b"\\ No newline at end of file")
        return made


_HUNKS = st.lists(
    st.lists(st.tuples(st.sampled_from([b" ", b"+", b"-"]), _CONTENT), min_size=1, max_size=5)
    .map(tuple)
    .filter(lambda hunk: any(kind != b" " for kind, _ in hunk)),
    min_size=1,
    max_size=3,
).map(tuple)
_HEADS = st.sampled_from(
    [
        (b"--- a/f", b"+++ b/f"),
        (b"--- a/f\t2013-04-04", b"+++ b/f\t2013-04-05"),
        (b"diff --git a/f b/f", b"index 1..2 100644", b"--- a/f", b"+++ b/f"),
        (b"diff --git a/f b/f", b"old mode 100644", b"new mode 100755", b"--- a/f", b"+++ b/f"),
        (b"diff --git a/f b/f", b"new file mode 100644", b"--- /dev/null", b"+++ b/f"),
        (b"diff --git a/f b/f", b"deleted file mode 100755", b"--- a/f", b"+++ /dev/null"),
        (b"diff --git a/f b/g", b"rename from f", b"rename to g", b"--- a/f", b"+++ b/g"),
        (b"diff --git a/f b/g", b"copy from f", b"copy to g", b"--- a/f", b"+++ b/g"),
    ]
)
_WRITTEN = st.builds(Written, _HEADS, _HUNKS, st.booleans(), st.booleans())


def text(sections: list[Written], end: bytes = b"\n") -> bytes:
    return b"".join(line + end for section in sections for line in section.lines())


def expected(written: Written, line: int, is_crlf: bool) -> Section:
    """The section that :func:`scan` is to make of *written*, which begins at *line*."""
    head = list(written.head)
    section = Section(line, crlf=is_crlf)
    if head[0].startswith(b"diff"):
        section.git = head[0].removeprefix(b"diff --git ")
    for one in head:
        for key in f"{_EXTENDED}, {_MOVED}".split(", "):
            if one.startswith(key.encode() + b" "):
                section.extended[key] = one[len(key) + 1 :]
    section.old, section.new = (name[4:].split(b"\t")[0] for name in head[-2:])
    section.hunks, section.first_new = len(written.hunks), 7
    section.new_lines = sum(kind != b"-" for hunk in written.hunks for kind, _ in hunk)
    return section


@settings(max_examples=50)
@given(st.lists(_WRITTEN, min_size=1, max_size=3), st.booleans(), st.sampled_from([0, 2]))
def test_each_section_is_read_as_it_was_written(
    written: list[Written], is_crlf: bool, above: int
) -> None:
    data = b"words of the head\n" * above + text(written, b"\r\n" if is_crlf else b"\n")
    found = scan(data)
    line = above + 1
    for one, section in zip(written, found.sections, strict=True):
        assert section == expected(one, line, is_crlf)
        assert not section.stray
        assert section.renames == any(b"from" in words for words in one.head)
        line += len(one.lines())
    assert [words for _, words in found.head] == [b"words of the head"] * above
    assert [number for number, _ in found.head] == list(range(1, above + 1))


@settings(max_examples=50)
@given(_WRITTEN, st.sampled_from([b"", b"*", b"words"]))
def test_a_hunk_that_lacks_a_line_is_torn(written: Written, other: bytes) -> None:
    """At the end of the patch, or before a line that no hunk has."""
    lines = replace(written, has_no_newline=False).lines()[:-1]
    (section,) = scan(b"\n".join(lines + [other] * bool(other)) + b"\n").sections
    assert section.torn
    assert section.hunks == len(written.hunks)


@pytest.mark.parametrize("counts", [b"-1 +0,0", b"-0,0 +1", b"-1,2 +1", b"-1 +1,2"])
def test_a_line_of_both_sides_counts_on_both(counts: bytes) -> None:
    """More of them than a hunk says on either side, and it is torn."""
    head = b"--- a/f\n+++ b/f\n"
    (section,) = scan(head + b"@@ " + counts + b" @@\n x\n").sections
    assert section.torn
    (section,) = scan(head + b"@@ -1 +1 @@\n x\n").sections
    assert not section.torn


@settings(max_examples=50)
@given(_WRITTEN, st.sampled_from([1, 3]))
def test_a_patch_is_parsed_as_it_was_written(written: Written, strip: int) -> None:
    deep = [
        line.replace(b"a/", b"a/b/c/").replace(b" b/", b" b/b/c/") if strip > 1 else line
        for line in written.head
    ]
    (patched,) = parse_patch(text([replace(written, head=tuple(deep))]), strip=strip)
    words = b"\n".join(written.head).decode()
    assert patched == FilePatch(
        None if "/dev/null\n+++" in words else "f",
        None if "+++ /dev" in words else "g" if "b/g" in words else "f",
        "100644" if "old mode" in words else "100755" if "deleted" in words else None,
        "100755" if "new mode" in words else "100644" if "new file" in words else None,
        tuple(
            hunk_of(hunk, number, written.has_no_newline and number == len(written.hunks))
            for number, hunk in enumerate(written.hunks, 1)
        ),
        moves=next((kind for kind in ("rename", "copy") if f"{kind} from" in words), None),
    )
    assert patched.path == (patched.new_path or "f")


def hunk_of(lines: tuple[tuple[bytes, bytes], ...], number: int, has_no_newline: bool) -> Hunk:
    sides = []
    for kinds in (b" -", b" +"):
        side = [content + b"\n" for kind, content in lines if kind in kinds]
        if has_no_newline and lines[-1][0] in kinds:
            side[-1] = side[-1][:-1]
        sides.append(tuple(side))
    changed = [at for at, (kind, _) in enumerate(lines) if kind != b" "]
    return Hunk(number, sides[0], sides[1], changed[0], len(lines) - 1 - changed[-1])


@pytest.mark.parametrize("after", [b"words\n", b"", b"++ b/f\n", b"@@ -1 +1 @@\n"])
def test_one_line_like_that_of_a_file_begins_no_section(after: bytes) -> None:
    assert scan(b"words\n--- a/f\n" + after).sections == ()


@pytest.mark.parametrize(
    ("line", "differs"),
    [
        (b"Binary files a/f and b/f differ", True),
        (b"Binary files a/f and b/f differ\r", True),
        (b"These files differ", False),
        (b"Binary files a/f and b/f differ in one byte", False),
    ],
)
def test_how_a_binary_change_without_content_is_said(line: bytes, differs: bool) -> None:
    (section,) = scan(b"diff --git a/f b/f\nindex 1..2 100644\n" + line + b"\n").sections
    assert section.differs is differs


def test_a_change_of_the_mode_alone_may_end_its_lines_in_cr() -> None:
    """It has no lines with names: the first line says how the lines end."""
    (patched,) = parse_patch(b"diff --git a/f b/f\r\nold mode 100644\r\nnew mode 100755\r\n")
    assert (patched.path, patched.old_mode, patched.new_mode) == ("f", "100644", "100755")
