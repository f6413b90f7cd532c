"""A user's own layout of the page: what was typed is escaped, and the page is told to let nothing act.

A layout may be careless: an attribute without quotes, a link to what somebody typed. So the first thing in the page's
head is a policy (Content Security Policy, level 3) under which no script runs, nothing is fetched and no form is
sent, wherever a typed text came to stand.
"""

from __future__ import annotations

import re

from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.report.layouts import filled
from veldpdf.report.presentation import LayoutFile
from veldpdf.templating import NotATextError
from veldpdf.typed_text import visible

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# How far what comes before anything else in the head reaches. A tag ends at the first ">" outside quotes, a comment
# at "-->" and at "--!>" as well (HTML, 13.2.5.52). Possessive: nothing is gone over twice.
_SPACE = r"(?:\s|<!--(?!-?>)(?:(?!--!?>).)*+--!?>)*+"
_TAG = r"""(?:[\s/](?:[^>"']|"[^"]*"|'[^']*')*+)?+>"""
_BEGINNING = re.compile(
    rf"{_SPACE}(?P<type><!doctype\s+html\s*>)?(?:{_SPACE}<html{_TAG})?(?:{_SPACE}<head{_TAG})?",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(r"<meta\s+charset", re.IGNORECASE)


def by_layout(layout: LayoutFile, report: Report, catalogue: Catalogue) -> str:
    """Return the page that a user's layout makes.

    Raises:
        LayoutError: The layout has a mistake.
    """
    return _policed(filled(layout, report, catalogue, finalize=_shown, autoescape=True))


def _policed(page: str) -> str:
    """Return a page with the policy as the first thing in its head, whether it has written one or not."""
    beginning = _BEGINNING.match(page)
    end = beginning.end() if beginning else 0
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    if not _CHARSET.search(page, end):
        head = f'<meta charset="utf-8">{head}'
    kind = "" if beginning and beginning["type"] else "<!DOCTYPE html>\n"
    return f"{kind}{page[:end]}{head}{page[end:]}"


def _shown(value: object) -> object:
    """Return a printed value as a text that can be looked at; escaping comes after this."""
    if isinstance(value, (dict, list, tuple)):
        raise NotATextError
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) else value
