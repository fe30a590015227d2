"""An option has an effect in a run, or it is refused: none is dropped without a word."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from patchseries.cli import COMMANDS, group
from patchseries.errors import SeriesError, UsageError
from support.small_series import SmallSeries, enter, small_series

RUNS = """
add 1234567
accept retry
build
build --settings --vms 1 --cores 1
bump
check
check --explain conflict
checkout project
completion bash
config audit etc --vms 1 --cores 1
config audit etc --vms 1 --cores 1 --json
config explain clients
config render --vms 1 --cores 1 -o x
demo
diff retry
diff retry --from 1.0 --to 1.1
doctor
export x
fetch
import x.patch
init fresh
init fresh --base 1.0
manual
port COMMIT --onto 1.0 --repo REPO
port COMMIT --onto 1.0 --repo REPO --git-only
port COMMIT --onto 1.0 --repo REPO --test true
port COMMIT --onto 1.0 --repo REPO --with-prerequisites
port --batch
publish x
rebase
refresh retry --onto 1.1
refresh ./work
remove retry
report
resolve retry --abort
resolve retry --continue
resolve --status
resolve retry
resolve retry --from x
resolve retry --take ours
run
run --test
schema
show retry
status
status --json
test
test-apply
undo
undo --list
upgrade 2.0
upgrade 2.0 --in-place
upgrade 2.0 --in-place --uscan
why retry
why retry --add-prerequisites
""".strip().splitlines()
"""Each command, in each form in which other options count; where it matters, on a small series."""

IDLE = {
    "build": "--wrap=x --vms=1 --cores=1 --memory=1 --host=x --accept-risk=x",
    "build --settings --vms 1 --cores 1": "--wrap=x",
    "check --explain conflict": "--onto=x --project=x --patch=x --mirror=x --online --full --strict"
    " --format=junit=x --output=x",
    "config audit etc --vms 1 --cores 1 --json": "--all",
    "import x.patch": "--vendor=ubuntu",
    "diff retry --from 1.0 --to 1.1": "--onto=1.0",
    "init fresh --base 1.0": "--mirror=x",
    "port --batch": "COMMIT --onto=x --repo=x --test=x --wrap=x",
    "port COMMIT --onto 1.0 --repo REPO": "--wrap=x",
    "port COMMIT --onto 1.0 --repo REPO --git-only": "--name-map=a=b --path-map=a=b --test=x",
    "port COMMIT --onto 1.0 --repo REPO --with-prerequisites": "--wrap=x",
    "refresh ./work": "--onto=1.0",
    "resolve retry --abort": "--offline --mirror=x --take=ours --from=x --reason=x --again",
    "resolve retry --continue": "--offline --mirror=x --take=ours --from=x --again",
    "resolve --status": "retry --onto=x --offline --mirror=x --take=ours --from=x --reason=x"
    " --again --dry-run",
    "resolve retry": "--reason=x",
    "resolve retry --from x": "--take=ours",
    "run": "--wrap=x",
    "status --json": "--format=csv",
    "undo --list": "3 --dry-run",
    "upgrade 2.0": "--repository=x --uscan --vendor=x",
    "upgrade 2.0 --in-place --uscan": "--orig=x",
    "why retry": "--dry-run",
}
"""What has no effect in one of these runs."""

NAMED = ("name", "onto", "project", "patch")
"""Parameters that name what the manifest has."""

NEW = ("init fresh", "init fresh --base 1.0", "import x.patch")
"""What these name is made; so it is with ``--in-place``, which is tested with the upgrade."""

SETTING = """
[[setting]]
name = "clients"
component = "libvirt"
file = "libvirt/libvirtd.conf"
form = "libvirt"
option = "max_clients"
value = 20
why = "As many connections as instances."
cost = "Memory."
source = "libvirt"
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallSeries]:
    folder = tmp_path_factory.mktemp("flags")
    with pytest.MonkeyPatch.context() as patch, small_series(folder) as made:
        enter(made, patch, folder)
        made.run("rebase")
        made.check_out("1.0")
        manifest = made.root / "series/small.toml"
        manifest.write_text(manifest.read_text() + SETTING)
        (made.root / "etc").mkdir()
        (made.root / "x.patch").write_text(
            "--- a/log.py\n+++ b/log.py\n@@ -1 +1 @@\n-quiet\n+loud\n"
        )
        yield made


