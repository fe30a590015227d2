"""What the text of a Python module or class defines, read by its shape.

The reading is lenient: a name that might be defined counts as defined, so what is missing is
missing indeed. It never fails, in either Python, and takes a millisecond for a large module,
where a parser takes a hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patchseries.port.names.textsearch import line_start, lines_with, occurrences
from patchseries.port.verify.strings import in_string

_NAME = re.compile(rb"[A-Za-z_]\w*")
_BLOCK = re.compile(
    rb"\n(?:if|try|else|elif|except|finally|for|while|with)\b[^\n]*(?:\n(?:[ \t#][^\n]*|(?=\n)))*"
)
_TOP = re.compile(
    rb"\n(?:(?:async[ \t]+def|def|class)[ \t]+(\w+)"
    rb"|([A-Za-z_][\w., \t]*(?:=[ \t]*[A-Za-z_][\w., \t]*)*)(?::[^=\n]+)?=(?!=))"
)
_BOUND_BY = re.compile(
    rb"\b(?:for|as)[ \t]+(\w+(?:[ \t]*,[ \t]*\w+)*)|\bexcept[^\n:]*,[ \t]*(\w+)[ \t]*:"
)
_GLOBAL = re.compile(rb"\n[ \t]++global[ \t]+([^\n]*)")
_IMPORT = re.compile(
    rb"\n(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(?:\(([^)]*)\)|((?:[^\n\\]|\\\n|\\.)*))"
    rb"|import[ \t]+((?:[^\n\\]|\\\n)*))"
)
_STAR = re.compile(rb"import[ \t]*\*")
_TOP_STAR = re.compile(rb"\nfrom[ \t]+([.\w]+)[ \t]+import[ \t]*\*")
_DYNAMIC = {
    b"\ndef __getattr__(": re.compile(rb""),
    b"globals()": re.compile(rb"globals\(\)(?!\.get\b|\[[^\n\]]*\](?![ \t]*=[^=]))"),
    b"sys.modules[__name__]": re.compile(
        rb"(?<!getattr\()(?<!return )sys\.modules\[__name__\](?!\.__file__)"
    ),
}
"""What a module says that may get names at run time, and how: it is more than looked into."""
_CLASS = re.compile(rb"([ \t]*+)class[ \t]+(\w+)[ \t]*+(?:\(([^)]*)\)[ \t]*+)?:")
_CODE = rb"@|(?:class|def|if|for|from|import)[ \t]"
"""How a line begins that is hardly one of a string: there are many, and a look at each would take
its time."""
_METHOD = re.compile(rb"[ \t]++(?:async[ \t]+def|def|class)[ \t]+(\w+)")
_SET = re.compile(
    rb"[ \t]++([A-Za-z_][\w.]*(?:[ \t]*[,=][ \t]*[A-Za-z_][\w.]*)*)[ \t]*(?::[^=\n]+)?=(?!=)"
)
_SET_NAME = re.compile(rb"(?:^|[,=][ \t]*)(?:self\.|cls\.)?(\w+)(?=[ \t]*(?:[,=]|$))")
_DYNAMIC_CLASS = (b"__getattr", b"setattr(", b"__metaclass__", b"metaclass=")


@dataclass(frozen=True)
class Class:
    """What follows a class's head, and its bases as they are spelled.

    ``hidden``: it cannot be seen what the class is.
    """

    body: bytes
    bases: tuple[bytes, ...]
    hidden: bool = False

    @cached_property
    def is_open(self) -> bool:
        """Whether it may have more attributes than are seen."""
        return self.hidden or any(mark in self.body for mark in _DYNAMIC_CLASS)

    def has(self, name: bytes) -> bool:
        """Whether it has an attribute (of the class or of ``self``) of that name."""
        line = 0
        for at in occurrences(self.body, name):
            start = line_start(self.body, at)
            if start > line:  # what stands on the head's own line does not count
                line = start
                if self._binds(line, name):
                    return True
        return False

    def _binds(self, line: int, name: bytes) -> bool:
        method = _METHOD.match(self.body, line)
        if method and method[1] == name:
            return True
        targets = _SET.match(self.body, line)
        return targets is not None and name in _SET_NAME.findall(targets[1])


@dataclass(frozen=True, slots=True)
class Module:
    """All names, what the imported ones stand for (dotted), and where more may come from.

    :ivar stars: the modules of which it imports all names
    :ivar is_dynamic: whether it may make names at run time
    """

    names: frozenset[bytes]
    imports: Mapping[bytes, bytes]
    stars: tuple[bytes, ...]
    is_dynamic: bool

    @property
    def is_open(self) -> bool:
        """Whether it may have more names than are seen in it."""
        return self.is_dynamic or bool(self.stars)


def read_module(text: bytes, package: bytes = b"") -> Module:
    """The definitions of *text*, whose relative imports start from *package*."""
    text = b"\n" + _unix(text)
    # What stands in an `if` or a `try` in the first column counts as if it stood there itself.
    blocks = b"".join(map(_dedent, _BLOCK.findall(text)))
    imports: dict[bytes, bytes] = {}
    names: set[bytes] = set()
    for part in (text, blocks):
        imports.update(imported(part, package))
        for defined, assigned in _TOP.findall(part):
            names.update(_NAME.findall(assigned) if assigned else (defined,))
    for bound in _BOUND_BY.findall(blocks):
        names.update(_NAME.findall(b" ".join(bound)))
    for at in occurrences(text, b"global "):
        line = _GLOBAL.match(text, text.rfind(b"\n", 0, at))
        names.update(_NAME.findall(line[1]) if line else ())
    stars = tuple(absolute(home, package) for home in _TOP_STAR.findall(text))
    is_dynamic = len(_STAR.findall(text)) > len(stars) or any(
        mark in text and how.search(text) for mark, how in _DYNAMIC.items()
    )
    return Module(frozenset(names | imports.keys()), imports, stars, is_dynamic)


def _dedent(block: bytes) -> bytes:
    return re.sub(rb"\n[ \t]+", b"\n", block)


def imported(text: bytes, package: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What each import in the first column binds: local name, dotted name.

    Each line of *text* has its newline before it.
    """
    for origin, bracketed, plain, modules in _IMPORT.findall(text):
        if origin:
            home = absolute(origin, package)
            for name, alias in _aliases(bracketed or plain):
                yield alias or name, home + b"." + name
        else:
            for name, alias in _aliases(modules):
                top = name.partition(b".")[0]
                yield (alias, name) if alias else (top, top)


