"""Names that lead somewhere upstream and nowhere in the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from patchseries.model import Finding
from patchseries.port.verify import Accounted, LeftOut
from patchseries.port.verify.modules import Modules
from patchseries.port.verify.names import _HABIT, module_name

Examined = Callable[..., tuple[Finding, ...]]

UPSTREAM = {
    "app/__init__.py": "",
    "app/flavors.py": "def get(name):\n    return name\n\n\nclass Box(object):\n    size = 1\n",
    "app/utils.py": "from app import flavors\n\nsynchronized = flavors.get\n\n\n"
    "def old():\n    pass\n",
}
TARGET = {
    "app/__init__.py": "",
    "app/kinds.py": UPSTREAM["app/flavors.py"],
    "app/utils.py": "def old():\n    pass\n",
}
HEAD = "import os\n\nfrom app import utils\n"
BODY = "\n\ndef run():\n    utils.old()\n    return os.name\n"


def port_line(
    examined: Examined, line: str, *, there: str = HEAD, here: str = HEAD, imports: str = ""
) -> list[Finding]:
    """Port a change that adds *line* to a function, and *imports*, beside other modules."""
    new = BODY.replace("    utils.old()\n", f"    utils.old()\n    {line}\n")
    return list(
        examined(
            UPSTREAM | {"app/main.py": there + BODY},
            UPSTREAM | {"app/main.py": there + imports + new},
            TARGET | {"app/main.py": here + BODY},
        )
    )


@pytest.mark.parametrize(
    ("path", "name", "package"),
    [
        ("a/b.py", b"a.b", b"a"),
        ("a/b/__init__.py", b"a.b", b"a.b"),
        ("src/a/b.py", b"a.b", b"a"),
        ("lib/a/__init__.py", b"a", b"a"),
        ("a/src/b.py", b"a.src.b", b"a.src"),
    ],
)
def test_the_module_of_a_file(path: str, name: bytes, package: bytes) -> None:
    assert module_name(path) == (name, package)


def only(findings: list[Finding], code: str) -> Finding:
    assert {f.code for f in findings} == {code}
    assert findings[0].file == "app/main.py"
    return findings[0]


def test_two_files_may_be_modules_of_one_name(examined: Examined) -> None:
    """Each has its own names: conftest.py those of the project, src/conftest.py its own."""
    helper, run = "def helper():\n    pass\n\n\n", "def run():\n    a()\n    return 1\n\n\na = 2\n"
    used = run.replace("return 1", "return helper()")
    here = {"conftest.py": helper}
    found = examined(
        here | {"src/conftest.py": helper + run},
        here | {"src/conftest.py": helper + used},
        here | {"src/conftest.py": run},
    )
    assert [f.code for f in found] == ["port-unknown-name"]


def test_an_import_of_a_module_that_is_not_there(examined: Examined) -> None:
    findings = port_line(examined, "pass", imports="from app import flavors\n")
    assert "app.flavors" in only(findings, "port-unknown-import").message


def test_an_import_of_a_name_that_the_module_lacks(examined: Examined) -> None:
    findings = port_line(
        examined, "pass", imports="from app.utils import (old,\n    synchronized)\n"
    )
    assert "app.utils.synchronized" in only(findings, "port-unknown-import").message


def test_a_package_that_the_target_does_not_have_at_all(examined: Examined) -> None:
    findings = examined(
        UPSTREAM | {"neo/__init__.py": "", "neo/x.py": "a = 1\n", "run.py": "b = 1\n"},
        UPSTREAM
        | {"neo/__init__.py": "", "neo/x.py": "a = 1\n", "run.py": "import neo.x\nb = 1\n"},
        TARGET | {"run.py": "b = 1\n"},
    )
    assert {f.code for f in findings} == {"port-unknown-import"}


def test_libraries_are_not_the_ports_fault(examined: Examined) -> None:
    assert (
        port_line(examined, "json.dumps(1)", imports="import json\nfrom six import moves\n") == []
    )


def test_a_module_that_the_file_does_not_import_here(examined: Examined) -> None:
    findings = port_line(examined, "flavors.get('a')", there=HEAD + "from app import flavors\n")
    finding = only([f for f in findings if f.code != "port-unknown-word"], "port-unknown-name")
    assert "flavors is not defined" in finding.message
    assert finding.line == 8


def test_an_attribute_that_the_module_lacks(examined: Examined) -> None:
    findings = port_line(examined, "utils.synchronized('a')")
    assert "app.utils.synchronized" in only(findings, "port-unknown-name").message


@pytest.mark.parametrize(("argument", "is_told"), [("", True), ("utils", False)])
def test_an_attribute_in_a_new_file(examined: Examined, argument: str, is_told: bool) -> None:
    """The import that the change brings with it does not say that the attribute is there."""
    text = HEAD + BODY.replace("()", f"({argument})", 1).replace("old", "synchronized")
    target = TARGET | {"app/other.py": "synchronized = 1\n"}  # the word alone is known here
    findings = examined(UPSTREAM, UPSTREAM | {"app/main.py": text}, target)
    assert [f.code for f in findings] == ["port-unknown-name"] * is_told


def test_one_name_may_be_two_modules(examined: Examined) -> None:
    """Upstream's file means another by it, which the target has too."""
    there = HEAD.replace("import utils", "import news as utils")
    before, onto = UPSTREAM | {"app/main.py": there + BODY}, TARGET | {"app/main.py": HEAD + BODY}
    after = before | {"app/main.py": there + BODY.replace("old()", "synchronized(2)")}
    news = {"app/news.py": UPSTREAM["app/utils.py"]}
    found = examined(before | news, after | news, onto | news)
    assert "app.utils.synchronized" in only(list(found), "port-unknown-name").message


