"""What every form engine has in common, so that a test can take them one after the other.

Partners fill the worksheet with whatever opens it, and each viewer leaves the form behind in its
own way. Imitating that by hand tests our idea of it. Therefore each module beside this one drives
the real thing, and says in its docstring what that engine does to a text.

A helper in another language gets the same orders from each module (``fill_with``): the arguments
are the PDF to read and the PDF to write, and standard input holds name and text in turn, in UTF-8,
separated by NUL, which is the one character no viewer lets a person type.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 120
"""Seconds an engine may take. A cold Java on a busy machine needs ten, a hung one never ends."""

# A string, in hexadecimal or literal (ISO 32000-2, 7.3.4).
_STRING = rb"<[0-9A-Fa-f\s]*>|\((?:[^\\()]|\\.)*\)"
ID = re.compile(rb"/ID\s*\[\s*(?:%s)\s*(?P<second>%s)\s*\]" % (_STRING, _STRING), re.DOTALL)


class EngineError(Exception):
    """An engine did not do what it was told; the message never holds the text of an answer."""

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"{engine}: {reason}")


@dataclass(frozen=True, slots=True)
class Engine:
    """One program that fills forms, as a partner would with the viewers built on it.

    Attributes:
        name: What tests and samples call it, e.g. ``"pdfium"``.
        viewers: The programs people know it by, e.g. ``"Chrome, Edge"``.
        fill: Takes a fillable PDF and texts by fully qualified field name, and returns the file
            that the engine saves. A name left out is a field left alone, an empty text one that
            was cleared; line ends are ``\\n``. Raises `EngineError` for a name the form lacks.
        missing: One line that says what to install, or None when the engine is there.
    """

    name: str
    viewers: str
    fill: Callable[[bytes, Mapping[str, str]], bytes]
    missing: Callable[[], str | None]


def lacks(*programs: str, install: str) -> str | None:
    """Say how to install the first of the programs that is not on the path, if one is not."""
    for program in programs:
        if shutil.which(program) is None:
            return f"{program} is not there: {install}"
    return None


def unknown_fields(name: str, fields: Sequence[str]) -> EngineError:
    """Return the error for texts that no field of the form takes."""
    return EngineError(name, f"the form has no text field {', '.join(fields)}")


def run(name: str, command: Sequence[str | Path], *, stdin: bytes = b"") -> bytes:
    """Run an engine to its end and return what it prints.

    Raises:
        EngineError: It failed or hung; the last line it printed on standard error is the reason.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
        )
    except subprocess.TimeoutExpired as exc:
        raise EngineError(name, f"gave no answer in {TIMEOUT} seconds") from exc
    except subprocess.CalledProcessError as exc:
        last_line = exc.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise EngineError(name, f"exit status {exc.returncode}: {last_line}") from exc
    return done.stdout


def pin_id(saved: bytes) -> bytes:
    """Make the second half of the file's /ID depend on the file, and not on chance or the clock.

    An engine gives each revision a new one (ISO 32000-2, 14.4). The last /ID stands behind
    everything that the cross-reference table counts, so its length may change. The first half is
    kept: it tells which worksheet this was once.
    """
    found = ID.search(saved, max(saved.rfind(b"/ID"), 0))
    if found is None:
        return saved
    before, after = saved[: found.start("second")], saved[found.end("second") :]
    digest = hashlib.md5(before + after, usedforsecurity=False).hexdigest()
    return before + b"<%s>" % digest.upper().encode("ascii") + after


def fill_with(name: str, command: Sequence[str | Path], pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Have a helper program fill the form; the module docstring tells how it is spoken to."""
    orders = "\0".join(part for pair in values.items() for part in pair)
    with tempfile.TemporaryDirectory(prefix="veldpdf-engine-") as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        source.write_bytes(pdf)
        run(name, [*command, source, target], stdin=orders.encode("utf-8"))
        return target.read_bytes()