def _aliases(names: bytes) -> Iterator[tuple[bytes, bytes]]:
    clean = re.sub(rb"#[^\n]*|\\\n", b"", names).partition(b";")[0]
    for part in clean.split(b","):
        words = part.split()
        if words and re.fullmatch(rb"[\w.]+", words[0]):
            yield words[0], words[2] if len(words) == 3 and words[1] == b"as" else b""


def absolute(name: bytes, package: bytes) -> bytes:
    """A module's name, its leading dots resolved from *package*."""
    bare = name.lstrip(b".")
    dots = len(name) - len(bare)
    if not dots:
        return name
    parts = package.split(b".")
    return b".".join([*parts[: len(parts) - dots + 1], *([bare] if bare else [])])


def read_class(text: bytes, name: bytes) -> Class | None:
    """The class *name* of the module *text*, at whatever depth; None when there is none."""
    text = _unix(text)
    headers = filter(None, (_CLASS.match(text, line) for line in lines_with(text, name)))
    header = next((found for found in headers if found[2] == name), None)
    if header is None:
        return None
    bases = tuple(b for b in re.split(rb"[\s,]+", header[3] or b"") if b and b"=" not in b)
    return Class(text[header.end() : _class_end(text, header)], bases)


def _class_end(text: bytes, header: re.Match[bytes]) -> int:
    """Where a line as deep as the class's own, or less, ends its body."""
    depth = len(header[1])
    pattern = rb"\n[ \t]{0,%d}+(?:(%b)|[^ \t\n#)\]}'\"])" % (depth, _CODE)
    ends = re.compile(pattern).finditer(text, header.end())
    found = (end.start() for end in ends if end[1] or not in_string(text, end.end()))
    return next(found, len(text))


def _unix(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n") if b"\r" in text else text


def defines(text: bytes, word: bytes) -> bool:
    """Whether *text* defines *word* anywhere, or spells it out in a string.

    A definition is ``def`` or ``class``, an assignment, a keyword.
    """
    return any(_defined_at(text, at, at + len(word)) for at in occurrences(text, word))


_LEADS_TO = re.compile(rb"""(?:def|class)[ \t]+$|["'](?:[^"']*[^\w\x80-\xff"'-])?$""")
_LEADS_TO_SET = re.compile(rb"(?<![\w\x80-\xff.-])(?:self\.)?$")
_SET_TO = re.compile(rb"[ \t]*=(?!=)")
_GOES_ON = re.compile(rb"[\w\x80-\xff-]")


def _defined_at(text: bytes, at: int, end: int) -> bool:
    line = text[line_start(text, at) : at]
    if not _GOES_ON.match(text, end) and _LEADS_TO.search(line):
        return True
    return bool(_SET_TO.match(text, end) and _LEADS_TO_SET.search(line))