def test_each_attribute_of_a_line_is_looked_up(examined: Examined) -> None:
    findings = port_line(examined, "utils.old(os.name, utils.old.x, utils.synchronized)")
    assert "app.utils.synchronized" in only(findings, "port-unknown-name").message


def test_an_attribute_that_a_class_lacks(examined: Examined) -> None:
    there = HEAD + "\n\nclass Job(object):\n    @classmethod\n    def create(cls):\n        pass\n"
    here = HEAD + "\n\nclass Job(object):\n    def __init__(self):\n        pass\n"
    findings = port_line(examined, "Job.create()", there=there, here=here)
    assert "app.main.Job.create" in only(findings, "port-unknown-name").message
    [finding] = port_line(examined, "Job.create()", there=there)
    assert finding.message == "Job is not defined or imported in this file"


@pytest.mark.parametrize(
    "line",
    [
        "synchronized = 1; synchronized",
        "for synchronized in (): synchronized",
        "len(os.name)",
        "os.synchronized",
        "x = lambda synchronized: synchronized",
        "unicode(1)",
        "utils.old.more",
    ],
)
def test_names_that_the_line_or_the_language_defines(examined: Examined, line: str) -> None:
    assert port_line(examined, line, there=HEAD + "synchronized = unicode = 1\n") == []


def classes(base: str, *, body: str = "        pass\n") -> dict[str, str]:
    text = "from app import base\n\n\nclass Test(base.Base):\n    def test(self):\n" + body
    return {"app/__init__.py": "", "app/base.py": base, "app/t.py": text}


BASE_WITH = "class Base(Unknown):\n    def make_flavor(self):\n        pass\n"
BASE_WITHOUT = "class Base(Unknown):\n    def make_kind(self):\n        pass\n"