def failure(small: SmallSeries, line: str) -> BaseException | None:
    """What ``series LINE`` fails with."""
    repository = str(small.upstream.repository.git_dir)
    line = line.replace("COMMIT", small.retry).replace("REPO", repository)
    return CliRunner().invoke(group, line.split(), standalone_mode=False).exception


@pytest.mark.parametrize(
    ("run", "option"), [(run, option) for run in IDLE for option in IDLE[run].split()]
)
def test_what_has_no_effect_is_refused(small: SmallSeries, run: str, option: str) -> None:
    if run == "import x.patch":
        run = f"{run} new --repository https://x.invalid/org/project.git --base 1.0"
    error = failure(small, f"{run} {option}")
    assert isinstance(error, UsageError), error
    name, _, _ = option.partition("=")
    shown = name if name.startswith("--") else ("COMMIT", "PATCH_NAME", "NUMBER")
    assert error.message.split(" has no effect with")[0] in shown, error.message
    assert "leave " in (error.hint or "")


def commands(parent: click.Group = group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, those of groups too."""
    context = click.Context(parent)
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def test_every_command_is_asked() -> None:
    asked = {
        name for name, _ in commands() if any(f"{run} ".startswith(f"{name} ") for run in RUNS)
    }
    assert asked == {name for name, _ in commands()}
    assert IDLE.keys() <= set(RUNS)
    assert {run.split()[0] for run in RUNS} == set(COMMANDS)


def names() -> Iterator[tuple[str, str]]:
    """Each run with each option that names something of the manifest, as words to add."""
    known = dict(commands())
    for run in RUNS:
        command = known[max((n for n in known if f"{run} ".startswith(f"{n} ")), key=len)]
        for parameter in command.params:
            if parameter.name not in NAMED or run in NEW or "--in-place" in run:
                continue
            is_option = isinstance(parameter, click.Option)
            words = f"{parameter.opts[-1]}=absent" if is_option else "absent"
            if words.removesuffix("absent") not in IDLE.get(run, "").replace("=", "= "):
                yield run.replace("--onto 1.1", "") if "--onto" in words else run, words


@pytest.mark.parametrize(("run", "words"), list(names()))
def test_a_name_that_there_is_not_is_never_passed_over(
    small: SmallSeries, run: str, words: str
) -> None:
    error = failure(small, f"{run} {words}")
    assert isinstance(error, SeriesError | click.ClickException), error
    assert "absent" in str(error)


def test_what_has_an_effect_is_taken(small: SmallSeries) -> None:
    assert failure(small, "check --explain conflict --json -q") is None


def test_a_dry_run_of_resolve_prints_its_document(small: SmallSeries) -> None:
    document = small.json("resolve", "retry", "--onto", "1.1", "-n")
    assert document["opened"] is None
    assert document["regions"]
    assert small.json("resolve", "--status")["open"] == []


def every_option() -> Iterator[click.Option]:
    """The options of each command, and of those inside a command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        for one in inner:
            yield from (p for p in one.params if isinstance(p, click.Option))


def test_an_option_takes_a_value_where_its_help_shows_one() -> None:
    for option in every_option():
        takes = option.metavar is not None or isinstance(option.type, click.Choice | click.IntRange)
        assert takes == (not option.is_flag), option.opts


def test_the_help_says_which_options_may_be_given_several_times_and_what_is_usual() -> None:
    for option in every_option():
        assert option.multiple == ("repeatable" in (option.help or "")), option.opts
        if option.metavar is not None:
            has_default = isinstance(option.default, str | int)
            assert bool(option.show_default) == has_default, option.opts
