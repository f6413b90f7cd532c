"""Chromium, as readers of a report use it: with their scripts off, and with axe-core looking over their shoulder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .needs import need, need_program

FOLDER = Path(__file__).parent / "engines" / "node"
CHROMIUM = "/usr/bin/chromium"


def browse(folder: Path, orders: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what Chromium found of each page; tests/engines/node/browse.mjs says what can be ordered.

    Args:
        folder: Where the orders may lie.
        orders: Each names a ``file``.
    """
    need_program("node")
    need(None if Path(CHROMIUM).exists() else "Chromium is not installed")
    installed = (FOLDER / "node_modules" / "puppeteer-core").exists()
    need(None if installed else "axe-core and puppeteer are not installed: npm ci in tests/engines/node")
    written = folder / "orders.json"
    written.write_text(json.dumps([{**order, "file": str(order["file"])} for order in orders]), "utf-8")
    run = subprocess.run(
        ["node", str(FOLDER / "browse.mjs"), CHROMIUM, str(written)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found