def test_a_method_that_the_base_class_has_upstream_only(examined: Examined) -> None:
    new = classes(BASE_WITH, body="        self.make_flavor()\n")
    findings = examined(classes(BASE_WITH), new, classes(BASE_WITHOUT))
    assert findings[0].code == "port-unknown-name"
    assert "self.make_flavor" in findings[0].message
    after_others = (
        "        self.x = 1\n        self.x.y(self.make_kind)\n        self.make_flavor()\n"
    )
    new = classes(BASE_WITH, body=after_others)
    found = examined(classes(BASE_WITH), new, classes(BASE_WITHOUT))
    assert [f.line for f in found if f.code == "port-unknown-name"] == [8]


def test_the_class_around_is_the_innermost_wherever_its_file_stands(examined: Examined) -> None:
    def nested(outer: str, inner: str, body: str = "1") -> str:
        head = f"class Shop:\n    {outer} = 1\n\n    class Oven:\n        {inner} = 1\n\n"
        return f"{head}        def run(self):\n            return {body}\n"

    used = "Shop.closed, self.warm"
    here = nested("open", "cold").replace("return 1", f"return {used}")
    before, after = (nested("closed", "warm", body) for body in ("1", used))
    found = examined(
        {"far/__init__.py": "", "far/shop.py": before},
        {"far/__init__.py": "", "far/shop.py": after},
        {"shop.py": nested("open", "cold").replace("open", "warm")},
        {"shop.py": here.replace("open", "warm")},
    )
    names = [f.message.partition(" ")[0] for f in found if f.code == "port-unknown-name"]
    assert names == ["Shop.closed", "self.warm"]


@pytest.mark.parametrize(
    "body",
    [
        "        other.make_flavor = 1\n        self.make_flavor()\n",  # the same one, maybe
        "        pass\n\n\ndef patched(self):\n    self.make_flavor()\n",
    ],
)
def test_what_self_is_may_be_unknown_and_get_more(examined: Examined, body: str) -> None:
    new = classes(BASE_WITH, body=body)
    found = examined(classes(BASE_WITH), new, classes(BASE_WITHOUT))
    assert [f.message for f in found if f.code == "port-unknown-name"] == []


def test_a_method_of_a_base_elsewhere_is_unknown_to_both(examined: Examined) -> None:
    new = classes(BASE_WITH, body="        self.assertEqual()\n")
    assert examined(classes(BASE_WITH), new, classes(BASE_WITHOUT)) == ()


def test_a_base_that_hides_behind_a_star_import_may_have_it(examined: Examined) -> None:
    new = classes(BASE_WITH, body="        self.make_flavor()\n")
    hidden = classes("from app.more import *\n") | {"app/more.py": BASE_WITH}
    assert examined(classes(BASE_WITH), new, hidden) == ()


def test_a_string_that_names_what_is_to_be_replaced(examined: Examined) -> None:
    findings = port_line(examined, "replace('app.flavors.get')")
    assert any("app.flavors.get" in f.message for f in findings)
    assert port_line(examined, "replace('app.utils.old')") == []


def attribute(definition: str, use: str = "pass", *, test: str = "") -> dict[str, str]:
    main = "from app import " + (test or "disk") + f"\n\n\ndef run(image):\n    {use}\n"
    return {"app/__init__.py": "", f"app/{test or 'disk'}.py": definition, "app/main.py": main}


DISK = "class Image:\n    def check_exists(self, preallocate=False):\n        return '-proxy-%s'\n"
OLD_DISK = "class Image:\n    pass\n"


@pytest.mark.parametrize(
    "use", ["image.check_exists()", "image.make(preallocate=True)", "log('a-proxy-%s', '-proxy-')"]
)
def test_a_word_that_upstream_defines_and_the_target_never_says(
    examined: Examined, use: str
) -> None:
    new = attribute(DISK, use)
    findings = examined(attribute(DISK), new, attribute(OLD_DISK))
    assert {f.code for f in findings} == {"port-unknown-word"}
    elsewhere = {"app/other.py": "check_exists = preallocate = ['-proxy-', 'a-proxy-']\n"}
    assert examined(attribute(DISK), new, attribute(OLD_DISK) | elsewhere) == ()


