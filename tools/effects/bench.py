"""All that is measured of the Grizzly series: one effect for each patch, or several."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from effects import conductor, counted, keystone, lease, quantum
from effects.measured import Effect, remembered
from effects.trees import Trees

ARTICLE = 40  # workers, instances and ports in the article
Counts = dict[str, float]
ASKED_AGAIN = "getLibVersion"  # nova's question whether the connection still stands
Chosen = tuple[str, str, Callable[[Counts], float]]
LIBVIRT_COUNTS: list[Chosen] = [
    ("nova: one launch", "calls of libvirt", lambda n: sum(n.values())),
    (
        "nova: one launch",
        "calls, without tests of the connection",
        lambda n: sum(n.values()) - n.get(ASKED_AGAIN, 0),
    ),
]
AGENT_COUNTS: list[Chosen] = [
    ("OVS agent: report of 40 ports", "ovs-vsctl commands", lambda n: n["report commands"]),
    ("firewall of 40 ports", "iptables commands", lambda n: n["firewall commands"]),
    ("firewall of 40 ports", "RPC calls", lambda n: n["firewall calls"]),
    ("firewall of 40 ports", "s in the agent", lambda n: n["firewall seconds"]),
]


@dataclass(frozen=True)
class Bench:
    """The trees, the Python for them, and a place for what servers write."""

    trees: Trees
    python: Path

    def effects(self) -> Iterator[Effect]:
        """All that is measured, what takes long first."""
        yield from self._workers("keystone", "tokens", keystone.tokens_per_second)
        yield from self._workers("quantum", "lists of 40 ports", quantum.lists_per_second)
        yield from self._workers("nova", "conductor calls", conductor.calls_per_second)
        yield self._updates()
        yield from self._leases()
        yield from self._counts("nova", counted.libvirt_calls, LIBVIRT_COUNTS)
        yield from self._counts("quantum", counted.agent, AGENT_COUNTS)

    def _place(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.trees.place)) / "run"

    def _workers(self, project: str, what: str, measure: Callable[..., float]) -> Iterator[Effect]:
        """Stock has one process; patched: one, one for each CPU, and as many as in the article."""

        def run(tree: Path, workers: int | None) -> float:
            return measure(self.python, tree, self._place(project), workers)

        before = remembered(partial(run, self.trees.stock(project), None))
        for workers in sorted({1, os.cpu_count() or 1, ARTICLE}):
            after = partial(run, self.trees.patched(project), workers)
            plural = "worker" if workers == 1 else "workers"
            yield Effect(f"{project}: {workers} {plural}", f"{what} per s", before, after, True)

    def _updates(self) -> Effect:
        def run(tree: Path) -> float:
            return conductor.node_updates(self.python, tree, self._place("updates"))

        before, after = (partial(run, tree) for tree in self.trees.both("nova"))
        return Effect("nova: 40 launches at once", "updates of the node", before, after)

    def _leases(self) -> Iterator[Effect]:
        stock = self.trees.stock("quantum")
        interpreter = [lease.interpreter(self.python)]

        def run(tree: Path, argv: Callable[[], Sequence[Path | str]]) -> float:
            return lease.milliseconds(argv(), self.python, tree, self._place("lease"))

        before = remembered(partial(run, stock, lambda: [*interpreter, stock / lease.SCRIPT]))
        for name, by in (("python", interpreter), ("bash", ["bash"]), ("c", None)):
            tree = self.trees.variant(name)
            argv = partial(lease.command, tree, by)
            after = partial(run, tree, argv)
            yield Effect(f"lease script: {name}", "ms per lease", before, after)

    def _counts(
        self,
        project: str,
        count: Callable[[Path, Path], Counts],
        units: Iterable[Chosen],
    ) -> Iterator[Effect]:
        for name, unit, chosen in units:
            before, after = (
                partial(lambda tree, chosen: chosen(count(self.python, tree)), tree, chosen)
                for tree in self.trees.both(project)
            )
            yield Effect(name, unit, before, after)
