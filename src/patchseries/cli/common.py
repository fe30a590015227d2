"""What the commands share: options, the series they name, progress, and how to print."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patchseries.cli.completion import base_names, patch_names, project_names, series_names
from patchseries.cli.terminal import Progress, clear_progress, note, say
from patchseries.errors import SeriesError, UsageError
from patchseries.redaction import redacted

if TYPE_CHECKING:
    from patchseries.journal import Operation, Recovered, State
    from patchseries.model import CommitId
    from patchseries.pipeline.series import Selection, Series
    from patchseries.pipeline.session import Session
    from patchseries.sources import BranchMove
    from patchseries.sources.access import Access

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Callable[[F], F]] = {
    "name": click.argument("name", required=False, shell_complete=series_names),
    "onto": click.option(
        "--onto",
        "onto",
        multiple=True,
        metavar="BASE",
        help="Only this base (repeatable).",
        shell_complete=base_names,
    ),
    "project": click.option(
        "--project",
        multiple=True,
        metavar="P",
        help="Only this project (repeatable).",
        shell_complete=project_names,
    ),
    "patch": click.option(
        "--patch",
        multiple=True,
        metavar="N",
        help="Only this patch (repeatable).",
        shell_complete=patch_names,
    ),
    "vendor": click.option(
        "--vendor",
        metavar="V",
        default="debian",
        show_default=True,
        help="Whose series file counts: V.series comes before series.",
    ),
    "offline": click.option("--offline", is_flag=True, help="Contact no server: use the cache."),
    "locked": click.option("--locked", is_flag=True, help="Refuse any change to lock or patches."),
    "dry_run": click.option("-n", "--dry-run", is_flag=True, help="Only show what would change."),
    "mirror": click.option(
        "--mirror",
        multiple=True,
        metavar="DIR",
        type=click.Path(),
        help="Directory of mirrors ORG/REPO (repeatable; also $SERIES_MIRRORS).",
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="No progress."),
    "color": click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour: by default on a terminal, and as $NO_COLOR and $CLICOLOR_FORCE say.",
    ),
}


def options(*names: str) -> Callable[[F], F]:
    """Give a command the shared options *names*, in the order named."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            function = _OPTIONS[name](function)
        return function

    return decorate


SERIES_OPTIONS = (
    "name",
    "onto",
    "project",
    "patch",
    "offline",
    "locked",
    "dry_run",
    "mirror",
    "json",
    "quiet",
    "color",
)
"""The options of a command that works on a series."""


PinsAtHand = Callable[["Series", "Selection"], "Mapping[tuple[str, str], CommitId] | None"]