@pytest.mark.parametrize("elsewhere", ["", "check_all = 1\n"])
def test_a_method_that_only_upstreams_base_defines(examined: Examined, elsewhere: str) -> None:
    """A class that sets attributes by name may have it; but that name nothing here says."""
    base = "class Base:\n    def go(self, name):\n        setattr(self, name, 1)\n"
    new = base + "\n    def check_all(self):\n        pass\n"
    disk = "from app import base\n\n\nclass Disk(base.Base):\n    pass\n"
    main = (
        "from app import disk\n\n\nclass Own(disk.Disk):\n    def run(self):\n        self.go(1)\n"
    )
    here = {"app/__init__.py": "", "app/disk.py": disk, "app/main.py": main, "app/base.py": base}
    there = here | {"app/base.py": new}
    after = there | {"app/main.py": main.replace("go(1)", "check_all()")}
    found = examined(there, after, here | {"app/other.py": elsewhere})
    assert [f.code for f in found] == ["port-unknown-word"] * (not elsewhere)
    # What the change itself brings, somehow, is there.
    data = main + "        self.check_all\n\n    data = dict(\n        check_all=1)\n"
    assert examined(here, here | {"app/main.py": data}, here) == ()


@pytest.mark.parametrize(
    ("line", "brings", "is_told"),
    [
        ("exec(body, globals())", "import json\n", True),
        ("exec(body, globals())", "json = 1\n", False),
        ("from far import *", "import json\n", False),
    ],
)
def test_a_name_that_the_file_may_get_at_run_time(
    examined: Examined, line: str, brings: str, is_told: bool
) -> None:
    """What upstream has to import, nothing else brings, but `import *`."""
    head = f"import os\n{line}\n"
    found = port_line(examined, "json.dumps(1)", there=brings + head, here=head)
    assert [f.code for f in found] == ["port-unknown-name"] * is_told


SAID = "'-a-b-', 'word', 'wor', '1234', 'one two word', 'one two three word'"


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("word", True),
        ("wor", False),  # too short to mean only this
        ("1234", False),
        ("one two word", True),
        ("one two three word", False),  # a sentence for people
    ],
)
def test_which_words_of_a_string_the_target_has_to_know(
    examined: Examined, text: str, is_told: bool
) -> None:
    disk = f"def words():\n    return {SAID}\n"
    new = attribute(disk, f"log('{text}')")
    target = attribute("def words():\n    return 'one', 'two', 'three'\n")
    found = examined(attribute(disk), new, target)
    assert {f.code for f in found} == ({"port-unknown-word"} if is_told else set())


@pytest.mark.parametrize("has_it", ["", "upstream", "target", "both"])
def test_an_attribute_of_a_module_from_elsewhere_is_not_the_projects(
    examined: Examined, has_it: str
) -> None:
    far = {"far.py": "x = 1\n"}
    old, new, target = (
        {"far.py": far["far.py"]} | files if has_it in (where, "both") else files
        for where, files in (
            ("upstream", attribute(DISK)),
            ("upstream", attribute(DISK, "far.check_exists()")),
            ("target", attribute(OLD_DISK)),
        )
    )
    for files in (old, new, target):
        files["app/main.py"] = "import far\n" + files["app/main.py"]
    found = examined(old, new, target)
    assert {f.code for f in found} == ({"port-unknown-word"} if has_it else set())


