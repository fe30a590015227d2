"""Names of the target that are learned from the lines in which two versions of a file differ."""

from __future__ import annotations

import pytest

from patchseries.port.names.renames import learn


@pytest.mark.parametrize(("size", "names"), [(20, {"baker": "heater"}), (20_000, {})])
def test_a_line_teaches_a_name_unless_it_is_data(size: int, names: dict[str, str]) -> None:
    """Two lines are compared in a time that grows by the square of their length."""
    numbers = "1, " * size
    ancestor, ours = (f"{name} = [{numbers}]\n" for name in ("baker", "heater"))
    nothing: dict[str, str] = {}
    assert learn(ancestor, ours, f"{ancestor}print(baker)\n", nothing.get, nothing.get) == names
