"""What comes from around the command: variables, the terminal, words of the command line."""

from __future__ import annotations

from hostile.runner import Case, as_it_is

FORGED = "Ann\n -- Eve <eve@evil.invalid>"
BUILD = ("build", "--onto", "1.0", "--skip-conflicts")

CASES = (
    Case("a line feed in DEBFULLNAME: build", as_it_is, BUILD, 3, ("DEBFULLNAME",),
         env={"DEBFULLNAME": FORGED}, first=(("rebase",),)),
    Case("a line feed in DEBEMAIL: build", as_it_is, BUILD, 3, ("DEBEMAIL",),
         env={"DEBEMAIL": "ann@test.invalid>\n\nx <"}, first=(("rebase",),)),
    Case("ESC in DEBFULLNAME: build", as_it_is, BUILD, 3, env={"DEBFULLNAME": "A\x1b[31m"}),
    Case("a second address in DEBEMAIL: build", as_it_is, BUILD, 3,
         env={"DEBEMAIL": "a@test.invalid> <b@test.invalid"}),
    Case("a superscript in SOURCE_DATE_EPOCH: report", as_it_is, ("report",), 3,
         ("SOURCE_DATE_EPOCH",), env={"SOURCE_DATE_EPOCH": "²"}),
    Case("a superscript in SOURCE_DATE_EPOCH: rebase", as_it_is, ("rebase",), 3,
         ("SOURCE_DATE_EPOCH",), env={"SOURCE_DATE_EPOCH": "²"}),
    Case("a SOURCE_DATE_EPOCH of 5,000 digits: report", as_it_is, ("report",), 3,
         env={"SOURCE_DATE_EPOCH": "9" * 5000}),
    Case("a SOURCE_DATE_EPOCH of 11 digits: report", as_it_is, ("report",), 0,
         env={"SOURCE_DATE_EPOCH": "99999999999"}),
    Case("a terminal in Latin-1: rebase", as_it_is, ("rebase",), 1, (r"\\u2192 `series why",),
         env={"PYTHONIOENCODING": "latin-1"}),
    Case("a terminal in ASCII: check", as_it_is, ("check",), 1,
         env={"PYTHONIOENCODING": "ascii"}, first=(("rebase",),)),
    Case("a terminal in ASCII: status --json", as_it_is, ("status", "--json"), 0,
         env={"PYTHONIOENCODING": "ascii"}),
    Case("ESC on the command line", as_it_is, ("\x1b[31mrebase",), 2),
    Case("ESC in an option", as_it_is, ("rebase", "--\x1b]0;x\x07"), 2),
    Case("ESC in a patch's name", as_it_is, ("why", "a\x1b[31m"), 2),
    Case("brackets in a base's name", as_it_is, ("rebase", "--onto", "[/red]"), 2, (r"\[/red\]",)),
    Case("bytes that are no UTF-8 in a name", as_it_is, ("rebase", "caf\udce9"), 2),
)  # fmt: skip