def test_the_modules_that_may_define_a_word_are_read_together(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    monkeypatch.setattr(Modules, "read_ahead", lambda _, names: asked.extend(names))
    examined(attribute(DISK), attribute(DISK, "image.check_exists()"), attribute(OLD_DISK))
    assert asked == [b"app.disk", b"app"]


def test_a_line_of_which_another_rule_has_spoken_is_told_once(examined: Examined) -> None:
    fresh = "    def fresh(self):\n"
    new = attribute(DISK + fresh + "        pass\n", "image.check_exists(image.fresh)")
    said = Accounted(dropped=(LeftOut("app/disk.py", added=(fresh.encode(),)),))
    result = new | {"app/disk.py": OLD_DISK}
    found = examined(attribute(DISK), new, attribute(OLD_DISK), result, said)
    assert [f.code for f in found if f.severity != "note"] == ["port-dropped-name-used"]


def test_a_word_that_only_upstreams_tests_define_proves_nothing(examined: Examined) -> None:
    old, new = (
        attribute(DISK, test="test_disk"),
        attribute(DISK, "x.check_exists()", test="test_disk"),
    )
    assert examined(old, new, attribute(OLD_DISK, test="test_disk")) == ()


def test_a_word_that_the_change_itself_defines(examined: Examined) -> None:
    new = attribute(DISK, "image.check_exists = 1; image.check_exists")
    assert examined(attribute(DISK), new, attribute(OLD_DISK)) == ()


def responses(way: str, *, extra: str = "", times: int = _HABIT) -> Mapping[str, str]:
    lines = "".join(f"    token{n} = r.{way}('X{n}')\n" for n in range(times))
    return {"t.py": f"def run(r):\n{lines}    return token0\n" + extra}


def test_a_habit_of_upstreams_file_that_the_target_does_not_share(examined: Examined) -> None:
    extra = "\n\ndef more(r):\n    r.headers('Y')\n"
    new = responses("headers", extra=extra)
    findings = examined(responses("headers"), new, responses("getheader"))
    assert {f.code for f in findings} == {"port-unknown-habit"}
    assert (
        examined(
            responses("headers"),
            new,
            responses("headers", extra="\n\nx = 1\n"),
            responses("headers", extra=extra + "\n\nx = 1\n"),
        )
        == ()
    )


@pytest.mark.parametrize("fewer", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_what_is_said_a_few_times_is_no_habit(examined: Examined, fewer: tuple[int, int]) -> None:
    upstream, target = (_HABIT - few for few in fewer)
    before = responses("headers", times=upstream)
    new = responses("headers", times=upstream, extra="\n\ndef more(r):\n    r.headers('Y')\n")
    findings = examined(before, new, responses("getheader", times=target))
    assert {f.code for f in findings} == ({"port-unknown-habit"} if fewer == (0, 0) else set())


def test_a_habit_is_found_beside_what_is_none(examined: Examined) -> None:
    more = "\n\ndef more(r):\n    s = make()\n    s.headers(s.once)\n    r.headers('Y')\n"

    def both(way: str, extra: str = "") -> Mapping[str, str]:
        text = responses(way)["t.py"]
        return {"t.py": text + "\n\n" + text.replace("r.", "s.").replace("(r)", "(s)") + extra}

    findings = examined(both("headers"), both("headers", more), both("getheader"))
    assert [f.message.split()[0] for f in findings] == ["r.headers"]


@pytest.mark.parametrize(
    ("first", "is_told"),
    [
        ("", True),
        ("    r = make()\n", False),
        ("    x = f(r=1)\n", True),
        ("    r == 1\n", True),
        ("".join(f"    r.n{n}\n" for n in range(499)), True),
        ("".join(f"    r.n{n}\n" for n in range(500)), False),  # so many are not all looked at
    ],
)
def test_what_the_port_sets_itself_and_what_comes_late_has_no_habits(
    examined: Examined, first: str, is_told: bool
) -> None:
    new = responses("headers", extra=f"\n\ndef more(r):\n{first}    r.headers('Y')\n")
    findings = examined(responses("headers"), new, responses("getheader"))
    assert {f.code for f in findings} == ({"port-unknown-habit"} if is_told else set())


@pytest.mark.parametrize(("home", "is_told"), [("r", False), ("far", True)])
def test_a_module_of_the_project_has_no_habits(
    examined: Examined, home: str, is_told: bool
) -> None:
    start = f"import {home}{'' if home == 'r' else ' as r'}\n\n\n"
    beside = {"r.py": "headers = getheader = print\n"}

    def files(word: str, extra: str = "") -> dict[str, str]:
        return beside | {"t.py": start + responses(word, extra=extra)["t.py"]}

    new = files("headers", "\n\ndef more():\n    r.headers('Y')\n")
    findings = examined(files("headers"), new, files("getheader"))
    assert {f.code for f in findings} == ({"port-unknown-habit"} if is_told else set())


def test_a_name_taken_away_and_still_read(examined: Examined) -> None:
    old, use = (
        "import time\nimport os\n\n\ndef f():\n    return os.name\n",
        "\n\nprint(time.time())\n",
    )
    new = old.replace("import time\n", "")
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use}, {"a.py": new + use})
    assert {f.code for f in findings} == {"port-removed-name-used"}
    comment = "\n\n# the time of day\n"
    assert examined({"a.py": old}, {"a.py": new}, {"a.py": old + comment}) == ()


