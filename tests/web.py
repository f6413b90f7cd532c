"""``veldpdf web`` as its users have it: a process of its own, and Chromium that looks at it (Playwright)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.needs import need

AXE = Path(__file__).parent / "engines" / "node" / "node_modules" / "axe-core" / "axe.min.js"
SAMPLES = sorted((Path(__file__).parent.parent / "samples" / "returned").glob("*.pdf"))
# Milliseconds that anything on a page may take, on a busy machine.
PATIENCE = 20_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SIZES = {"wide": (1280, 900), "phone": (375, 740)}


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        link: Lets one browser in, once.
        root: The address of the first page, without the slash behind it.
        process: The program.
    """

    link: str
    root: str
    process: subprocess.Popen[str]

    def next_link(self) -> str:
        """Return the link for another browser, which is shown when one has been used."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "/begin?token=" in line:
                return line.split()[-1]
        raise AssertionError


@contextmanager
def served(*options: str, folder: Path | None = None, lang: str = "nl") -> Iterator[Served]:
    """Run ``veldpdf web`` at any free port.

    Args:
        options: Of the command.
        folder: Where temporary files go.
        lang: Language of the pages.
    """
    need(_missing_extra())
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if folder is not None:
        environment["TMPDIR"] = str(folder)
    port = os.environ.get("VELDPDF_TEST_PORT", "0")
    command = [
        sys.executable,
        "-m",
        "veldpdf",
        "--lang",
        lang,
        "web",
        "--no-open",
        "--port",
        _free(port),
        *options,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        found = re.search(r"(http://\S+?)/begin\?\S+", process.stdout.readline())
        assert found, process.stderr.read() if process.stderr else ""
        # Whoever is let in learns the path of the run; the next link is for the test.
        with urlopen(found[0], timeout=20) as answer:  # noqa: S310 - our own address
            entrance = answer.read().decode()
        path = re.search(r"url=(/[\w-]+)/", entrance)
        assert path, entrance
        server = Served(found[0], found[1] + path[1], process)
        yield replace(server, link=server.next_link())
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.communicate()


def _free(port: str) -> str:
    import socket  # noqa: PLC0415 - only here

    if port != "0":
        return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _missing_extra() -> str | None:
    try:
        import starlette  # noqa: F401, PLC0415 - an extra
        import uvicorn  # noqa: F401, PLC0415 - the same
    except ImportError:
        return "starlette and uvicorn are not installed"
    return None


# What htmx writes of a request that another took the place of. It tells a failure by a name of its own too.
TAKEN_OVER = frozenset({"htmx:sendAbort", "htmx:afterRequest"})


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Debian's Chromium, steered by Playwright."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be missing
    except ImportError:
        need("playwright is not installed")
        raise
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    need(None if program else "Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Any, server: Served, *, size: str = "wide", dark: bool = False) -> Iterator[Any]:
    """Let a browser in, and fail on anything that it complains of: a policy that is broken, a script that fails."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    enter(page, server)
    try:
        yield page
    finally:
        context.close()
    assert [each for each in complaints if each.split(",")[0] not in TAKEN_OVER] == []


def enter(page: Any, server: Served) -> None:
    """Follow the link, and wait for the page that it leads to: what is done before is lost on the way."""
    page.goto(server.link)
    page.wait_for_url(f"{server.root}/")


def dropped(page: Any, paths: list[Path] | None = None) -> None:
    """Choose files on the first page, the samples by default, and wait until all are read."""
    files = [str(path) for path in (SAMPLES if paths is None else paths)]
    there = page.locator(".worksheet").count()
    page.set_input_files("#files", files)
    # Those that came first may all be read while others are still on their way.
    page.locator(".worksheet").nth(there + len(files) - 1).wait_for()
    page.wait_for_selector(".next")


def violations(page: Any) -> list[str]:
    """Return what axe-core finds wrong with a page as it is shown now."""
    need(None if AXE.is_file() else "axe-core is not installed (npm ci --prefix tests/engines/node)")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


def is_wider_than_the_window(page: Any) -> bool:
    """Whether a page must be scrolled sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


__all__ = [
    "PATIENCE",
    "SAMPLES",
    "Served",
    "chromium",
    "dropped",
    "enter",
    "is_wider_than_the_window",
    "opened",
    "served",
    "violations",
]
