"""All that is known of one patch: the whole text, and the whole document."""

from __future__ import annotations

from typing import Any

from patchseries.landed.evidence import Evidence
from patchseries.landed.landing import Landing, Reverted
from patchseries.landed.verdict import Landings, NamedChange, PatchStatus
from patchseries.lock import Acceptance, Cell, InBase
from patchseries.manifest import PatchEntry, Project
from patchseries.model import ChangeId, CommitId, Outcome
from patchseries.report.documents import patch_document
from patchseries.report.facts import PatchFacts
from patchseries.report.show import patch_text

A, B, C = (CommitId(digit * 40) for digit in "abc")
CHANGE, NEXT = ChangeId("I" + "1" * 40), ChangeId("I" + "2" * 40)


def at(line: str, tag: str | None, commit: CommitId) -> Landing:
    return Landing(line, tag, commit, Evidence.CHANGE_ID)


LANDED = Landings(landed=(at("two", "2.0", A),), inherited=(at("two", "2.0", A),))
STATUS = PatchStatus(
    "fans",
    "oven",
    CHANGE,
    Landings(
        landed=(at("two", "2.0", A),),
        possible=(at("one", None, B),),
        reverted=(Reverted(B, (C, A)),),
        inherited=(at("two", "2.0", A), at("three", "3.0", A), at("next", None, A)),
        parts=(NamedChange(A, LANDED), NamedChange(B, Landings())),
    ),
    (NamedChange(NEXT, LANDED), NamedChange(C, Landings())),
)
PROJECT = Project.model_validate(
    {
        "repository": "https://git.invalid/oven.git",
        "bases": ["1.0"],
        "gerrit": "https://review.invalid/",
        "bug-url": "https://bugs.invalid/{bug}",
        "blueprint-url": "https://plans.invalid/{blueprint}",
    }
)
FULL = PatchEntry.model_validate(
    {
        "name": "fans",
        "project": "oven",
        "summary": "more air",
        "change-id": CHANGE,
        "upstream": [A],
        "source": [
            {"commit": A, "branch": "topic", "bases": "<1.1"},
            {"change-id": CHANGE, "patchset": 3, "bases": ">=1.1"},
        ],
        "bugs": ["7"],
        "blueprints": ["air"],
        "requires": ["door"],
        "fixups": ["own/fans.patch"],
    }
)
CELLS = {
    "1.0": Cell(
        Outcome.ADAPTED, ("paths", "imports"), "d" * 64, Acceptance("Ada <a@x>", "2013-07-01", "e")
    ),
    "1.1": Cell(Outcome.ALREADY_APPLIED, in_base=InBase(B, "change-id")),
}


def test_everything_is_said_a_subject_a_line() -> None:
    assert patch_text(PatchFacts(FULL, PROJECT, CELLS, STATUS)).splitlines() == [
        "fans: more air",
        "  project        oven (https://git.invalid/oven.git)",
        f"  change-id      {CHANGE}",
        f"  review         https://review.invalid/q/{CHANGE}",
        f"  upstream       {A}",
        "  bug            https://bugs.invalid/7",
        "  blueprint      https://plans.invalid/air",
        "  requires       door",
        "  fix-up         own/fans.patch",
        f"  source         <1.1: https://git.invalid/oven.git {A} (topic)",
        f"  source         >=1.1: {CHANGE} patchset 3 on https://review.invalid/",
        "  verdict        landed",
        f"  landed         two 2.0, {A} (change-id)",
        f"  perhaps        one unreleased, {B} (change-id)",
        f"  reverted       {B} by {C}, {A}",
        "  also in        three 3.0, next",
        f"  squashes       {A}: two 2.0, {A} (change-id)",
        f"  squashes       {B}: not landed",
        f"  superseded by  {NEXT}: two 2.0, {A} (change-id)",
        f"  superseded by  {C}: not landed",
        "  on 1.0         adapted (paths, imports), accepted by Ada <a@x>",
        f"  on 1.1         already-applied, by {B[:12]} (change-id)",
    ]


