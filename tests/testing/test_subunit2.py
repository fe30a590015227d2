"""Subunit streams, version 2: packets, what is printed between them, and streams that are cut."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchseries.testing import subunit2
from patchseries.testing.formats import read_results
from patchseries.testing.outcomes import LONGEST_DETAIL, Ending
from patchseries.testing.subunit2 import read


def stream(*events: tuple[str, str, bytes], between: bytes = b"") -> bytes:
    """A stream of (test, status, what it wrote)."""
    from subunit import StreamResultToBytes

    out = BytesIO()
    writer = StreamResultToBytes(out)
    for test, status, text in events:
        if text:
            writer.status(test_id=test, file_name="traceback", file_bytes=text)
        writer.status(test_id=test, test_status=status)
        out.write(between)
    return out.getvalue()


RUN = [
    ("m.A.a", "inprogress", b""),
    ("m.A.a", "success", b""),
    ("m.A.b", "inprogress", b""),
    ("m.A.b", "fail", b"boom"),
    ("m.A.c", "skip", b"reason"),
    ("m.A.d", "inprogress", b""),
]


def test_each_test_and_what_it_wrote() -> None:
    run = read(stream(*RUN))
    assert run.endings == {"m.A.a": "passed", "m.A.b": "failed", "m.A.c": "skipped"}
    assert run.details == {"m.A.b": "boom"}
    assert run.unfinished == "m.A.d"
    assert read(stream(*RUN[:-1])).unfinished is None


def test_the_worse_ending_counts_and_each_has_its_own_output() -> None:
    run = read(stream(("m.a", "fail", b"first"), ("m.a", "success", b"")))
    assert run.endings == {"m.a": "failed"}
    run = read(stream(("m.a", "success", b"printed"), ("m.a", "fail", b"boom")))
    assert (run.endings, run.details) == ({"m.a": "failed"}, {"m.a": "boom"})


@pytest.mark.parametrize("head", [b"\xb3\x2b\xff\x10", b"\xb3\x28\x00\x10"])
def test_a_packet_that_holds_no_event_is_no_test(head: bytes) -> None:
    """python-subunit raises an error for the first; for the second, a test of its own fails."""
    packet = head + b"\xff" * 8
    packet += zlib.crc32(packet).to_bytes(4)
    assert list(subunit2._packets(packet)) == [packet]
    assert read(packet).endings == {}
    assert read(packet + stream(*RUN)) == read(stream(*RUN))


def test_a_hostile_stream_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fifth byte could begin a packet, of 16383 bytes."""
    summed = 0
    crc32 = zlib.crc32

    def counted(data: bytes) -> int:
        nonlocal summed
        summed += len(data)
        return crc32(data)

    monkeypatch.setattr(zlib, "crc32", counted)
    data = b"\xb3\x2b\x01\x7f\xff" * 10_000
    assert read(data).endings == {}
    assert len(data) < summed < 9 * len(data)


def test_what_tests_print_is_passed_over() -> None:
    assert read(stream(*RUN, between="printed ³\n".encode())) == read(stream(*RUN))


def test_output_is_bounded() -> None:
    run = read(stream(*[("m.a", "inprogress", b"x" * 9_000)] * 4, ("m.a", "fail", b"y")))
    assert len(run.details["m.a"]) == LONGEST_DETAIL
    assert run.details["m.a"].endswith("xy")


def test_the_version_is_seen() -> None:
    assert read_results("subunit", stream(*RUN)).unfinished == "m.A.d"
    assert read_results("subunit", b"test: a\nsuccess: a\n").passing == {"a"}


@settings(deadline=None)  # the first call imports the library
@given(st.integers(0, 400), st.binary(max_size=40), st.integers(0, 20))
def test_any_bytes_are_read(cut: int, rubbish: bytes, lost: int) -> None:
    whole = stream(*RUN)
    run = read(whole[:cut] + rubbish + whole[cut + lost :])
    assert all(isinstance(ending, Ending) for ending in run.endings.values())


@settings(deadline=None)  # the first call imports the library
@given(st.binary(max_size=200))
def test_bytes_that_are_no_stream(data: bytes) -> None:
    read(b"\xb3" + data)


@pytest.mark.parametrize("text", [b"a\xb3", b"\n\xb3", b""])
def test_text_with_the_byte_of_a_packet_is_of_version_1(text: bytes) -> None:
    assert read_results("subunit", text + b"\ntest: a\nsuccess: a\n").passing == {"a"}


@pytest.mark.parametrize("size", [1, 40, 50, 60, 61, 62, 63, 64, 100, 16_330, 16_400, 70_000])
def test_packets_of_any_length(size: int) -> None:
    """Their length takes one byte, two or three; the output is that of the last 20,000 bytes."""
    whole = stream(("m.a", "fail", b"x" * size), ("m.b", "success", b""))
    run = read(whole)
    assert run.endings == {"m.a": Ending.FAILED, "m.b": Ending.PASSED}
    assert run.details == {"m.a": "x" * min(size, LONGEST_DETAIL)}
    assert b"".join(subunit2._packets(whole)) == whole
    assert read(whole[:-1]).endings == {"m.a": Ending.FAILED}
    assert len(list(subunit2._packets(whole + b"\xb3"))) == len(list(subunit2._packets(whole)))


def test_a_packet_that_is_damaged_or_too_short_is_left_out_and_the_next_is_read() -> None:
    first, second = (list(subunit2._packets(stream(e)))[-1] for e in (RUN[0], RUN[1]))
    damaged = bytes([*first[:-1], first[-1] ^ 1])
    assert list(subunit2._packets(damaged + second)) == [second]
    for length in range(12):
        packet = b"\xb3\x20\x00" + bytes([length]) + b"\0" * (length - 8)
        packet += zlib.crc32(packet).to_bytes(4)
        assert list(subunit2._packets(packet)) == ([packet] if length >= 8 else [])


def test_output_that_says_nothing_is_no_detail() -> None:
    run = read(stream(("m.a", "fail", b" \n"), ("m.b", "skip", b"why"), ("m.c", "exists", b"x")))
    assert (run.endings, run.details) == ({"m.a": Ending.FAILED, "m.b": Ending.SKIPPED}, {})
    begun = [("m.a", "inprogress", b""), ("m.b", "inprogress", b"")]
    assert read(stream(*begun)).unfinished == "m.b"
    assert read(stream(*begun, ("m.b", "success", b""))).unfinished == "m.a"
