"""The way in: ``series`` and ``python -m patchseries``.

Even the imports are inside, so that an interruption at any moment ends in one line.
"""

import signal
import sys


def main() -> None:
    """Run the command line and exit with its status."""
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


if __name__ == "__main__":
    main()
