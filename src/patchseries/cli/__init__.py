"""The command line: parse, call, show, exit. Nothing is decided here.

Commands are imported when they are called, so that ``series --help`` stays fast.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import click

from patchseries import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "demo": "Run the whole pipeline on small upstreams that it creates: no network.",
    "init": "Begin a series: write its manifest.",
    "add": "Add a patch: a change, a commit, a review, a bug or a file.",
    "remove": "Take a patch out of the series.",
    "bump": "Add the point releases that have appeared upstream as bases.",
    "upgrade": "Bring a package to a new upstream release: patches, changelog, source package.",
    "run": "Fetch, rebase, test-apply, check, build, report.",
    "fetch": "Fetch what the series needs into the cache, and pin it.",
    "rebase": "Port every patch onto every base; write patches/ and the lock.",
    "test-apply": "Apply the patch files on their bases as dpkg-source would.",
    "test": "Run the projects' own tests after each patch.",
    "build": "Build Debian source packages that unpack to the ported tree.",
    "status": "Show which patch landed where, with evidence.",
    "check": "Check the whole series: rules with codes.",
    "report": "Write one HTML page about the whole series.",
    "port": "Port one commit onto a revision: a better cherry-pick.",
    "show": "Show everything about one patch.",
    "diff": "Show what the port changed: a range-diff.",
    "why": "Show why a patch conflicts, and which commits it would need.",
    "resolve": "Resolve a conflict by hand, once.",
    "accept": "Sign off an adapted patch.",
    "checkout": "Create a git branch of a series, to edit with git.",
    "refresh": "Take an edited branch or patch file back into the series.",
    "undo": "Undo the last change.",
    "config": "Make and explain the settings that go with the patches.",
    "publish": "Upload built packages with dput.",
    "import": "Make a series of a package's, a branch's or a directory's patches.",
    "export": "Write the patches of a series as a debian/patches directory.",
    "manual": "Show a page of the manual.",
    "schema": "Print the JSON Schema of what a command prints with --json.",
    "completion": "Print a shell's completion script.",
    "doctor": "Show what this machine has, and what is missing.",
}
"""Every command with its one line of help; its module is ``cli/NAME.py`` (``-`` as ``_``)."""

_MODULES = {"import": "import_", "run": "run_", "test-apply": "applying"}


class LazyGroup(click.Group):
    """A group whose commands are imported one by one, when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which they are used."""
        return [name for name in COMMANDS if _module_exists(name)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command *name*, or None."""
        if name not in COMMANDS or not _module_exists(name):
            return None
        module = importlib.import_module(f"patchseries.cli.{_module_name(name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin with *incomplete*, without importing any."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items = [CompletionItem(name, help=COMMANDS[name]) for name in names]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest command named when there is none."""
        if args and args[0] not in self.list_commands(ctx):
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="series")
def group() -> None:
    """Maintain a series of patches: fetch, rebase, test-apply, check, build, report.

    A manifest, series/NAME.toml, lists patches with their upstream change ids. NAME may be left
    out when there is only one manifest.

    Exit status: 0 done, 1 done with findings or conflicts, 2 wrong usage, 3 manifest, lock or
    configuration invalid, 4 upstream not reachable or not what was pinned, 5 a needed program
    missing or failing, or output that cannot be written, 70 a bug, 130 interrupted.
    """


def run(argv: list[str]) -> int:
    """Run the command line *argv* (without the program's name); the exit status."""
    if instruction := os.environ.get("_SERIES_COMPLETE"):
        from patchseries.cli.completion import answer

        return answer(instruction)
    from patchseries.cli.failure import exit_status

    # Else pydantic reads what each installed package says of itself, for plugins: 15 ms a command.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "1"
    return exit_status(lambda: group.main(argv, standalone_mode=False), argv, os.environ)


def _module_name(name: str) -> str:
    return _MODULES.get(name, name)


def _module_exists(name: str) -> bool:
    return os.path.exists(os.path.join(os.path.dirname(__file__), f"{_module_name(name)}.py"))
