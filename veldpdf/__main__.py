"""``python -m veldpdf``, and the ``veldpdf`` command."""

from __future__ import annotations

import sys

from veldpdf.cli import main

if __name__ == "__main__":
    sys.exit(main())
