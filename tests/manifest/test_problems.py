"""Twenty and more bad manifests: each problem is named with its line, key and what was expected."""

from __future__ import annotations

import pytest

from patchseries.manifest import ManifestError, parse

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
