"""What is ported: the table ``source`` of a patch, and what every table has in common."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, model_validator

from patchseries.manifest.values import (
    Bounds,
    ChangeText,
    CommitText,
    Digest,
    PatchFile,
    PublicUrl,
    RepositoryUrl,
    Rev,
)


class Table(BaseModel):
    """A table whose keys are written with ``-``, that knows all its keys and never changes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=False,
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=False,
        validate_by_alias=True,
    )

    @classmethod
    def keys(cls) -> list[str]:
        """The keys a person may write here."""
        return [name.replace("_", "-") for name in cls.model_fields]


class SourceKind(StrEnum):
    """Where a change to port comes from."""

    GIT = "git"
    GERRIT = "gerrit"
    MERGED = "merged"
    """The commit by which a change was merged, whatever its id."""
    FILE = "file"
    URL = "url"


class Source(Table):
    """What is ported: a commit, a Gerrit patchset, a patch file below patches/, or one at a URL.

    ``bases`` limits it to some bases; the first source that fits a base is taken.
    ``made-for`` beside ``file`` or ``url`` is the release that the patch was made for; it wins
    over the project's. ``branch`` beside ``commit`` says where to find the commit on a server that
    refuses ids; beside ``change-id`` it says which of the changes with that id is meant. Without
    ``patchset`` the newest is taken, and pinned.
    """

    bases: Bounds | None = None
    repository: RepositoryUrl | None = None
    commit: CommitText | None = None
    tag: Rev | None = None
    branch: Rev | None = None
    change_id: ChangeText | None = None
    patchset: int | None = None
    file: PatchFile | None = None
    url: PublicUrl | None = None
    sha256: Digest | None = None
    made_for: Rev | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Source:
        git = self.commit or self.tag or (None if self.change_id else self.branch)
        kinds = [bool(git), self.change_id is not None, self.file is not None, bool(self.url)]
        if sum(kinds) != 1:
            raise ValueError(
                "expected one of: commit (or tag, branch), change-id, file, url with sha256"
            )
        if self.url and not (self.sha256 and self.url.startswith(("https://", "http://"))):
            raise ValueError("a url source needs a URL of http:// or https://, and a sha256")
        if self.patchset is not None and self.change_id is None:
            raise ValueError("patchset needs change-id")
        if self.made_for and not (self.file or self.url):
            raise ValueError("made-for is only for file and url: git knows the parent of a commit")
        if self.patchset is not None and self.patchset < 1:
            raise ValueError("patchset: expected 1 or more")
        return self

    @property
    def kind(self) -> SourceKind:
        """Which of the four it is."""
        if self.file:
            return SourceKind.FILE
        if self.url:
            return SourceKind.URL
        return SourceKind.GERRIT if self.change_id else SourceKind.GIT

    @property
    def rev(self) -> str:
        """What to ask the repository for: the commit id, else the tag, else the branch.

        For a change under review: a name of its patchset that is as good as a tag's.
        """
        if self.change_id:
            which = [self.change_id, str(self.patchset or "newest"), *filter(None, [self.branch])]
            return "/".join(["changes", *which])
        return self.commit or self.tag or self.branch or ""


class MergedSource(Source):
    """The commit by which a change was merged: the source of a patch that has a Change-Id alone."""

    @property
    def kind(self) -> SourceKind:
        """It is found by its Change-Id."""
        return SourceKind.MERGED

    @property
    def rev(self) -> str:
        """The Change-Id; the lock pins the commit."""
        return self.change_id or ""
