"""Twenty and more bad manifests: each problem is named with its line, key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchseries.errors import SeriesError
from patchseries.manifest import ManifestError, load, parse
from patchseries.manifest.problems import short

GOOD = """\
schema = 1

[series]
name = "demo"

[project.oven]
repository = "https://example.org/kitchen/oven.git"
bases = ["1.0", "1.1", "1.2"]

[project.sink]
repository = "https://example.org/kitchen/sink.git"
bases = ["1.0"]

[[patch]]
name = "hotter"
project = "oven"
source = { commit = "1111111111111111111111111111111111111111" }

[[patch]]
name = "colder"
project = "oven"
requires = ["hotter"]
source = { commit = "2222222222222222222222222222222222222222" }
"""

ONES = '"1111111111111111111111111111111111111111"'

OVEN = 'repository = "https://example.org/kitchen/oven.git"\n'

BAD = [
    ("schema = 1", "schema = 2", 1, "schema: expected schema = 1"),
    ("schema = 1\n", "", 1, "schema: expected schema = 1"),
    ("[series]", "[serie]", 3, "serie: unknown key; did you mean 'series'?"),
    ('name = "demo"', 'nmae = "demo"', 4, "series.nmae: unknown key; did you mean 'name'?"),
    ('name = "demo"', 'name = "De mo"', 4, "series.name: expected lower-case letters"),
    ('name = "demo"', "name = 3", 4, "series.name: expected a string in quotes, not 3"),
    ('name = "demo"', "name = ", 4, "not valid TOML"),
    ('"https://example.org/kitchen/oven.git"', '"ext::sh -c id"', 7, "not a repository URL"),
    (
        '"https://example.org/kitchen/oven.git"',
        '"ssh://-oProxyCommand=x/a"',
        7,
        "not a repository URL",
    ),
    ('"https://example.org/kitchen/oven.git"', '"-oProxyCommand=x:a"', 7, "not a repository URL"),
    ('"https://example.org/kitchen/oven.git"', '"--upload-pack=id"', 7, "not a repository URL"),
    ('"https://example.org/kitchen/oven.git"', '"oven"', 7, "expected a URL"),
    ('"https://example.org/kitchen/oven.git"', '"https://x.org/a b"', 7, "not a repository URL"),
    ('"https://example.org/kitchen/oven.git"', '"/a\\tb"', 7, "not a repository URL"),
    ('"https://example.org/kitchen/oven.git"', '"https://a:b@x.org/y"', 7, "credential helper"),
    ('"https://example.org/kitchen/oven.git"', '"https://token@x.org/y"', 7, "credentials"),
    ('"https://example.org/kitchen/oven.git"', '"ssh://git:b@x.org/y"', 7, "contains credentials"),
    ('"https://example.org/kitchen/oven.git"', '"file://a:b@x.org/y"', 7, "contains credentials"),
    ('bases = ["1.0", "1.1"', 'gerrit = "https://a:b@x.org"\nbases = ["1.0", "1.1"', 8, "~/.netrc"),
    (
        'bases = ["1.0", "1.1"',
        'homepage = "https://a:b@x.org"\nbases = ["1.0", "1.1"',
        8,
        "~/.netrc",
    ),
    (
        'bases = ["1.0", "1.1"',
        'bug-url = "https://a@x.org/{bug}"\nbases = ["1.0", "1.1"',
        8,
        "contains credentials",
    ),
    (
        'bases = ["1.0", "1.1"',
        'packaging = { dsc = "https://a:b@x.org/y" }\nbases = ["1.0", "1.1"',
        8,
        "contains credentials",
    ),
    (
        'bases = ["1.0", "1.1"',
        'packaging = { repository = "https://a:b@x.org/y", tag = "1" }\nbases = ["1.0", "1.1"',
        8,
        "contains credentials",
    ),
    (f"commit = {ONES}", 'url = "https://a:b@x.org/y"', 17, "contains credentials"),
    ('bases = ["1.0", "1.1", "1.2"]', "bases = []", 6, "expected at least one tag"),
    ('bases = ["1.0", "1.1", "1.2"]', 'bases = ["1.0", "1.0"]', 6, "1.0 is listed twice"),
    ('bases = ["1.0", "1.1", "1.2"]', 'bases = ["1.0", "-x"]', 8, "not a valid tag"),
    ('bases = ["1.0", "1.1", "1.2"]', 'bases = "1.0"', 8, "expected a list"),
    ('project = "oven"\nsource', 'project = "ovne"\nsource', 16, "did you mean 'oven'?"),
    ('project = "oven"\nsource', "source", 14, "the key 'project' is missing"),
    ('name = "colder"', 'name = "hotter"', 20, "an earlier patch has the name 'hotter' too"),
    ('requires = ["hotter"]', 'requires = ["hoter"]', 22, "did you mean 'hotter'?"),
    ('requires = ["hotter"]', 'requires = ["colder"]', 22, "must come before"),
    (f"commit = {ONES}", 'commit = "1111"', 17, "expected a commit id"),
    (f"commit = {ONES}", f"comit = {ONES}", 17, "did you mean 'commit'?"),
    (f"commit = {ONES}", f"commit = {ONES}, file = 'own/x.patch'", 17, "expected one of: commit"),
    (f"{{ commit = {ONES} }}", '{ file = "../x.patch" }', 17, "expected a file below patches/"),
    (f"{{ commit = {ONES} }}", '{ url = "https://x.org/a.patch" }', 17, "needs a URL of http"),
    (f"source = {{ commit = {ONES} }}", "", 14, "the key 'source' is missing"),
    ('name = "hotter"', 'name = "hotter"\nbases = "1.0.."', 16, "expected version bounds"),
    ('name = "hotter"', 'name = "hotter"\nbases = ">2"', 16, "no base of oven is within '>2'"),
    ('name = "hotter"', 'name = "hotter"\nchange-id = "I12"', 16, "expected a Change-Id"),
    ('name = "hotter"', 'name = "hotter"\nchoose = "c"', 14, "variants and choose go together"),
    ('name = "hotter"', 'name = "hotter"\nupstream = ["x"]', 16, "expected a Change-Id (I and"),
    (
        f"commit = {ONES}",
        f"commit = {ONES}, made-for = '1.0'",
        17,
        "made-for is only for file and url",
    ),
    (f"commit = {ONES}", "file = 'x', made-for = '-1'", 17, "not a valid tag or branch name"),
    (f"commit = {ONES}", "file = 'a//b'", 17, "expected a file below patches/"),
    (f"commit = {ONES}", "file = 'a/.git/b'", 17, "expected a file below patches/"),
    (OVEN, "", 6, "the key 'repository' is missing; without it each base needs an `orig`"),
    (OVEN, f"{OVEN}quilt = '/etc'\n", 8, "expected a file below patches/"),
    (OVEN, f"{OVEN}made-for = '--x'\n", 8, "not a valid tag or branch name"),
    (OVEN, f"{OVEN}packaging = {{ folder = 'd', patches = 'over' }}\n", 8, "'series' or 'under'"),
    (OVEN, f"{OVEN}packaging = {{ folder = 'd', port = 1 }}\n", 8, "valid boolean"),
    (OVEN, f"{OVEN}packaging = {{ folder = 'd', drop = ['a', 'a'] }}\n", 8, "a is listed twice"),
    (
        OVEN,
        f"{OVEN}packaging = {{ folder = 'd', patches = 'series', drop = ['a'] }}\n",
        8,
        "drop and port are only for",
    ),
]


def test_the_good_one_is_good() -> None:
    manifest = parse(GOOD)
    assert [patch.name for patch in manifest.patches] == ["hotter", "colder"]


@pytest.mark.parametrize(("good", "bad", "line", "words"), BAD, ids=[b[3][:40] for b in BAD])
def test_a_bad_manifest(good: str, bad: str, line: int, words: str) -> None:
    assert good in GOOD
    with pytest.raises(ManifestError) as caught:
        parse(GOOD.replace(good, bad, 1), "demo.toml")
    told = str(caught.value).splitlines()
    assert any(t.startswith(f"demo.toml:{line}: ") and words in t for t in told), told


def test_every_problem_is_told_at_once() -> None:
    text = GOOD
    for good, bad in (
        ("schema = 1", "schema = 7"),
        ('name = "demo"', 'nmae = "demo"'),
        ('requires = ["hotter"]', 'requires = ["nobody"]'),
        (f"commit = {ONES}", 'commit = "12"'),
    ):
        text = text.replace(good, bad, 1)
    with pytest.raises(ManifestError) as caught:
        parse(text)
    keys = [problem.key for problem in caught.value.problems]
    assert keys[0] == "schema"
    assert {"series.nmae", "series", "patch[1].source[1].commit"} <= set(keys)
    assert any(key.startswith("patch[2].requires") for key in keys)


def test_a_source_for_some_bases() -> None:
    two = """\
