"""The types of a manifest's strings: what each may be."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BeforeValidator

from patchseries import model
from patchseries.redaction import has_user_info

_SLUG = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SCP_LIKE = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^:]+")
_SCHEMES = frozenset({"https", "http", "git", "ssh", "git+ssh", "file"})


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError(f"expected lower-case letters, digits and '-' (a file name), not {text!r}")
    return text


def _repository(text: str) -> str:
    """A URL that git only ever fetches from: no transport that runs a program, no option."""
    option = re.match(r"-|(?:[a-z+]{1,20}://)?(?:[^/@]{0,200}@)?-", text)
    spaces = " " if text.startswith("/") else ""  # a directory's name may have some
    odd = any((c.isspace() or not c.isprintable()) and c not in spaces for c in text)
    if option or "::" in text or odd:
        raise ValueError(f"not a repository URL that is safe to fetch: {text!r}")
    if text.startswith("/") or _SCP_LIKE.fullmatch(text) or urlsplit(text).scheme in _SCHEMES:
        return text
    raise ValueError(f"expected a URL (https://…, ssh://…, /directory), not {text!r}")


def _public(text: str) -> str:
    """A URL, or a path, that everybody may read: manifest, lock and report are published."""
    if has_user_info(text):
        raise ValueError(
            "the URL contains credentials; remove them, and use"
            " git's credential helper, or ~/.netrc"
        )
    return text


def _rev(text: str) -> str:
    """A tag, branch or ref by git's rules for ref names, which also cannot look like an option."""
    bad = ("..", "@{", "//", ".lock/", "\\")
    if (
        not text
        or text[0] in "-/."
        or text.endswith(("/", ".", ".lock"))
        or any(b in text for b in bad)
        or any(c in " ~^:?*[" or ord(c) < 33 or ord(c) == 127 for c in text)
    ):
        raise ValueError(f"not a valid tag or branch name: {text!r}")
    return text


def is_ref_name(text: str) -> bool:
    """Whether the manifest may name this tag or branch."""
    try:
        return bool(_rev(text)) and text.isprintable()
    except ValueError:
        return False


def _specifier(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(
            f"expected version bounds such as '>=2013.1,<2013.1.4', not {text!r}"
        ) from None
    return text


def _relative_file(text: str) -> str:
    """A path below patches/, of any name that quilt takes as well: no part leads elsewhere."""
    parts = text.split("/")
    if not all(parts) or not {".", "..", ".git", ".pc"}.isdisjoint(parts) or _CONTROL.search(text):
        raise ValueError(f"expected a file below patches/, such as own/fix.patch, not {text!r}")
    return text


def _project_file(text: str) -> str:
    """A path below the project folder."""
    parts = text.split("/")
    if not all(parts) or not {".", "..", ".git"}.isdisjoint(parts) or _CONTROL.search(text):
        raise ValueError(
            f"expected a file of the project folder, such as tools/setup, not {text!r}"
        )
    return text


def one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _tracked(text: str) -> str:
    """A Change-Id or a commit id."""
    if re.fullmatch(r"I[0-9a-f]{40}|[0-9a-f]{40}", text):
        return text
    raise ValueError(
        f"expected a Change-Id (I and 40 hexadecimal digits) or a full commit id, not {text!r}"
    )


def _commit(text: str) -> str:
    """A commit id, perhaps a short one; which commit that is, the lock pins."""
    if not re.fullmatch(r"[0-9a-f]{7,40}|[0-9a-f]{64}", text):
        raise ValueError(f"expected a commit id (7 to 40 hexadecimal digits), not {text!r}")
    return text


def _change(text: str) -> str:
    try:
        return model.change_id(text)
    except ValueError:
        raise ValueError(
            f"expected a Change-Id: I and 40 hexadecimal digits, not {text!r}"
        ) from None


def _digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(f"expected a sha256 (64 hexadecimal digits), not {text!r}")
    return text


def _bug(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a text that is not blank")
    return " ".join(text.split())


Words = Annotated[str, AfterValidator(_text)]
Slug = Annotated[str, AfterValidator(_slug)]
RepositoryUrl = Annotated[str, AfterValidator(_public), AfterValidator(_repository)]
PublicUrl = Annotated[str, AfterValidator(_public)]
Rev = Annotated[str, AfterValidator(_rev)]
Bounds = Annotated[str, AfterValidator(_specifier)]
CommitText = Annotated[str, AfterValidator(_commit)]
ChangeText = Annotated[str, AfterValidator(_change)]
Tracked = Annotated[str, AfterValidator(_tracked)]
PatchFile = Annotated[str, AfterValidator(_relative_file)]
ProjectFile = Annotated[str, AfterValidator(_project_file)]
Digest = Annotated[str, AfterValidator(_digest)]
Bug = Annotated[str, BeforeValidator(_bug)]