@dataclass(frozen=True, slots=True)
class Given:
    """What the shared options said."""

    name: str | None = None
    onto: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    patch: tuple[str, ...] = ()
    offline: bool = False
    locked: bool = False
    dry_run: bool = False
    mirror: tuple[str, ...] = ()
    as_json: bool = False
    quiet: bool = False
    color: str = "auto"
    jobs: int | None = 1
    """How many processes port at the same time; None: one for each core."""
    online_hint: str | None = None
    """How this command is let ask the servers, where that is not by leaving out --offline."""

    def open(self) -> tuple[Series, Selection]:
        """The series named and the part of it selected, checked; an interrupted change finished.

        :raises SeriesError: there is no such series, or its manifest is wrong
        """
        recovered_state()
        return self.reopened()

    def reopened(self) -> tuple[Series, Selection]:
        """What is on disk now, while the project is held."""
        from patchseries.pipeline.series import Selection, find_series

        series = find_series(Path.cwd(), state_directory(), self.name, self.patch)
        selection = Selection(self.project, self.onto, self.patch)
        selection.check(series.manifest)
        return series, selection

    def open_to_write(
        self, session: Session, at_hand: PinsAtHand | None = None
    ) -> tuple[Series, Selection, Mapping[tuple[str, str], CommitId]]:
        """The same for a command that writes, and the pins: see :meth:`open`.

        The project is held from what is read here to the end of the command, so that no other
        command changes it in between. What must be fetched is fetched before.

        :param at_hand: gives the pins where nothing of what they name is needed, else None
        :raises SeriesError: another command holds the project and does not end
        """
        from patchseries.errors import UpstreamError

        ask = at_hand or (lambda *_: None)
        if self.dry_run:
            series, selection = self.open()
            known = ask(series, selection) or session.at_hand(series, selection)
            return series, selection, known
        state = recovered_state()
        for fetched in (False, True):
            with ExitStack() as stack:
                stack.enter_context(held_project(state))
                series, selection = self.reopened()
                try:
                    cached = session.at_hand if fetched else session.cached
                    pins = ask(series, selection) or cached(series, selection)
                except UpstreamError:
                    if self.offline or fetched:
                        raise
                else:
                    click.get_current_context().with_resource(stack.pop_all())
                    return series, selection, pins
            session.fetch(series, selection)
        raise AssertionError("the second time returns or raises")

    def fetched_to_write(
        self, session: Session
    ) -> tuple[Series, Selection, Mapping[tuple[str, str], CommitId]]:
        """The same, but the upstreams are asked in any case.

        Others wait only for what follows; when the series was changed meanwhile, it starts over.
        """
        series, selection = self.open()
        pins = session.fetch(series, selection)
        if self.dry_run:
            return series, selection, pins
        hold(series.state)
        fresh, selection = self.reopened()
        if (fresh.manifest, fresh.lock) != (series.manifest, series.lock):
            pins = session.fetch(fresh, selection)
        return fresh, selection, pins

    def session(self, progress: Progress) -> Session:
        """The session these options ask for."""
        from patchseries.pipeline.session import Session
        from patchseries.sources import Cache, FetchOptions

        told = progress.update if progress.on else None
        fetching = FetchOptions(
            self.mirrors,
            self.offline,
            told,
            _server_access,
            on_move=lambda move: say(kept_words(move)),
        )
        if self.online_hint:
            fetching = replace(fetching, online_hint=self.online_hint)
        return Session(
            Cache(cache_directory(), say),
            fetching,
            self.locked,
            self.dry_run,
            progress.update,
            operation(),
            say,
            jobs=self.jobs or len(os.sched_getaffinity(0)),
        )

    @property
    def mirrors(self) -> tuple[Path, ...]:
        """The mirror directories: of --mirror, of $SERIES_MIRRORS, and what `series demo` made."""
        return (*self.mirrors_named, demo_upstreams().absolute())

    @property
    def mirrors_named(self) -> tuple[Path, ...]:
        """The mirror directories of --mirror and of $SERIES_MIRRORS."""
        named = [*self.mirror, *os.environ.get("SERIES_MIRRORS", "").split(os.pathsep)]
        return tuple(Path(m).expanduser().absolute() for m in named if m)


def agreed(question: str) -> bool:
    """What a person answers to *question*.

    :raises UsageError: standard input is not a terminal
    """
    clear_progress()
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        note("")  # end the line of the question
        raise UsageError("cannot ask: standard input is not a terminal", hint="use --yes") from None


