"""The record of a build in its package's directory: its inputs, and the counters of the version."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from patchseries.debian.request import SourcePackage
from patchseries.errors import MachineError, SeriesError
from patchseries.files import put_back, read_file, sha256, write_atomic
from patchseries.parsing import parse_json

RECORD = "series-build.json"
_LARGEST = 2 << 30  # bytes of a file of a package: an upstream tarball may be large


@dataclass(frozen=True, slots=True)
class Record:
    """The last build in a directory.

    :param digest: of the request it was made from
    :param number: what its version counts to, after ``stock`` and ``stem``
    :param entries: our changelog entries so far, newest first
    """

    digest: str
    number: int
    stock: str
    stem: str
    entries: str
    package: SourcePackage

    def intact(self) -> bool:
        """Whether the directory still holds the files as they were made."""
        directory = self.package.directory
        try:
            return all(
                sha256(read_file(directory / name, _LARGEST)) == digest
                for name, digest in self.package.files.items()
            )
        except MachineError:
            raise
        except (OSError, SeriesError):
            return False


def read_record(directory: Path) -> Record | None:
    """The record in *directory*; None where there is none that can be read."""
    try:
        put_back(directory)
        data = parse_json(read_file(directory / RECORD))
        package = SourcePackage(**data.pop("package"), directory=directory, verified=True)
        return Record(**data, package=package)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_record(directory: Path, record: Record) -> None:
    """Write *record* into *directory*."""
    package = record.package
    data = {
        "digest": record.digest,
        "number": record.number,
        "stock": record.stock,
        "stem": record.stem,
        "entries": record.entries,
        "package": {
            "project": package.project,
            "base": package.base,
            "source": package.source,
            "version": package.version,
            "dsc": package.dsc,
            "changes": package.changes,
            "files": dict(package.files),
        },
    }
    write_atomic(directory / RECORD, (json.dumps(data, indent=1) + "\n").encode())


def remember_files(package: SourcePackage) -> None:
    """Update the checksums in the record of *package* (after signing)."""
    record = read_record(package.directory)
    if record is not None:
        write_record(package.directory, replace(record, package=package))