name = "hotter"
project = "oven"

[[patch.source]]
bases = "<1.1"
commit = "1111111111111111111111111111111111111111"

[[patch.source]]
bases = ">=1.1"
commit = "3333333333333333333333333333333333333333"
"""
    one = f'name = "hotter"\nproject = "oven"\nsource = {{ commit = {ONES} }}\n'
    assert one in GOOD
    patch = parse(GOOD.replace(one, two)).patches[0]
    revs = [source.rev[0] for b in ("1.0", "1.1", "1.2") if (source := patch.source_for(b))]
    assert revs == ["1", "3", "3"]
    with pytest.raises(ManifestError, match=r"there is no source for 1\.1, 1\.2"):
        parse(GOOD.replace(one, two.replace(">=1.1", ">=1.3")))


def test_a_directory_may_have_spaces_and_letters_beyond_ascii() -> None:
    named = GOOD.replace("https://example.org/kitchen/oven.git", "/srv/ü ber/oven.git")
    assert parse(named).projects["oven"].repository == "/srv/ü ber/oven.git"


TARBALLS = """\
schema = 1
[series]
name = "demo"
[project.oven]
bases = ["1.0"]
made-for = "0.9"
[project.oven.orig]
"0.9" = { file = "a.tar.gz", sha256 = "DIGEST" }
"1.0" = { file = "b.tar.gz", sha256 = "DIGEST" }
[[patch]]
name = "hotter"
project = "oven"
source = { file = "own/hotter.patch" }
""".replace("DIGEST", "0" * 64)


def test_a_project_of_tarballs_needs_no_repository() -> None:
    project = parse(TARBALLS).projects["oven"]
    assert (project.has_history, project.repository) == (False, "orig:oven")
    with pytest.raises(ManifestError, match=r"without a repository 0\.8 needs"):
        parse(TARBALLS.replace('made-for = "0.9"', 'made-for = "0.8"'))
    with pytest.raises(ManifestError, match="oven has no repository to take it from"):
        parse(TARBALLS.replace('file = "own/hotter.patch"', f"commit = {ONES}"))
    with pytest.raises(ManifestError, match="expected a URL"):
        parse(TARBALLS.replace("bases =", 'repository = "orig:oven"\nbases ='))


DIGEST = "0" * 64
PACKAGING = f"{OVEN}packaging = "
MORE = [
    ("schema = 1", "schema = true", "schema: expected schema = 1"),
    ("schema = 1", "schema = 1\nsetting = 3", "expected tables [[setting]]"),
    ("schema = 1", "schema = 1\nchecks = 3", "expected a table [checks]"),
    ("schema = 1", "schema = 1\nchecks = { a = 3 }", "checks.a: expected a string in quotes"),
    ("schema = 1", 'schema = 1\n"a\\u0001b" = 1', "a control character in the key"),
    ('name = "demo"', 'name = "demo"\nsummary = "a\\u0007"', "a control character in 'a\\x07'"),
    ('name = "demo"', "name = []", "series.name: expected a string in quotes, not []"),
    ('name = "demo"', 'name = "demo"\nprofile = "x"', "'current' or 'precise'"),
    ("[project.oven]", "[project.Oven]", "expected a name of lower-case letters and digits"),
    ("[project.oven]", "[project.o]", "expected a name of lower-case letters and digits"),
    (OVEN, f"{PACKAGING}{{}}\n", "expected one of: dsc, repository"),
    (OVEN, f"{PACKAGING}{{ dsc = 'a', folder = 'b' }}\n", "expected one of: dsc, repository"),
    (OVEN, f"{PACKAGING}{{ dsc = 'https://h/a' }}\n", "a dsc at a URL needs its sha256"),
    (OVEN, f"{PACKAGING}{{ repository = '/a' }}\n", "needs a commit, tag or branch"),
    (OVEN, f"{PACKAGING}{{ folder = 'd', patches = 'series', port = true }}\n", "drop and port"),
    (
        OVEN,
        f"{PACKAGING}{{ folder = 'd', drop = [{{ patch = 'a', why = 'b' }}] }}\n",
        "unknown key",
    ),
    (OVEN, f"{PACKAGING}{{ folder = 'd', drop = 'a' }}\n", "expected a list"),
    (OVEN, f"{OVEN}orig = {{ '1.0' = {{ file = 'a' }} }}\n", "the key 'sha256' is missing"),
    (OVEN, f"{OVEN}orig = {{ '1.0' = {{ file = 'a', sha25 = 'b' }} }}\n", "did you mean 'sha256'?"),
    (f"commit = {ONES}", f"change-id = 'I{'1' * 40}', patchset = 0", "expected 1 or more"),
    ('name = "hotter"', 'name = "hotter"\nvariants = 3', "expected a table"),
    (
        f"source = {{ commit = {ONES} }}",
        f"choose = 'x'\nvariants = {{ y = {{ source = {{ commit = {ONES} }} }} }}",
        "choose: no variant is called 'x'; expected one of y",
    ),
    (
        'name = "hotter"',
        f"name = 'hotter'\nchoose = 'y'\nvariants = {{ y = {{ source = {{ commit = {ONES} }} }} }}",
        "a patch with variants has no source of its own",
    ),
    (
        f"source = {{ commit = {ONES} }}",
        f"upstream = ['{'1' * 40}', '{'2' * 40}']",
        "(`upstream` names several changes)",
    ),
    ('requires = ["hotter"]', 'requires = ["hotter"]\nport-anyway = 3', "port-anyway"),
]


@pytest.mark.parametrize(("good", "bad", "words"), MORE, ids=[m[2][:40] for m in MORE])
def test_another_bad_manifest(good: str, bad: str, words: str) -> None:
    assert good in GOOD
    with pytest.raises(ManifestError) as caught:
        parse(GOOD.replace(good, bad, 1))
    assert words in str(caught.value)


def test_patches_that_need_each_other_are_of_one_project() -> None:
    sink = GOOD.replace('name = "colder"\nproject = "oven"', 'name = "colder"\nproject = "sink"')
    with pytest.raises(ManifestError) as caught:
        parse(sink)
    (problem,) = caught.value.problems
    assert (problem.key, problem.message) == (
        "patch[2].requires[1]",
        "'hotter' is a patch of another project",
    )


def test_bounds_of_bases_that_are_no_versions() -> None:
    named = GOOD.replace('bases = ["1.0", "1.1", "1.2"]', 'bases = ["tip"]')
    with pytest.raises(ManifestError, match=r"patch\[1\].bases: 'tip' is not a version number"):
        parse(named.replace('name = "hotter"', 'name = "hotter"\nbases = ">1"'))


@pytest.mark.parametrize("data", [b"schema = 1\n\n# \xff\n", b"\xff"])
def test_a_file_that_is_no_text_is_told_with_its_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(ManifestError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (
        data.count(b"\n", 0, data.index(b"\xff")) + 1,
        "not UTF-8 text",
    )
    with pytest.raises(SeriesError, match="cannot read"):
        load(tmp_path / "gone")


def test_a_text_that_is_too_long_is_told_on_its_first_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("patchseries.parsing.MOST_BYTES", 10)
    with pytest.raises(ManifestError, match=r"^manifest:1: not valid TOML: more than 10 char"):
        parse("\n\nschema = 1\n")


def test_what_a_series_says_of_one_patch_and_one_project() -> None:
    found = parse(GOOD)
    assert (found.name, found.patch("colder"), found.patch("x")) == ("demo", found.patches[1], None)
    assert [p.name for p in found.patches_of("oven")] == ["hotter", "colder"]
    assert found.patches_of("sink") == ()
    anyway = GOOD.replace('name = "hotter"', "name = 'hotter'\nport-anyway = '>1.0'")
    ported = parse(anyway).patches[0]
    assert [ported.is_ported_anyway(b) for b in ("1.0", "1.1")] == [False, True]
    assert [ported.applies_to(b) for b in ("1.0", "1.1")] == [True, True]


@pytest.mark.parametrize(("size", "is_cut"), [(58, False), (59, True)])
def test_a_long_value_is_shown_by_its_beginning(size: int, is_cut: bool) -> None:
    told = short("x" * size)
    assert told.endswith("…") == is_cut
    assert len(told) == (58 if is_cut else 60)


def test_a_source_of_a_project_of_tarballs_has_its_own_repository() -> None:
    own = f"repository = '/srv/x', commit = {ONES}"
    assert parse(TARBALLS.replace('file = "own/hotter.patch"', own))
    made = 'file = "own/hotter.patch", made-for = "0.8"'
    with pytest.raises(ManifestError, match=r"made-for: without a repository 0\.8 needs an `orig`"):
        parse(TARBALLS.replace('file = "own/hotter.patch"', made))
    assert parse(TARBALLS.replace('file = "own/hotter.patch"', made.replace("0.8", "0.9")))
    with pytest.raises(ManifestError, match=r"1\.1 has none"):
        parse(TARBALLS.replace('bases = ["1.0"]', 'bases = ["1.0", "1.1"]'))


def test_a_manifest_without_a_project_says_so() -> None:
    for project in ("", "project = 3\n", "project = {}\n"):
        with pytest.raises(ManifestError, match=r"project: expected at least one table \[project"):
            parse(f'schema = 1\n{project}[series]\nname = "demo"\n')


MERGED = f"I{'1' * 40}"


@pytest.mark.parametrize(
    ("keys", "kind", "rev"),
    [
        (f"upstream = '{'2' * 40}'", "git", "2" * 40),
        (f"upstream = ['{MERGED}', '{'2' * 40}']", "git", "2" * 40),
        (f"upstream = '{MERGED}'", "merged", MERGED),
        (f"change-id = '{MERGED}'", "merged", MERGED),
        (f"change-id = '{MERGED}'\nupstream = '{'2' * 40}'", "git", "2" * 40),
        (f"change-id = '{MERGED}'\nupstream = ['{MERGED}', 'I{'3' * 40}']", "merged", MERGED),
    ],
)
def test_the_one_change_that_is_tracked_is_the_source(keys: str, kind: str, rev: str) -> None:
    patch = parse(GOOD.replace(f"source = {{ commit = {ONES} }}", keys)).patches[0]
    (source,) = patch.sources
    assert (source.kind, source.rev) == (kind, rev)
    assert not patch.is_ported_anyway("1.0")


def test_several_commits_or_changes_are_no_source() -> None:
    for keys in (
        f"upstream = ['{'2' * 40}', '{'3' * 40}']",
        f"upstream = ['{MERGED}', 'I{'3' * 40}']",
        f"change-id = '{MERGED}'\nupstream = ['{'2' * 40}', '{'3' * 40}']",
    ):
        with pytest.raises(ManifestError, match="the key 'source' is missing"):
            parse(GOOD.replace(f"source = {{ commit = {ONES} }}", keys))
