"""The world that tests/conftest.py makes around each test."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from patchseries import process


def test_the_network_is_out_of_reach() -> None:
    with socket.socket() as sock, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


def test_no_user_configuration() -> None:
    assert list(Path(os.environ["HOME"]).iterdir()) == []
    settings = process.run(["git", "config", "--list", "--show-scope"], cwd=Path("/")).stdout
    assert b"global" not in settings


def test_nobody_says_who_the_user_is() -> None:
    assert not {"USER", "LOGNAME", "EMAIL", "LANG", "SSH_AUTH_SOCK"} & set(os.environ)


def test_each_test_has_its_own_empty_cache() -> None:
    cache = Path(os.environ["SERIES_CACHE"])
    assert "each-test-has-its-own-empty-cache" in cache.name
    assert not cache.exists()


def test_mirrors_are_for_real_tests_only() -> None:
    assert "SERIES_MIRRORS" not in os.environ


@pytest.mark.real
def test_real_tests_see_the_mirrors(mirrors: Path) -> None:
    assert mirrors.is_dir()
    assert os.environ["SERIES_MIRRORS"].split(":")[0] == str(mirrors)
