"""What dpkg-source accepts of a patch, and what it takes and gets wrong.

dpkg-source applies with ``patch -t -F 0 -N -p1 -u -V never -E``, and its exit status 0 proves
nothing: it drops new empty files and "Binary files differ", and its older versions lose modes
and renames. Each rule here is a row of that table, so that a patch is refused, by name, before
dpkg-source sees it. Seen with dpkg 1.21.22 and patch 2.7.6 (``current``) and with dpkg 1.16.1.2
and patch 2.6.1 (``precise``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from patchseries.git import Repository, TreeEntry
from patchseries.model import Finding, Severity
from patchseries.patches.scan import Section, scan


class Profile(StrEnum):
    """The tools that will unpack the package.

    ``current`` is Debian 12 (dpkg 1.21, patch 2.7); ``precise`` is Ubuntu 12.04 (dpkg 1.16.1,
    patch 2.6.1), which knows neither modes, renames nor links in a patch.
    """

    CURRENT = "current"
    PRECISE = "precise"


# Not `Index: `, which quilt and svn write: patch uses it only where `---` and `+++` name no file.
_HEADER_TRAP = re.compile(rb"\s*(?:--- |\+\+\+ |\*\*\* |@@ -|diff --git |Prereq: )")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_LINK, _EXECUTABLE = "120000", "100755"


class _Refusal(NamedTuple):
    """What a rule objects to: the code of its finding, the message, and the hint."""

    code: str
    message: str
    hint: str


_STRAY = _Refusal(
    "dpkg-header-line",
    "a line above the diff looks like the start of one",
    "put something before it, such as '| '",
)
_NO_DIFF = _Refusal("dpkg-no-diff", "it contains no change", "leave the patch out")
_TWICE = _Refusal(
    "dpkg-file-twice",
    "the patch changes the same file in two places",
    "regenerate the patch from the two trees",
)


def guard(name: str, data: bytes, profile: Profile = Profile.CURRENT) -> tuple[Finding, ...]:
    """What dpkg-source would refuse or take wrongly in the patch file *data*, as errors.

    :param name: the patch's name, for the findings
    """
    parts = scan(data)
    found: list[Finding] = []
    for number, line in parts.head:
        if _HEADER_TRAP.match(line):
            found.append(_finding(_STRAY, name, line=number))
    if not parts.sections:
        found.append(_finding(_NO_DIFF, name))
    rules = _RULES + (_PRECISE_RULES if profile is Profile.PRECISE else ())
    for section in parts.sections:
        for rule in rules:
            for refusal in rule(section):
                found.append(_finding(refusal, name, _shown(section), section.line))
    return (*found, *_twice(name, parts.sections))


def guard_links(repository: Repository, tree: str, name: str, data: bytes) -> tuple[Finding, ...]:
    """What the patch *data* would change through, or of, a symbolic link of *tree*."""
    found = []
    for section in scan(data).sections:
        for raw in section.names:
            link = _link_on(repository, tree, _path(raw))
            if link:
                refusal = _Refusal(
                    "dpkg-through-symlink",
                    f"it changes a file through the symbolic link {link}",
                    "change the file that the link points to",
                )
                found.append(_finding(refusal, name, _shown(section), section.line))
                break
    return tuple(found)


# Rules for every profile -------------------------------------------------------------------------


def _empty_file(section: Section) -> Iterator[_Refusal]:
    created = "new file mode" in section.extended and not section.hunks
    gone = "deleted file mode" in section.extended or section.new == b"/dev/null"
    emptied = section.hunks and not section.new_lines and not section.first_new and not gone
    if (created and not (section.git_binary or section.differs or section.renames)) or emptied:
        what = "creates an empty file" if created else "leaves a file empty"
        yield _Refusal(
            "dpkg-empty-file",
            f"it {what}, which dpkg-source silently drops",
            "put a line into the file, such as a comment",
        )


def _binary(section: Section) -> Iterator[_Refusal]:
    if section.git_binary:
        yield _Refusal("dpkg-binary", "it is a git binary patch", "leave the file out of the patch")
    if section.differs:
        yield _Refusal(
            "dpkg-binary-differs",
            "it only says that binary files differ, which dpkg-source ignores",
            "leave the file out of the patch",
        )


def _link_change(section: Section) -> Iterator[_Refusal]:
    if _LINK.encode() in section.modes:
        yield _Refusal(
            "dpkg-symlink-change",
            "it changes or deletes a symbolic link",
            "leave the link as it is; the packaging can create it",
        )


def _crlf(section: Section) -> Iterator[_Refusal]:
    if section.crlf:
        yield _Refusal("dpkg-crlf", "the patch file has CRLF line endings", "convert it to LF")


def _paths(section: Section) -> Iterator[_Refusal]:
    for raw in dict.fromkeys(section.names):
        if raw.startswith(b"/") or re.match(rb"[^/]*//", raw):
            yield _Refusal(
                "dpkg-path-absolute",
                "its path is absolute",
                "write it relative to the top of the tree",
            )
            continue
        parts = _path(raw).casefold().split("/")
        if ".." in parts:
            yield _Refusal(
                "dpkg-path-outside", "its path leads out of the tree", "leave the file out"
            )
        if ".git" in parts or parts[0] == ".pc":
            yield _Refusal(
                "dpkg-path-hidden",
                "it changes files of git or quilt, which dpkg-source does not prevent",
                "leave the file out",
            )
        if parts[0] == "debian":
            yield _Refusal(
                "dpkg-path-debian",
                "it changes debian/, which dpkg-source -x applies and -b refuses",
                "change the packaging instead",
            )
        if parts[-1].endswith(".dpkg-orig"):
            yield _Refusal(
                "dpkg-path-hidden",
                "its name ends in .dpkg-orig, which dpkg-source uses for its backups",
                "rename the file",
            )


def _quoted(section: Section) -> Iterator[_Refusal]:
    names = [n for n in (section.old, section.new) if n]
    names += [value for key, value in section.extended.items() if key.startswith(("ren", "cop"))]
    if any(_QUOTED.fullmatch(name) for name in names):
        yield _Refusal(
            "dpkg-quoted-name",
            "the file's name is quoted, as git does with special characters",
            "write the diff with core.quotePath=false, or rename the file",
        )


def _torn(section: Section) -> Iterator[_Refusal]:
    if section.torn:
        yield _Refusal(
            "dpkg-malformed",
            "a hunk is longer or shorter than its header says",
            "regenerate the patch",
        )
    if section.stray:
        yield _STRAY


_Rule = Callable[[Section], Iterator[_Refusal]]
_RULES: tuple[_Rule, ...] = (_empty_file, _binary, _link_change, _crlf, _paths, _quoted, _torn)


# Rules for precise -------------------------------------------------------------------------------


def _mode(section: Section) -> Iterator[_Refusal]:
    changed = "old mode" in section.extended
    if changed or section.extended.get("new file mode", b"").strip() == _EXECUTABLE.encode():
        yield _Refusal(
            "dpkg-mode",
            "it sets a file's mode, which the tools of precise ignore",
            "set the mode in debian/rules or in the packaging's install step",
        )


def _renamed(section: Section) -> Iterator[_Refusal]:
    if section.renames and not section.hunks:
        yield _Refusal(
            "dpkg-rename",
            "it renames or copies a file, which the tools of precise refuse",
            _NO_RENAMES,
        )
    elif section.renames:
        yield _Refusal(
            "dpkg-rename-edit",
            "it renames and edits a file: the tools of precise silently produce a different tree",
            _NO_RENAMES,
        )


def _empty_deleted(section: Section) -> Iterator[_Refusal]:
    if "deleted file mode" in section.extended and not section.hunks:
        yield _Refusal(
            "dpkg-delete-empty",
            "it deletes an empty file, which the tools of precise refuse",
            "keep the file",
        )


def _new_link(section: Section) -> Iterator[_Refusal]:
    if section.extended.get("new file mode", b"").strip() == _LINK.encode():
        yield _Refusal(
            "dpkg-new-symlink",
            "it creates a symbolic link, and the tools of precise create a regular file instead",
            "create the link in the packaging",
        )


_NO_RENAMES = "write the diff with --no-renames"
_PRECISE_RULES: tuple[_Rule, ...] = (_mode, _renamed, _empty_deleted, _new_link)


# Private -----------------------------------------------------------------------------------------


def _twice(name: str, sections: tuple[Section, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for section in sections:
        path = _shown(section)
        if path in seen:
            yield _finding(_TWICE, name, path, section.line)
        seen.add(path)


def _link_on(repository: Repository, tree: str, path: str) -> str | None:
    """The symbolic link of *tree* that *path* is or leads through."""
    parts = path.split("/")
    entry: TreeEntry | None = TreeEntry("40000", tree)
    for count, part in enumerate(parts, 1):
        entry = repository.entry(entry.oid, part) if entry and entry.is_tree else None
        if entry and entry.mode == _LINK:
            return "/".join(parts[:count])
    return None


def _path(raw: bytes) -> str:
    """A raw name without its first component, as ``patch -p1`` takes it."""
    return raw.partition(b"/")[2].decode("utf-8", "surrogateescape")


def _shown(section: Section) -> str:
    """The path of a section, for people and for comparing."""
    if section.names:
        new = section.new if section.new and section.new != b"/dev/null" else section.old
        return _path(new or section.names[-1])
    return _path((section.git or b"").rpartition(b" ")[2])


def _finding(
    refusal: _Refusal, patch: str, file: str | None = None, line: int | None = None
) -> Finding:
    code, message, hint = refusal
    return Finding(code, Severity.ERROR, message, patch=patch, file=file, line=line, hint=hint)