@pytest.mark.parametrize("mention", ["# time\n", "def g(time):\n    return time\n", "x = 'time'\n"])
def test_a_name_taken_away_that_upstream_still_mentions(examined: Examined, mention: str) -> None:
    old = "import time\nimport os\n\n\ndef f():\n    return os.name\n\n\n"
    use = "def h():\n    return time.time()\n"
    new = old.replace("import time\n", "") + mention
    findings = examined({"a.py": old + mention}, {"a.py": new}, {"a.py": old + mention + use})
    assert {f.code for f in findings} == {"port-removed-name-used"}


@pytest.mark.parametrize("head", ["except (IOError, OSError):\n", "except (OSError) as e:\n"])
def test_an_exception_that_a_handler_names_is_not_bound_by_it(
    examined: Examined, head: str
) -> None:
    use = "try:\n    import this\nexcept OSError:\n    pass\n\n\n"
    old = f"{use}x = 1\ntry:\n    y = 1\n{head}    y = 2\nz = 3\n"
    new = f"{use}x = 1\ny = 2\nz = 3\n"
    assert examined({"a.py": old}, {"a.py": new}, {"a.py": "w = 0\n" + old}) == ()


@pytest.mark.parametrize("head", ["except (IOError, OSError), e:\n", "except OSError as e:\n"])
def test_the_name_that_a_handler_binds_is_one(examined: Examined, head: str) -> None:
    old = f"x = 1\ntry:\n    y = 1\n{head}    y = 2\nz = 3\n"
    new = "x = 1\ny = 2\nz = 3\n"
    use = "\n\ndef f():\n    return e\n"
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use})
    assert [f.message for f in findings] == ["e was removed but is still used"]


def test_a_name_taken_out_of_a_list_of_imports(examined: Examined) -> None:
    old = "from time import (\n    sleep,\n    time,\n)\n\n\ndef f():\n    sleep(1)\n\n\n"
    use = "def h():\n    return time()\n"
    new = old.replace("    time,\n", "")
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use})
    assert {f.code for f in findings} == {"port-removed-name-used"}
    again = use.replace("return", "from time import time\n    return")
    assert examined({"a.py": old}, {"a.py": new}, {"a.py": old + again}) == ()


def test_each_method_that_is_taken_away_is_looked_for(examined: Examined) -> None:
    """One that nobody calls, and a function and an import beside them, hide none of the others."""
    parts = [
        "import json\n",
        "def free():\n    pass\n",
        "class A:\n    def quiet(self):\n        pass\n\n",
    ]
    gone = "    def one(self):\n        pass\n\n"
    kept = "    def two(self):\n        pass\n"
    use = "\n    def three(self):\n        self.one()\n"
    old = "".join(parts) + gone + kept
    new = "class A:\n" + kept
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use})
    assert [(f.code, f.line) for f in findings] == [("port-removed-name-used", 6)]


