"""``series fetch``."""

from __future__ import annotations

from typing import Any

import click

from patchseries.cli.common import SERIES_OPTIONS, Given, operation, options
from patchseries.cli.terminal import Progress, say, show_json
from patchseries.counting import counted


@click.command("fetch")
@options(*(o for o in SERIES_OPTIONS if o != "patch"))
def command(**given: Any) -> int:
    """Fetch what the series NAME needs into the cache, and pin it in the lock.

    A revision that differs from the lock's pin is an error (exit status 4).
    """
    from patchseries import lock as locks
    from patchseries.journal import commit_files
    from patchseries.pipeline.session import merged_lock

    asked = Given(**given)
    with Progress(asked) as progress:
        series, _, pins = asked.fetched_to_write(asked.session(progress))
    text = locks.dump(merged_lock(series.lock, pins)).encode()
    if not asked.dry_run:
        path = str(series.lock_path.relative_to(series.root))
        commit_files(series.state, {path: text}, operation())
    if asked.as_json:
        rows = [{"repository": r, "rev": v, "commit": c} for (r, v), c in sorted(pins.items())]
        show_json({"pins": rows}, ok=True)
    else:
        repositories = len({repository for repository, _ in pins})
        told = counted(len(pins), "revision")
        say(f"cached: {told} of {counted(repositories, 'repository', 'repositories')}")
    return 0