def now() -> datetime:
    """The time, in UTC; $SOURCE_DATE_EPOCH where it is set, so that a run can be repeated.

    :raises SeriesError: it is set to what is no number
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not fixed:
        return datetime.now(UTC)
    if not (fixed.isascii() and fixed.isdecimal() and len(fixed) <= 11):
        raise SeriesError(
            f"SOURCE_DATE_EPOCH is not a number of seconds: {fixed[:40]!r}",
            hint="set it to what `date +%s` prints, or unset it",
        )
    return datetime.fromtimestamp(int(fixed), UTC)


def operation() -> Operation:
    """What the operation log says of this call: its words and the time."""
    from patchseries.journal import Operation

    words = redacted(" ".join(shlex.quote(word) for word in sys.argv[1:]))
    return Operation(f"series {words}", now().strftime("%Y-%m-%dT%H:%M:%SZ"))


def recovered_state(hear: Callable[[Recovered], None] = lambda _: None) -> State:
    """The project's state. An interrupted change is finished or dropped first, and reported.

    :param hear: is told of that change
    :raises UsageError: there is no project
    """
    from patchseries.journal import find_state
    from patchseries.pipeline.series import project_root

    root = project_root(Path.cwd())
    state = find_state(state_directory(), root)
    if state.set_aside:
        say(
            f"another directory was at {root} before: its log and its open conflicts are now "
            f"in {state.set_aside}"
        )
    if (root / ".series").is_dir():
        say(
            f"{root / '.series'} is not read: the log and open conflicts are kept outside of the "
            "project now; delete it if you no longer need it"
        )
    _finish(state, hear)
    return state


def hold(state: State) -> None:
    """Lock the project until the command ends; what was read before may be out of date."""
    click.get_current_context().with_resource(held_project(state))


@contextmanager
def held_project(state: State) -> Iterator[None]:
    """Lock the project while the block lasts; an interrupted change is finished first."""
    from patchseries.journal import held

    wait = "another command is running in this project: waiting for it"
    with held(state, lambda: say(wait) if sys.stderr.isatty() else None):
        _finish(state)  # another command may have been killed while this one waited
        yield


def _finish(state: State, hear: Callable[[Recovered], None] = lambda _: None) -> None:
    from patchseries.journal import recover

    if found := recover(state):
        say(interrupted_words(found))
        hear(found)


def interrupted_words(recovered: Recovered) -> str:
    """The message about a command that was interrupted while it wrote."""
    who = f"`{recovered.command}`" if recovered.command else "an earlier command"
    if not recovered.paths:
        return f"{who} was interrupted before it wrote anything: no file was changed"
    return f"{who} was interrupted: its {len(recovered.paths)} files are now written"


def _server_access(url: str) -> Access:
    """How the user reaches the Gerrit at *url*: their credentials for it, proxies, CA bundle."""
    from requests.utils import get_environ_proxies

    from patchseries.sources.access import Access, credentials_for

    netrc = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    return Access(
        credentials=credentials_for(url, netrc, os.environ),
        ca_bundle=bundle or None,
        proxies=get_environ_proxies(url, no_proxy=None),
    )


def cache_directory() -> Path:
    """$SERIES_CACHE, else ``patchseries`` in the user's cache directory; made if need be.

    :raises SeriesError: it is not the user's alone, or cannot be made
    """
    from patchseries.files.private import private_directory

    directory = cache_place()
    private_directory(directory, "the cache", "SERIES_CACHE")
    return directory


def cache_place() -> Path:
    """The path of the cache, which need not exist yet (:func:`cache_directory` creates it)."""
    return _directory("SERIES_CACHE", "user_cache_path")


def state_directory() -> Path:
    """$SERIES_STATE, else ``patchseries`` in the user's state directory."""
    return _directory("SERIES_STATE", "user_state_path")


def _directory(variable: str, default: str) -> Path:
    if given := os.environ.get(variable):
        return Path(given).expanduser().absolute()
    import platformdirs

    directory: Path = getattr(platformdirs, default)("patchseries")
    return directory


def demo_upstreams() -> Path:
    """Where `series demo` makes its upstreams, by host, so that they mirror nothing else."""
    return cache_directory() / "demo-upstreams"


def kept_words(move: BranchMove) -> str:
    """The message about a branch that moved, and is taken as it was pinned."""
    then = "; `series fetch --update` takes it up" if move.now else ""
    return f"{move}: the pinned commit is used{then}"


def changed_words(changed: Sequence[str], dry_run: bool) -> str:
    """How many files changed (or would)."""
    verb = "would change" if dry_run else "written"
    noun = "file" if len(changed) == 1 else "files"
    return f"{len(changed)} {noun} {verb}" if changed else "nothing changed in series/ or patches/"
