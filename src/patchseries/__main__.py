"""The way in: ``series`` and ``python -m patchseries``.

Even the imports are inside, so that an interruption at any moment ends in one line.
"""

import _thread
import gc
import signal
import sys
import time

_MAIN_THREAD = _thread.get_ident()
NEW_OBJECTS = 50_000
"""New objects after which Python looks for cycles. Its own 700 are reached a hundred times while
the modules are imported, which leave none: a fifth of a short command went into that."""


def main() -> None:
    """Run the command line and exit with its status."""
    sys.unraisablehook = _unraisable
    gc.set_threshold(NEW_OBJECTS)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored
        signal.signal(signal.SIGINT, _interrupt)
    try:
        from patchseries import cli
        from patchseries.cli import streams

        streams.guard()
        status = cli.run(sys.argv[1:])
    except KeyboardInterrupt:
        print("series: interrupted; nothing was left half written", file=sys.stderr)
        status = 130
    except OSError as error:  # of an import: this program itself cannot be read
        print(f"series: the system reports: {error}", file=sys.stderr)
        status = 5
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the rest is the interpreter's own end
    sys.exit(status)


def _interrupt(_number: int, _frame: object) -> None:
    sys.unraisablehook = _unraisable_after_interruption
    raise KeyboardInterrupt


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    if args.exc_type is KeyboardInterrupt:
        _unraisable_after_interruption(args)
    else:
        sys.__unraisablehook__(args)


def _unraisable_after_interruption(args: "sys.UnraisableHookArgs") -> None:
    """Python would print an interruption in an object's finalizer with a traceback, and go on.

    Any other error is of an object that was only half made when the interruption came
    (GitPython's configuration reader is one): there is nothing to tell.
    """
    if args.exc_type is KeyboardInterrupt:
        _thread.start_new_thread(_interrupt_again, ())


def _interrupt_again() -> None:
    """Interrupt the main thread, once it is out of the finalizer."""
    time.sleep(0.01)
    signal.pthread_kill(_MAIN_THREAD, signal.SIGINT)


if __name__ == "__main__":
    main()
