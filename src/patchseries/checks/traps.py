"""The codes of what dpkg-source refuses or takes wrongly, with an explanation each.

The findings are made by :mod:`patchseries.patches.dpkg`, which knows the bytes.
"""

from __future__ import annotations

from patchseries.checks.rule import Rule, error

_REMAKE = "regenerate the patch with `series rebase`"
_LEAVE_OUT = "leave the file out of the patch; the packaging can add it"

_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("dpkg-binary", "a git binary patch",
     "dpkg-source refuses it; older versions silently drop it from a patch that has text too.",
     _LEAVE_OUT),
    ("dpkg-binary-differs", "a patch that only says that binary files differ",
     "dpkg-source does nothing and reports success.", _LEAVE_OUT),
    ("dpkg-crlf", "the patch file has CRLF line endings",
     "Whether it applies, and with what result, depends on the version of patch.", _REMAKE),
    ("dpkg-delete-empty", "a patch deletes an empty file",
     "The tools of precise refuse it.", "keep the file"),
    ("dpkg-empty-file", "a patch creates an empty file",
     "dpkg-source reports success and the file is missing.", "put a line into the file"),
    ("dpkg-file-twice", "a patch changes one file in two places",
     "dpkg-source -b refuses it.", _REMAKE),
    ("dpkg-header-line", "a line of the header looks like the start of a diff",
     "patch takes it for one, even if it is indented, and refuses the file.",
     "put something before the line"),
    ("dpkg-malformed", "the patch is damaged",
     "A hunk has fewer lines than its header says, or lines that are not of a hunk.", _REMAKE),
    ("dpkg-mode", "a patch changes a file's mode",
     "The tools of precise lose modes, and refuse a patch that changes nothing else.",
     "set the mode in debian/rules"),
    ("dpkg-new-symlink", "a patch creates a symbolic link",
     "The tools of precise create a regular file instead.", "create the link in the packaging"),
    ("dpkg-no-diff", "a patch file without a change",
     "dpkg-source refuses it or does nothing, depending on its version.", "leave the patch out"),
    ("dpkg-path-absolute", "a patch names an absolute path",
     "dpkg-source creates the file inside the tree instead.",
     "write it relative to the top of the tree"),
    ("dpkg-path-debian", "a patch changes files below debian/",
     "dpkg-source -b refuses it while -x applies it.", "change the packaging instead"),
    ("dpkg-path-hidden", "a patch changes files of git or quilt",
     "dpkg-source does not prevent it, and the next tool that runs obeys those files.",
     "leave the file out"),
    ("dpkg-path-outside", "a patch changes a file outside of the tree",
     "dpkg-source refuses it. Nobody writes such a path by accident.", "leave the file out"),
    ("dpkg-quoted-name", "a file's name is quoted, as git does",
     "patch does not know the quotes and refuses the name.", "rename the file"),
    ("dpkg-rename", "a patch renames or copies without a change",
     "The tools of precise refuse it.", _REMAKE),
    ("dpkg-rename-edit", "a patch renames and edits",
     "The tools of precise report success but produce a different tree.", _REMAKE),
    ("dpkg-symlink-change", "a patch changes or deletes a symbolic link",
     "dpkg-source refuses it.", "leave the link as it is"),
    ("dpkg-through-symlink", "a patch changes a file through a symbolic link",
     "dpkg-source refuses it.", "change the file that the link points to"),
)  # fmt: skip

RULES: tuple[Rule, ...] = tuple(error(*row) for row in _ROWS)