PLAIN = Project.model_validate({"repository": "https://git.invalid/oven.git", "bases": ["1.0"]})


def short(**source: Any) -> PatchFacts:
    keys = {key.replace("_", "-"): value for key, value in source.items()}
    entry = PatchEntry.model_validate({"name": "fans", "project": "oven", "source": keys})
    return PatchFacts(entry, PLAIN, {}, None, "no history")


def test_what_is_empty_is_left_out() -> None:
    assert patch_text(short(branch="topic")).splitlines() == [
        "fans",
        "  project   oven (https://git.invalid/oven.git)",
        "  source    https://git.invalid/oven.git topic",
        "  upstream  unknown: no history",
    ]


def test_each_kind_of_source_is_named_as_the_manifest_has_it() -> None:
    fork = "https://git.invalid/fork.git"
    url = "https://x.invalid/a.patch"
    for facts, words in (
        (short(file="own/a.patch"), "own/a.patch"),
        (short(url=url, sha256="0" * 64), url),
        (short(change_id=CHANGE), f"{CHANGE} on Gerrit"),
        (short(repository=fork, tag="1.0"), f"{fork} 1.0"),
        (short(commit=A), f"https://git.invalid/oven.git {A}"),
    ):
        assert f"  source    {words}\n" in patch_text(facts)
    tracked = PatchEntry.model_validate({"name": "fans", "project": "oven", "change-id": CHANGE})
    text = patch_text(PatchFacts(tracked, PLAIN, {}, None, "no history"))
    assert f"  source     https://git.invalid/oven.git the commit that merged {CHANGE}\n" in text


def test_the_document_has_all_of_it() -> None:
    def landed(line: str, tag: str | None, commit: str) -> dict[str, Any]:
        return {"line": line, "tag": tag, "commit": commit, "evidence": "change-id"}

    document = patch_document(PatchFacts(FULL, PROJECT, CELLS, STATUS))
    two = landed("two", "2.0", A)
    assert document.pop("status") == {
        "name": "fans",
        "project": "oven",
        "change_id": CHANGE,
        "verdict": "landed",
        "landed": [two],
        "inherited": [landed("three", "3.0", A), landed("next", None, A)],
        "parts": [{"commit": A, "landed": [two]}, {"commit": B, "landed": []}],
        "superseded_by": [{"change_id": NEXT, "landed": [two]}, {"commit": C, "landed": []}],
        "possible": [landed("one", None, B)],
        "reverted": [{"commit": B, "by": [C, A]}],
    }
    where = "https://git.invalid/oven.git"
    assert document == {
        "name": "fans",
        "project": "oven",
        "summary": "more air",
        "change_id": CHANGE,
        "review": f"https://review.invalid/q/{CHANGE}",
        "upstream": [A],
        "bugs": ["https://bugs.invalid/7"],
        "blueprints": ["https://plans.invalid/air"],
        "requires": ["door"],
        "fixups": ["own/fans.patch"],
        "sources": [
            {"bases": "<1.1", "kind": "git", "where": f"{where} {A} (topic)"},
            {
                "bases": ">=1.1",
                "kind": "gerrit",
                "where": f"{CHANGE} patchset 3 on https://review.invalid/",
            },
        ],
        "bases": [
            {
                "base": "1.0",
                "outcome": "adapted",
                "strategies": ["paths", "imports"],
                "sha256": "d" * 64,
                "accepted": "Ada <a@x>",
                "in_base": None,
            },
            {
                "base": "1.1",
                "outcome": "already-applied",
                "strategies": [],
                "sha256": None,
                "accepted": None,
                "in_base": {"commit": B, "evidence": "change-id"},
            },
        ],
        "status_unknown": None,
    }
    bare = patch_document(short(branch="topic"))
    assert (bare["status"], bare["status_unknown"], bare["review"]) == (None, "no history", None)
