"""Writing single objects the way git does: compressed, under their id, in place all at once.

A library takes 0.2 ms for each and a git process 6 ms; a port writes a dozen (measured on nova).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import zlib
from pathlib import Path


def write_object(
    objects: Path, kind: str, data: bytes, algorithm: str = "sha1", compression: int = 1
) -> str:
    """Store an object in the directory *objects* unless it is there; its id.

    :param kind: ``blob``, ``tree`` or ``commit``
    :param algorithm: the repository's object format, ``sha1`` or ``sha256``
    :param compression: zlib's level; 0 where speed is worth more than room
    :raises OSError: the directory cannot be written
    """
    content = b"%b %d\0%b" % (kind.encode(), len(data), data)
    oid = hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
    directory = f"{objects}/{oid[:2]}"
    place = f"{directory}/{oid[2:]}"
    if not os.path.exists(place):
        handle, made = tempfile.mkstemp(prefix="tmp_obj_", dir=objects)
        try:
            with open(handle, "wb") as stream:
                stream.write(zlib.compress(content, compression))
            os.chmod(made, 0o444)
            os.makedirs(directory, exist_ok=True)
            os.rename(made, place)
        except BaseException:
            os.unlink(made)
            raise
    return oid


def make_bare(place: Path, algorithm: str = "sha1", *, head: str = "refs/heads/master") -> None:
    """Make a bare repository at *place*, as ``git init`` would; that takes 4 ms, this 0.2 ms.

    :param head: the branch that its HEAD names
    :raises OSError: the directory cannot be written
    """
    for directory in ("objects/pack", "objects/info", "refs/heads", "refs/tags"):
        (place / directory).mkdir(parents=True)
    config = "[core]\n\tbare = true\n\trepositoryformatversion = "
    if algorithm == "sha256":
        config += "1\n[extensions]\n\tobjectformat = sha256\n"
    else:
        config += "0\n"
    (place / "config").write_text(config)
    (place / "HEAD").write_text(f"ref: {head}\n")


def object_format(git_dir: Path) -> str:
    """The algorithm of a repository's object ids (``sha1``, ``sha256``), by its configuration."""
    config = git_dir / "config"
    text = config.read_text("utf-8", "replace") if config.is_file() else ""
    named = re.search(
        r"^[ \t]*+objectformat[ \t]*+=[ \t]*+\"?(\w+)", text, re.IGNORECASE | re.MULTILINE
    )
    return named[1].lower() if named else "sha1"
