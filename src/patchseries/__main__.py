"""``python -m patchseries`` is ``series``."""

from patchseries.cli import main

main()
