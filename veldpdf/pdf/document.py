"""Opening a file as a PDF, and saying why that failed: the one place where qpdf's errors are translated."""

from __future__ import annotations

import io
import logging
import os
from contextlib import suppress
from dataclasses import dataclass

import pikepdf

from veldpdf.errors import TemplateError
from veldpdf.messages import Message
from veldpdf.pdf import repair
from veldpdf.pdf.hybrid import with_hidden_objects

# pikepdf hands qpdf's warnings to logging as well, with pieces of the file in them: personal data.
logging.getLogger("pikepdf").addHandler(logging.NullHandler())
logging.getLogger("pikepdf").propagate = False

# A header may stand behind rubbish; readers have always looked for it in the first kilobyte (annex I).
_HEADER_WITHIN = 1024
_TAIL = 512
_WHITE = b"\0\t\n\f\r "
# Bytes of a file that is copied into mapped memory: of a larger one a second copy weighs more than the time it saves.
_LARGEST_MAPPED = 64 * 1024 * 1024


class LockedError(Exception):
    """The file needs a password that was not given.

    Attributes:
        was_tried: Whether another password was given, which does not open it.
    """

    def __init__(self, *, was_tried: bool) -> None:
        super().__init__()
        self.was_tried = was_tried


class UnreadableError(Exception):
    """The file is no PDF, or damaged beyond repair.

    Attributes:
        reason: Why, for the user.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def is_for_lack_of_memory(self) -> bool:
        """Whether it might be read where there is more memory."""
        return isinstance(self.__cause__, MemoryError)


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """A PDF that could be opened.

    Attributes:
        pdf: The file; close it after use.
        is_repaired: Whether it had to be repaired on the way.
        is_cut_off: Whether its end is missing.
        is_salvaged: Whether not even its catalogue was left, so that it was put together from loose objects.
    """

    pdf: pikepdf.Pdf
    is_repaired: bool
    is_cut_off: bool = False
    is_salvaged: bool = False


def open_pdf(data: bytes, password: str = "") -> OpenedPdf:
    """Open the bytes of a file, repaired where that is needed and possible.

    Raises:
        LockedError: It needs another password.
        UnreadableError: It is no PDF, or damaged beyond repair.
    """
    if not data:
        raise UnreadableError(Message("The file is empty (0 bytes)."))
    if b"%PDF-" not in data[:_HEADER_WITHIN] and b"startxref" not in data:
        raise UnreadableError(_not_a_pdf(data))
    cut_off = repair.is_cut_off(data)
    if cut_off:
        salvaged = _opened_or_none(repair.with_tail(data), password)
        if salvaged is not None:
            return OpenedPdf(salvaged, is_repaired=True, is_cut_off=True)
    try:
        pdf = _open(data, password)
    except UnreadableError:
        undone = _undone(data, password)
        if undone is not None:
            return OpenedPdf(undone, is_repaired=True, is_cut_off=cut_off)
        salvaged = _opened_or_none(repair.with_catalogue(data), password)
        if salvaged is None:
            raise
        return OpenedPdf(salvaged, is_repaired=True, is_cut_off=True, is_salvaged=True)
    if not pdf.get_warnings():
        return OpenedPdf(pdf, is_repaired=False, is_cut_off=cut_off)
    undone = _undone(data, password)
    return OpenedPdf(pdf if undone is None else undone, is_repaired=True, is_cut_off=cut_off)


def open_fillable(data: bytes, source: str, password: str = "") -> OpenedPdf:
    """Open a file that the user says is a fillable PDF: what is wrong with it is an error, and no status.

    Raises:
        TemplateError: It cannot be opened.
    """
    try:
        return open_pdf(data, password)
    except LockedError as exc:
        problem = Message("{source}: the PDF needs a password.", source=source)
        if exc.was_tried:
            problem = Message("{source}: the PDF needs another password.", source=source)
        raise TemplateError(
            problem,
            Message("Ask for a PDF without one; or, on the command line, give it with --password."),
        ) from exc
    except UnreadableError as exc:
        raise TemplateError(
            Message("{source}: {reason}", source=source, reason=exc.reason),
            Message("Give the fillable PDF as it was published."),
        ) from exc


def _open(data: bytes, password: str) -> pikepdf.Pdf:
    if not data[-_TAIL:].strip(_WHITE):
        # qpdf looks for the end of a file in its last kilobyte; white space behind it is no damage.
        data = data.rstrip(_WHITE)
    data = with_hidden_objects(data) or data
    try:
        try:
            # Most files open without: one password is given for a whole folder, and is that of a few.
            pdf = _opened(data)
            if password and pdf.is_encrypted:
                pdf = _as_owner(data, password) or pdf
        except pikepdf.PasswordError:
            pdf = _opened(data, password)
        has_root = isinstance(pdf.trailer.get("/Root"), pikepdf.Dictionary)
    except pikepdf.PasswordError as exc:
        raise LockedError(was_tried=bool(password)) from exc
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, MemoryError) as exc:
        raise UnreadableError(Message("The file is damaged beyond repair.")) from exc
    if not has_root:
        raise UnreadableError(Message("The file is damaged beyond repair."))
    if "/Size" not in pdf.trailer:
        # Found without a trailer, a file has none; qpdf then writes a copy without this entry, which must be there
        # (table 15). What it says is qpdf's own count.
        pdf.trailer["/Size"] = 1
    return pdf


def _as_owner(data: bytes, password: str) -> pikepdf.Pdf | None:
    """Return a file that opens for everybody with the rights of its owner; None where the password is not his."""
    try:
        return _opened(data, password)
    except pikepdf.PasswordError:
        return None


def _opened(data: bytes, password: str = "") -> pikepdf.Pdf:
    """Return what pikepdf makes of the bytes of a file.

    From a stream qpdf fetches each object by calls into Python. From memory that is mapped it reads by itself, in half
    the time, and on Linux such memory needs no file: answers are not written to a disk. What the process has no room
    or no right for is read from a stream all the same.
    """
    memory = _in_memory(data)
    if memory is not None:
        # The map outlives the file. Where none can be made, `AccessMode.mmap` would read from the file after all, which
        # is closed by then: all that is not read yet would be null, with no warning.
        with memory, suppress(OSError):
            return pikepdf.open(
                memory, password=password, suppress_warnings=True, access_mode=pikepdf.AccessMode.mmap_only
            )
    return pikepdf.open(io.BytesIO(data), password=password, suppress_warnings=True)


def _in_memory(data: bytes) -> io.FileIO | None:
    """Return a file that lies in memory alone; None where there is no such thing, or none so large."""
    if not hasattr(os, "memfd_create") or len(data) > _LARGEST_MAPPED:
        return None
    try:
        memory = io.FileIO(os.memfd_create("veldpdf"), "w+")
    except OSError:  # a sandbox that does not know the call, or too many open files
        return None
    try:
        written = 0
        while written < len(data):  # a call writes two gigabytes at most
            written += memory.write(data[written:] if written else data)
    except OSError:  # a limit on the size of files holds for these as well
        memory.close()
        return None
    return memory


def _opened_or_none(data: bytes | None, password: str) -> pikepdf.Pdf | None:
    if data is None:
        return None
    try:
        return _open(data, password)
    except (LockedError, UnreadableError):
        return None


def _undone(data: bytes, password: str) -> pikepdf.Pdf | None:
    """Return the file with what a mail gateway did to it undone; None where that does not make it sound."""
    for undo in (repair.without_windows_line_ends, repair.without_double_encoding):
        pdf = _opened_or_none(undo(data), password)
        if pdf is not None and not pdf.get_warnings():
            return pdf
    return None


# How other files begin that people rename or mail by mistake.
_OTHER_KINDS = {
    b"PK\x03\x04": Message("This is not a PDF but a Word, Excel or zip file."),
    b"\xd0\xcf\x11\xe0": Message("This is not a PDF but an old Word, Excel or Outlook file."),
    b"{\\rtf": Message("This is not a PDF but a text in RTF."),
    b"\x89PNG": Message("This is not a PDF but a picture."),
    b"\xff\xd8\xff": Message("This is not a PDF but a picture."),
    b"<!DOCTYPE": Message("This is not a PDF but a web page."),
    b"<html": Message("This is not a PDF but a web page."),
}


def _not_a_pdf(data: bytes) -> Message:
    for beginning, message in _OTHER_KINDS.items():
        if data[:16].lstrip().lower().startswith(beginning.lower()):
            return message
    return Message("This is not a PDF.")
