"""Saved e-mails (.eml): their attachments, whatever the mail program called them.

The message is taken apart under the policy that leaves everything as it was written, since some headers that
mail programs write make the newer policy raise. Only the headers that matter are then read by the newer one,
which knows all the ways to spell a file name (RFC 2047, RFC 2231 and both at once).
"""

from __future__ import annotations

import base64
import binascii
import email
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.headerregistry import BaseHeader
from email.message import Message as Part
from email.utils import parsedate_to_datetime
from typing import BinaryIO

from veldpdf.messages import Message
from veldpdf.sources.document import Budget, ContainerError, Entry, SpentError, label, too_large
from veldpdf.sources.formats import may_hold_answers

# What a file is called when the e-mail does not say, or says less: by media type (RFC 6838).
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "application/fdf": ".fdf",
    "application/vnd.fdf": ".fdf",
    "application/vnd.adobe.xfdf": ".xfdf",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/vnd.ms-outlook": ".msg",
    "message/rfc822": ".eml",
}
_UNNAMED = "attachment"
# Headers that say what a part is. Reading one takes the library the square of its length, some of it while it takes an
# e-mail apart; so none may be far too long for any name, and all together may come to no more than a few such.
_TELLING = frozenset({"content-type", "content-disposition"})
_LONGEST = 4096
_MOST_SQUARED = 16 * _LONGEST**2
_LONG_HEADER = re.compile(
    rb"(?:^|(?<=[\r\n]))content-(?:type|disposition):(?:[^\r\n]|(?:\r\n|\r|\n)[ \t]){%d}" % _LONGEST,
    re.IGNORECASE,
)
# Bytes of headers above a line of them.
_FARTHEST = 64 * 1024
_EMPTY_LINE = re.compile(rb"(?:\r\n){2}|\n\n|\r\r")


def entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """Yield the attachments of an e-mail that may hold answers, forwarded e-mails among them.

    Raises:
        ContainerError: It is damaged.
        SpentError: It holds more than is let out.
    """
    content = file.read()
    if _has_long_header(content):
        raise ContainerError(_DAMAGED)
    try:
        yield from _entries(_within_reason(email.message_from_bytes(content)), budget)
    except SpentError:
        raise
    except Exception as exc:  # parts in parts, a thousand deep, and whatever else the library stumbles on
        raise ContainerError(_DAMAGED) from exc


def _has_long_header(content: bytes) -> bool:
    """Whether one of the headers, and not of the lines that somebody typed, is too long to be taken apart."""
    places = [found.start() for found in _LONG_HEADER.finditer(content)]
    if places and b"message/" in content.lower():
        return True
    return any(_is_in_headers(content, place) for place in places)


def _is_in_headers(content: bytes, place: int) -> bool:
    """Whether a line stands where headers are: at the beginning, or behind what parts two parts.

    Headers of an e-mail inside another follow an empty line, as what was typed does: of those nobody can tell.
    """
    before = content[max(0, place - _FARTHEST) : place]
    *above, block = _EMPTY_LINE.split(before)
    return not above or re.search(rb"(?:^|[\r\n])--", block) is not None


def _within_reason(message: Part) -> Part:
    """Return an e-mail of which all headers together can be read.

    Raises:
        ContainerError: They cannot.
    """
    lengths = (
        len(str(value))
        for part in message.walk()
        for name, value in part.raw_items()
        if name.lower() in _TELLING
    )
    if sum(length**2 for length in lengths) > _MOST_SQUARED:
        raise ContainerError(_DAMAGED)
    return message


_DAMAGED = Message("This e-mail is damaged. Ask the partner to send it again, or save its attachments.")


def _entries(message: Part, budget: Budget) -> Iterator[Entry]:
    modified = _date(message)
    for part in _leaves(message):
        data, name = _content(part), _name(part)
        if name is None and not data.startswith(b"%PDF-"):
            continue  # the text of the e-mail itself
        name = name or _UNNAMED
        budget.take_entry()
        budget.take_bytes(len(data))
        if len(data) > budget.limits.document:
            yield Entry(name=name, modified=modified, problem=too_large(budget.limits))
        elif may_hold_answers(name, data):
            yield Entry(name=name, data=data, modified=modified)
        else:
            budget.skipped.append(label(name))


def _leaves(message: Part) -> Iterator[Part]:
    """Yield the parts that hold something, in order; an e-mail inside this one is such a part."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(_inside(part)))
        else:
            yield part


def _inside(part: Part) -> list[Part]:
    """Return the parts of a part: of a forwarded e-mail, the e-mail."""
    # Asking a part without any for its payload makes the library decode it, by headers that may be nonsense.
    inner = part.get_payload() if part.is_multipart() else []
    return [item for item in inner if isinstance(item, Part)]


def _content(part: Part) -> bytes:
    """Return what a part holds, unwrapped from what mail needs; nothing where that fails."""
    try:
        if not part.is_multipart():
            decoded = part.get_payload(decode=True)
            return decoded if isinstance(decoded, bytes) else b""
        raw = b"".join(item.as_bytes() for item in _inside(part))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
    # Against the rules (RFC 2046, 5.2.1), some systems wrap a forwarded e-mail like any other attachment.
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64":
        return raw
    try:
        return base64.b64decode(raw.strip())
    except binascii.Error:
        return raw


def _name(part: Part) -> str | None:
    """Return what an attachment is called; None for the text of the e-mail itself."""
    kind = part.get_content_type()
    ending = _ENDINGS.get(kind, "")
    name = _parameter(part, "Content-Disposition", "filename") or _parameter(part, "Content-Type", "name")
    if name is None:
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            return None
        name = (_subject(part) if ending == ".eml" else None) or _UNNAMED
    return name if name.lower().endswith(ending) else name + ending


def _parameter(part: Part, header: str, parameter: str) -> str | None:
    parsed = _parsed(part, header)
    found = getattr(parsed, "params", {}).get(parameter)
    return str(found).strip() or None if found else None


def _subject(part: Part) -> str | None:
    """Return the subject of a forwarded e-mail, as one step of a path."""
    subject = " ".join(str(_parsed(message, "Subject") or "") for message in _inside(part)).strip()
    return subject.replace("/", "-").replace("\\", "-") or None


def _parsed(part: Part, header: str) -> BaseHeader | None:
    """Return a header as the newer policy reads it; None where there is none, or it cannot be read."""
    written = next((value for name, value in part.raw_items() if name.lower() == header.lower()), None)
    if written is None:
        return None
    # Bytes that are not ASCII break the rules and are UTF-8 as a rule (RFC 6532); Latin-1 from old programs.
    raw = str(written).encode("ascii", "surrogateescape")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    try:
        parsed: BaseHeader = policy.default.header_factory(header, "".join(text.splitlines()))
    except Exception:  # its grammar raises whatever it runs into
        return None
    return parsed


def _date(message: Part) -> datetime | None:
    """Return when an e-mail was sent, by the clock of whoever sent it."""
    try:
        sent = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)
