"""A letter as an e-mail that lies ready to be sent (RFC 5322).

Outlook opens a file with ``X-Unsent: 1`` as a draft, to be read and sent; other mail programs show it. It has no
sender, which is for the mail program to say, and no message id, which the sending server gives. What separates its
parts is made from what is in them, so the same letter is the same file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


def as_eml(
    *,
    to: Sequence[str],
    subject: str,
    body: str,
    day: date | None = None,
    name: str = "",
    pdf: bytes | None = None,
) -> bytes:
    """Return an e-mail as a file.

    Args:
        to: Addresses, of which the shape has been checked.
        subject: One line.
        body: The text.
        day: What to date it; none by default.
        name: File name of what goes along.
        pdf: What goes along; None for nothing.
    """
    message = EmailMessage(SMTP)
    message["X-Unsent"] = "1"
    message["To"] = ", ".join(to)
    message["Subject"] = subject
    if day is not None:
        # At noon it is the same day in all of Europe and America.
        message["Date"] = format_datetime(datetime.combine(day, time(12), UTC))
    message.set_content(body, cte="quoted-printable")
    if pdf is not None:
        # "=_" stands in no quoted-printable text and in no base64 (RFC 2045, 6.7), so in no part.
        digest = hashlib.sha256(body.encode() + pdf).hexdigest()[:32]
        message.make_mixed(boundary=f"=_{digest}")
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()
