"""The way in: ``series`` and ``python -m patchseries``.

Even the imports are inside, so that an interruption at any moment ends in one line.
"""

import _thread
import signal
import sys
import time

_MAIN_THREAD = _thread.get_ident()


def main() -> None:
    """Run the command line and exit with its status."""
    sys.unraisablehook = _unraisable
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


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    """Python would print an interruption in an object's finalizer with a traceback, and go on."""
    if args.exc_type is KeyboardInterrupt:
        _thread.start_new_thread(_interrupt_again, ())
    else:
        sys.__unraisablehook__(args)


def _interrupt_again() -> None:
    """Interrupt the main thread, once it is out of the finalizer."""
    time.sleep(0.01)
    signal.pthread_kill(_MAIN_THREAD, signal.SIGINT)


if __name__ == "__main__":
    main()
