"""Pages to draw: a plain one, and one whose every word tries to break out."""

from __future__ import annotations

from dataclasses import replace

from patchseries.model import Finding, Severity
from patchseries.report.pagemodel import (
    Arrival,
    AuditedView,
    AuditView,
    CellView,
    Comparison,
    Figure,
    Link,
    PackageView,
    Page,
    PatchOnBases,
    PatchOrigin,
    PatchView,
    ProjectView,
    Release,
    SettingView,
)
from patchseries.testing.outcomes import Ending
from patchseries.testing.report import FailedTest, PatchTests

_DAY = 86400
_START = 1364774400  # 2013-04-01

RELEASES = tuple(
    Release(tag, line, _START + days * _DAY, final)
    for tag, line, days, final in (
        ("1.0", "one", 0, True),
        ("1.1", "one", 60, False),
        ("2.0b1", "two", 70, False),
        ("2.0rc1", "two", 178, False),
        ("2.0", "two", 180, True),
        ("3.0", "three", 400, True),
    )
)

FINDINGS = (
    Finding("conflict", Severity.ERROR, "beta on 1.1 conflicts", "beta", "series/x.toml", 9, "do"),
    Finding("stray-file", Severity.WARNING, "left over", None, "patches/x/a.orig"),
    Finding("already-applied", Severity.NOTE, "gamma is already in 1.1", "gamma"),
)


def patch(number: int, name: str, project: str, verdict: str, *words: str) -> PatchView:
    """A patch with one outcome for each base."""
    commit = Link("a" * 40, f"https://forge.invalid/{project}/commit/{'a' * 40}")
    tag = Link("2.0b1", f"https://forge.invalid/{project}/tag/2.0b1")
    arrival = Arrival("two", tag, _START + 70 * _DAY, commit, "change-id")
    later = _START + 400 * _DAY
    by = replace(arrival, line="three", tag=Link("3.0"), time=later, by=Link("I" + "b" * 40))
    arrivals = {"landed": (arrival,), "superseded": (by,)}.get(verdict, ())
    return PatchView(
        number=number,
        name=name,
        project=project,
        summary=f"{name} is better",
        links=(("bug", Link("7", "https://bugs.invalid/7")), ("source", Link("a commit"))),
        verdict=verdict,
        arrivals=arrivals,
        cells=tuple(
            CellView(base, word, waits=word == "adapted")
            for base, word in zip(("1.0", "1.1"), words, strict=True)
        ),
        inherited=("three",) if verdict == "landed" else (),
        story=PatchOrigin("Ada Baker <ada@oven.invalid>", "2013-07-01", f"Make {name}", "Because."),
        comparison=Comparison("source against the port", "    @@ a\n    +new\n    -old\n"),
        texts=(
            PatchOnBases(("1.0",), "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-older\n+new\n"),
            PatchOnBases(
                ("1.1",),
                "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n",
                False,
                "@@ x\n +++ b/x\n @@\n--older\n+-old\n +new",
            ),
        ),
        findings=tuple(f for f in FINDINGS if f.patch == name),
    )


PAGE = Page(
    series="oven",
    summary="a faster oven",
    made="2013-07-01",
    projects=(
        ProjectView(
            "stove",
            (Link("1.0", "https://forge.invalid/stove/tag/1.0"), Link("1.1")),
            ("one", "two", "three"),
            RELEASES,
        ),
        ProjectView("timer", (Link("1.0"), Link("1.1")), ("one",), RELEASES[:2]),
        ProjectView("radio", (Link("1.0"),), unknown="its history is not in the cache"),
    ),
    patches=(
        patch(1, "alpha", "stove", "landed", "clean", "clean"),
        patch(2, "beta", "stove", "superseded", "adapted", "conflict"),
        patch(3, "gamma", "timer", "not-landed", "clean", "already-applied"),
    ),
    findings=FINDINGS,
    packages=(
        PackageView("stove", "1.0", "stove", "1.0-1+0x1", True, {"stove.dsc": "0" * 64}),
        PackageView("timer", "1.0", "timer", "1.0-10+0x1", False, {"timer.dsc": "1" * 64}),
    ),
    settings=(
        SettingView("fans", "/etc/oven.conf [a] fans", "max(vms, 2)", "beta", "Fast.", "Loud.", ""),
        SettingView("door", "Open it.", "", "", "Cool.", "Cold.", "Fire."),
    ),
    audits=(
        AuditView(
            "host-a.json",
            (
                AuditedView("fans", "set", "/etc/oven.conf:2", "fans is set", True),
                AuditedView("door", "by-hand", "", "by hand: Open it.", True),
            ),
        ),
    ),
    figures=(Figure("plot.svg", "data:image/svg+xml;base64,PHN2Zy8+"),),
)


def hostile(word: str) -> Page:
    """A page in which every text is *word*."""
    finding = Finding("conflict", Severity.ERROR, word, word, word, 1, word)
    link = Link(word, word)
    view = PatchView(
        number=1,
        name=word,
        project=word,
        summary=word,
        links=((word, link), (word, Link(word, "javascript:alert(1)"))),
        verdict=word,
        arrivals=(Arrival(word, link, _START, link, word, link),),
        cells=(CellView(word, word, (word,), True, word, (word,), link, word),),
        inherited=(word,),
        story=PatchOrigin(word, word, word, word, ((word, word),)),
        comparison=Comparison(word, word, word),
        texts=(PatchOnBases((word,), word), PatchOnBases((word,), word, True, word)),
        findings=(finding,),
        tests=(
            (word, PatchTests(word, 1, 0, (FailedTest(word, Ending.ERROR, word),), reason=word)),
        ),
    )
    package = PackageView(word, word, word, word, False, {word: word})
    release = Release(word, word, _START)
    setting = SettingView(word, word, word, word, word, word, word)
    audit = AuditView(word, (AuditedView(word, word, word, word, False),))
    return Page(
        word,
        word,
        word,
        (ProjectView(word, (link,), (word,), (release,), word),),
        (view,),
        (finding,),
        (package,),
        (setting,),
        (audit,),
        (Figure(word, "data:image/png;base64,"),),
    )