def test_a_method_taken_away_and_still_called(examined: Examined) -> None:
    old = "\nclass A:\n    def one(self):\n        pass\n\n    def two(self):\n        pass\n"
    new = "\nclass A:\n    def two(self):\n        pass\n"
    use = "\n    def three(self):\n        self.one()\n"
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use})
    assert [(f.code, f.line) for f in findings] == [("port-removed-name-used", 7)]
    other = use.replace("self.one()", "other.one()")
    assert examined({"a.py": old}, {"a.py": new}, {"a.py": old + other}) == ()


def test_a_function_inside_another_is_no_method_of_a_class_of_that_name(
    examined: Examined,
) -> None:
    inner = "def A():\n    def one():\n        pass\n\n    return 1\n\n\n"
    outer = inner.replace("    def one():\n        pass\n\n", "")
    use = "class A(object):\n    def two(self):\n        self.one()\n"
    assert examined({"a.py": inner}, {"a.py": outer}, {"a.py": inner + use}) == ()


def test_an_override_taken_away_that_hides_nothing_here(examined: Examined) -> None:
    base = "class Base:\n    def check(self):\n        pass\n"
    own = "from base import Base\n\n\nclass A(Base):\n    x = 1\n"
    check = "\n    def check(self):\n        return 1\n"
    before, after = {"base.py": base, "a.py": own + check}, {"base.py": base, "a.py": own}
    target = {"base.py": "class Base:\n    pass\n", "a.py": "# 0\n" + own + check}
    assert {f.code for f in examined(before, after, target)} == {"port-removed-override"}
    assert examined(before, after, target | {"base.py": base}) == ()


def test_a_method_that_a_base_elsewhere_may_have_is_told_too(examined: Examined) -> None:
    old = (
        "from far import Base\n\n\nclass A(Base):\n    def one(self):\n        pass\n\n    x = 1\n"
    )
    new = old.replace("    def one(self):\n        pass\n\n", "")
    use = "\n    def three(self):\n        self.one()\n"
    findings = examined({"a.py": old}, {"a.py": new}, {"a.py": old + use})
    assert [f.message for f in findings] == ["one was removed but is still used"]
    # upstream goes on to call it: it is the base's
    found = examined({"a.py": old + use}, {"a.py": new + use}, {"a.py": "# 0\n" + old + use})
    assert found == ()


def test_each_override_that_is_taken_away_is_looked_for(examined: Examined) -> None:
    base = "class Base:\n    def check(self):\n        pass\n\n    def more(self):\n        pass\n"
    own = "from base import Base\n\n\nclass A(Base):\n    x = 1\n"
    gone = "".join(f"\n    def {name}(self):\n        return 1\n" for name in ("more", "check"))
    free = "def free():\n    pass\n"
    here = "class Base:\n    def more(self):\n        pass\n"
    top = "x = 1\n" * 5
    before, after = (
        {"base.py": base, "a.py": text} for text in (free + top + own + gone, top + own)
    )
    for elsewhere in ("", "import far\n\n\nclass Base(far.Base):\n    more = 1\n"):
        target = {"base.py": elsewhere or here, "a.py": free + top + own + "    y = 1\n" + gone}
        result = {**target, "a.py": top + own + "    y = 1\n"}
        found = examined(before, after, target, result)
        assert [f.message for f in found] == ["A.check is inherited upstream, but missing here"]


def migrations(*names: str) -> dict[str, str]:
    return {f"db/{name}.py": f"name = '{name}'\n" for name in names}


def test_a_number_that_leaves_a_gap(examined: Examined) -> None:
    before = migrations("001_a", "002_b")
    findings = examined(before, before | migrations("003_c"), migrations("001_a"))
    assert {f.code for f in findings} == {"port-number-gap"}
    assert examined(before, before | migrations("003_c"), before | {"x": ""}) == ()


