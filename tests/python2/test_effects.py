"""tools/grizzly-effects: how it measures, on servers and scripts made here; nothing is fetched."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from effects import keystone, lease, running
from effects.measured import Effect, Row, measured, plot, table
from effects.running import NotMeasured

SERVER = """
import http.server, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked", file=sys.stderr, flush=True)
        self.send_response(500 if self.path == "/bad" else 200)
        self.end_headers()
        self.wfile.write(b"[1]")
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
SCRIPT = """
import json, os, socket, sys
names = "network_id", "mac_address", "ip_address", "lease_remaining"
if {sends}:
    with socket.socket(socket.AF_UNIX) as relay:
        relay.connect(os.environ["QUANTUM_RELAY_SOCKET_PATH"])
        relay.send(json.dumps(dict.fromkeys(names, 1)).encode())
"""


def raising(error: Exception) -> Effect:
    def measure() -> float:
        raise error

    return Effect("name", "unit", measure, lambda: 1.0)


def test_more_is_better_or_less_is() -> None:
    assert measured(Effect("rate", "per s", lambda: 2.0, lambda: 6.0, more=True)).ratio == 3
    assert measured(Effect("time", "ms", lambda: 6.0, lambda: 2.0)).ratio == 3


@pytest.mark.parametrize("error", [NotMeasured("there is no such"), RuntimeError("it ended")])
def test_what_cannot_be_measured_is_said(error: Exception) -> None:
    row = measured(raising(error))
    assert (row.before, row.after, row.ratio) == (None, None, None)
    [line] = table([row]).rows
    assert line == ("name", "unit", "not measured", str(error), "")


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(NotMeasured, match="no-such-program"):
        running.require("python3", "no-such-program")


def test_each_request_is_made_and_all_processes_end(tmp_path: Path) -> None:
    port, log = running.free_port(), tmp_path / "log"
    argv = [sys.executable, "-c", SERVER, str(port)]
    with running.server(argv, port, log):
        rate = running.per_second(3, 7, lambda _: running.request(port, "GET", "/"))
        group = [p for p in processes() if str(port) in p]
        with pytest.raises(RuntimeError, match="500"):
            running.per_second(1, 1, lambda _: running.request(port, "GET", "/bad"))
    assert rate > 0
    assert len(group) == 2
    until = time.monotonic() + 10  # a process that was killed is listed until the kernel ends it
    while [p for p in processes() if str(port) in p] and time.monotonic() < until:
        time.sleep(0.01)
    assert not [p for p in processes() if str(port) in p]
    assert log.read_text().count("asked") == 3 + 7 + 1


def processes() -> list[str]:
    """The command lines of all processes."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return lines


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "raise SystemExit('no such port')"]
    with (
        pytest.raises(RuntimeError, match="no such port"),
        running.server(argv, running.free_port(), tmp_path / "log"),
    ):
        pass


@pytest.mark.parametrize("sends", [True, False])
def test_each_run_of_the_script_must_reach_the_relay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sends: bool
) -> None:
    monkeypatch.setattr(lease, "RUNS", 2)
    python = tmp_path / "env" / "bin" / "python"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(sends=sends))
    if sends:
        assert lease.milliseconds([sys.executable, script], python, tmp_path, tmp_path / "x") > 0
    else:
        with pytest.raises(AssertionError):
            lease.milliseconds([sys.executable, script], python, tmp_path, tmp_path / "x")


def test_keystone_is_made_of_what_its_sample_says() -> None:
    sample = "[DEFAULT]\na = 1\n[filter:debug]\nb = 2\n\n[ssl]\nc = 3\n[composite:main]\nd = 4\n"
    sections = list(keystone._paste_sections(sample))
    assert sections == ["[filter:debug]\nb = 2\n\n", "[composite:main]\nd = 4\n"]


def test_the_plot_shows_what_was_measured() -> None:
    pytest.importorskip("pygal", reason="pip install '.[effects]'")
    rows = [
        Row("keystone", "tokens per s", 1.0, 2.5, 2.5),
        Row("conductor", "calls", None, None, None, "no broker"),
    ]
    text = "".join(ElementTree.fromstring(plot(rows, "2013.1.2")).itertext())
    assert "keystone, tokens per s" in text
    assert "2.5" in text
    assert "conductor" not in text
