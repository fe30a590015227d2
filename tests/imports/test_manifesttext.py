"""The manifest of an import: it says what was found, doubts are comments, and it parses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchseries import manifest
from patchseries.imports.manifesttext import ImportedPatch, ManifestContents, manifest_text, slugs
from patchseries.imports.origin import UpstreamOrigin
from patchseries.model import ChangeId, CommitId

CHANGE = ChangeId("I" + "1" * 40)
COMMIT = CommitId("2" * 40)
ODD = 'odd "words"\n[[patch]]\nname = "x" \x1b[31m \u2028'


def contents(*patches: ImportedPatch, label: str = "x.dsc", notes: tuple[str, ...] = ()) -> str:
    project = {"repository": "https://h.invalid/o.git", "made-for": "1.0", "quilt": "imported/o"}
    return manifest_text(
        ManifestContents("oven", label, "php8.2", "1.0", project, patches, notes=notes)
    )


def patch(origin: UpstreamOrigin | None, name: str = "a") -> ImportedPatch:
    return ImportedPatch(name, "a.patch", {"file": f"imported/o/{name}.patch"}, origin)


def test_evidence_is_a_comment_and_a_doubt_is_nothing_else() -> None:
    text = contents(
        patch(UpstreamOrigin(COMMIT, CHANGE, "the same lines")),
        patch(UpstreamOrigin(COMMIT, None, "its Origin field"), "b"),
        patch(UpstreamOrigin(COMMIT, CHANGE, "the same subject", is_doubtful=True), "c"),
        patch(None, "d"),
    )
    assert f'change-id = "{CHANGE}"  # commit 222222222222: the same lines\n' in text
    assert f'upstream = "{COMMIT}"  # its Origin field\n' in text
    assert f'# doubtful, please decide: change-id = "{CHANGE}" (the same subject)\n' in text
    a, b, c, d = manifest.parse(text).patches
    assert (a.change_id, b.upstream, c.change_id, c.upstream) == (CHANGE, (COMMIT,), None, ())
    assert d.sources[0].file == "imported/o/d.patch"
    assert manifest.parse(text).projects["php8.2"].made_for == "1.0"


def test_a_project_of_a_tarball() -> None:
    orig = {"file": "http://h.invalid/o_1.0.orig.tar.gz", "sha256": "0" * 64}
    packaging = {"dsc": "http://h.invalid/o.dsc", "sha256": "1" * 64, "patches": "series"}
    keys = {"made-for": "1.0+dfsg", "repository": None}
    text = manifest_text(
        ManifestContents("oven", "x", "oven", "1.0+dfsg", keys, (), packaging, orig)
    )
    project = manifest.parse(text).projects["oven"]
    assert project.orig["1.0+dfsg"].sha256 == "0" * 64
    assert project.packaging is not None
    assert project.packaging.patches == "series"


def test_words_of_strangers_stay_in_their_comment() -> None:
    odd = UpstreamOrigin(COMMIT, None, ODD)
    text = contents(patch(odd), label=ODD, notes=(ODD,))
    assert [one.name for one in manifest.parse(text).patches] == ["a"]
    assert "\x1b" not in text
    assert "\u2028" not in text


@given(st.text(max_size=40))
def test_any_words_make_a_manifest(words: str) -> None:
    text = contents(patch(UpstreamOrigin(COMMIT, None, words)), label=words, notes=(words,))
    assert len(manifest.parse(text).patches) == 1


@given(st.lists(st.text(max_size=20), max_size=6))
def test_any_names_get_names_of_their_own(names: list[str]) -> None:
    made = slugs(names)
    assert len(set(made)) == len(names)
    text = contents(*(patch(None, name) for name in made))
    assert [one.name for one in manifest.parse(text).patches] == made


def test_the_whole_text() -> None:
    origin = UpstreamOrigin(COMMIT, CHANGE, "the same lines")
    patches = [
        patch(origin),
        patch(UpstreamOrigin(COMMIT, None, "its author", is_doubtful=True), "b"),
        patch(UpstreamOrigin(None, None, "a URL"), "c"),
    ]
    text = manifest_text(
        ManifestContents(
            "oven",
            "x.dsc",
            "php8.2",
            "1.0",
            {"repository": "https://h.invalid/o.git", "gerrit": None, "quilt": "imported/o"},
            patches,
            {"dsc": "http://h.invalid/o.dsc"},
            {"file": "http://h.invalid/o.tar.gz"},
            ("look  at\nthis",),
        )
    )
    assert text.splitlines() == [
        "# Imported from x.dsc.",
        "# look at this",
        "schema = 1",
        "",
        "[series]",
        'name = "oven"',
        "",
        '[project."php8.2"]',
        'repository = "https://h.invalid/o.git"',
        'bases = ["1.0"]',
        'quilt = "imported/o"',
        'packaging = { dsc = "http://h.invalid/o.dsc" }',
        'orig = { "1.0" = { file = "http://h.invalid/o.tar.gz" } }',
        "",
        "[[patch]]",
        'name = "a"',
        'project = "php8.2"',
        f'change-id = "{CHANGE}"  # commit {COMMIT[:12]}: the same lines',
        'source = { file = "imported/o/a.patch" }',
        "",
        "[[patch]]",
        'name = "b"',
        'project = "php8.2"',
        f'# doubtful, please decide: upstream = "{COMMIT}" (its author)',
        'source = { file = "imported/o/b.patch" }',
        "",
        "[[patch]]",
        'name = "c"',
        'project = "php8.2"',
        "# doubtful, please decide: no id (a URL)",
        'source = { file = "imported/o/c.patch" }',
    ]


def test_long_words_are_cut_and_names_are_numbered_on() -> None:
    assert contents(label="x" * 400).splitlines()[0] == f"# Imported from {'x' * 286}"
    assert slugs(["a", "A", "a.patch", "a-2", "-.+"]) == ["a", "a-2", "a-3", "a-2-2", "patch"]
    assert slugs(["x" * 130, "x" * 119 + "-y"]) == ["x" * 120, "x" * 119]


def test_a_change_that_is_no_commit_of_the_history() -> None:
    text = contents(patch(UpstreamOrigin(None, CHANGE, "its header")))
    assert f'change-id = "{CHANGE}"  # its header\n' in text
