"""An effect, how it is measured, and the table and the plot of what came out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from effects.running import NotMeasured
from patchseries.report.table import TextTable

Measure = Callable[[], float]
_FAILURES = (NotMeasured, OSError, RuntimeError, AssertionError, subprocess.SubprocessError)


@dataclass(frozen=True)
class Effect:
    """One thing to measure on a stock tree and on a patched one."""

    name: str
    unit: str
    before: Measure
    after: Measure
    more: bool = False
    """Whether more is better."""


@dataclass(frozen=True)
class Row:
    """What was measured; None with the reason why not."""

    name: str
    unit: str
    before: float | None
    after: float | None
    ratio: float | None
    """How many times better it is after than before."""
    missing: str = ""


def remembered(measure: Measure) -> Measure:
    """The measure, run once however often it is asked."""
    numbers: list[float] = []

    def once() -> float:
        if not numbers:
            numbers.append(measure())
        return numbers[0]

    return once


def measured(effect: Effect) -> Row:
    """Measure one effect, before and after."""
    print(f"measuring {effect.name}, {effect.unit}", end=" ", file=sys.stderr, flush=True)
    try:
        before, after = effect.before(), effect.after()
    except _FAILURES as error:
        print("failed", file=sys.stderr)
        return Row(effect.name, effect.unit, None, None, None, str(error) or repr(error))
    print(f"{before:.3g} {after:.3g}", file=sys.stderr)
    ratio = after / before if effect.more else before / after
    return Row(effect.name, effect.unit, before, after, ratio)


def table(rows: Sequence[Row]) -> TextTable:
    """The rows as people read them."""
    head = ("what", "unit", "before", "after", "times better")
    lines = [
        (row.name, row.unit, f"{row.before:.3g}", f"{row.after:.3g}", f"{row.ratio:.2f}")
        if row.ratio is not None
        else (row.name, row.unit, "not measured", row.missing.splitlines()[-1], "")
        for row in rows
    ]
    return TextTable(head, lines, names=2)


def plot(rows: Sequence[Row], base: str) -> bytes:
    """The ratios as an SVG picture."""
    import pygal  # of the extra "effects": nothing else needs it
    from pygal.style import LightColorizedStyle

    style = LightColorizedStyle(value_font_size=11, label_font_size=11)
    shown = [row for row in rows if row.ratio is not None][::-1]
    ratios = [row.ratio or 0.0 for row in shown]
    chart = pygal.HorizontalBar(
        js=[],
        logarithmic=True,
        no_prefix=True,
        print_values=True,
        range=(0.5, 2 * max(ratios, default=1)),
        show_legend=False,
        style=style,
        title=f"Times better than stock {base}",
        truncate_label=-1,
        value_formatter=lambda ratio: f"{ratio:.3g}",
        zero=1,
        y_labels=[0.5, 1, 2, 5, 10, 20, 50, 100],
    )
    chart.x_labels = [f"{row.name}, {row.unit}" for row in shown]
    chart.add("times better", ratios)
    return bytes(chart.render())


def machine() -> str:
    """The size of the machine, in a line."""
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in cpus if "model name" in line), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} CPUs ({model}), {memory:.0f} GiB, load {load:.1f} at the start"