def test_a_number_that_is_taken(examined: Examined) -> None:
    before = migrations("001_a")
    findings = examined(before, before | migrations("002_b"), before | migrations("002_other"))
    assert {f.code for f in findings} == {"port-number-taken"}


def test_a_new_file_in_a_folder_that_the_target_lacks(examined: Examined) -> None:
    before = {"neutron/db/a.py": "a = 1\n"}
    added = {"neutron/db/b.py": "b = 2\n"}
    case = before, before | added
    findings = examined(*case, {"x": ""}, {"x": ""} | added)
    assert {f.code for f in findings} == {"port-unknown-folder"}
    beside = {"neutron/x.py": ""}
    assert examined(*case, beside, beside | added) == ()


@pytest.mark.parametrize(
    ("there", "path", "told"),
    [
        ("db/b.py", "db/d.py", True),
        ("db/b.txt", "db/d.py", False),
        ("db/test_b.py", "db/d.py", False),
        ("db/b.py", "db/a.py", False),  # no new file
        ("db/b.py", "new/d.py", False),
        ("new", "new/d.py", False),  # a file becomes a directory
    ],
)
def test_what_a_new_file_says_of_a_neighbour_that_is_missing(
    examined: Examined, there: str, path: str, told: bool
) -> None:
    both = {"db/a.py": "x = 1\n", "db/folder.py/c.py": "y = 1\n"}
    before = both | {there: "name = 'bread-oven'\n"}
    new = {path: both.get(path, "") + "after = 'bread-oven'\n"}
    after = {name: text for name, text in before.items() if name != "new"} | new
    found = examined(before, after, both | {"e.py": ""})
    assert ("port-unknown-word" in {f.code for f in found}) is told


def revision(name: str, follows: str) -> str:
    return f"revision = '{name}'\ndown_revision = {follows}\n\n\ndef upgrade():\n    pass\n"


@pytest.mark.parametrize("follows", ["'1a'", '"1a"', "('0', '1a')"])
def test_a_migration_that_follows_one_which_is_missing(examined: Examined, follows: str) -> None:
    first, second = {"db/a.py": revision("0", "None")}, {"db/b.py": revision("1a", "'0'")}
    third = {"db/c.py": revision("2b", follows)}
    no_module = {"db/b.txt": revision("1a", "'0'"), "db/folder.py/b": ""}
    for here, blank in ((first, 0), (first | no_module, 1)):
        new = {"db/c.py": "\n" * blank + third["db/c.py"]}
        (finding,) = examined(first | second, first | second | new, here)
        assert (finding.code, finding.severity) == ("port-migration-missing", "error")
        assert finding.line == 2 + blank
        assert "the migration 1a" in finding.message
    other = {"db/other.py": revision("1a", "'0'")}
    assert examined(first | second, first | second | third, first | other) == ()


def test_a_migration_at_the_top_follows_one_beside_it(examined: Examined) -> None:
    first, second = {"a.py": revision("0", "None")}, {"b.py": revision("1a", "'0'")}
    assert examined(first, first | second, first | {"c.py": ""}) == ()
    new = {"d.py": revision("2b", "'1a'")}
    found = examined(first | second, first | second | new, first)
    assert [f.code for f in found] == ["port-migration-missing"]


def test_migrations_of_one_change_follow_each_other(examined: Examined) -> None:
    first, others = {"db/a.py": revision("0", "None")}, {"x": "", "db/a.py": revision("0", "None")}
    both = {"db/b.py": revision("1a", "'0'"), "db/c.py": revision("2b", "'1a'")}
    assert examined(first, first | both, others) == ()


def test_what_names_a_migration_and_is_none_follows_nothing(examined: Examined) -> None:
    text = {"tools/stamp.py": "down_revision = '1a'\n"}
    assert examined({"a.py": ""}, {"a.py": ""} | text, {"a.py": "", "x": ""}) == ()
