"""``python -m veldpdf``, and the ``veldpdf`` command."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from veldpdf.cli import main


def run() -> NoReturn:
    """Run the command line that the user typed, and end the process with its exit status.

    Python takes itself apart before it ends, module by module, which takes as long as reading ten files. Here all files
    are closed and all workers gone when `main` returns, so the process ends as soon as what it printed is out.
    """
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # a full disk, a closed pipe, or no standard output at all
        sys.exit(status)  # Python knows what to say of it
    os._exit(status)


if __name__ == "__main__":
    run()
