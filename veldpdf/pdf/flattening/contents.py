"""Drawing behind what a page already has (ISO 32000-2, 7.8.2).

Contents of files in the wild leave graphics states, text objects and marks open, or close more than they opened.
What is added must stand where the page's own space is, whatever went before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pikepdf

from veldpdf.pdf.flattening.entries import inherited
from veldpdf.pdf.flattening.resources import resource
from veldpdf.pdf.objects import get, items_of
from veldpdf.pdf.streams import read_limited

# More marked-content sequences than a page has: a larger number is a mistake, and would need as long an array.
_MAX_MCID = 100_000
# Bytes of a content stream; more than any has.
_LONGEST_CONTENTS = 64 * 1024 * 1024


class Contents:
    """A page's contents, to which something is added that nothing before it can shift or hide.

    Attributes:
        first_free: The lowest number above those of the page's marked-content sequences.
    """

    def __init__(self, pdf: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
        self._pdf = pdf
        self._page = page
        self.first_free = 0
        self._states = self._marks = 0
        self._is_text = self._has_excess = False
        value = get(page, "/Contents")
        found = [value] if isinstance(value, pikepdf.Stream) else items_of(page, "/Contents")
        self._streams = [stream for stream in found if isinstance(stream, pikepdf.Stream)]
        if any(read_limited(stream, _LONGEST_CONTENTS) is None for stream in self._streams):
            return
        for operator, operands in instructions(pikepdf.Page(page), "q Q BT ET BMC BDC EMC"):
            self._follow(operator, operands)

    def _follow(self, operator: str, operands: Sequence[pikepdf.Object]) -> None:
        match operator:
            case "q":
                self._states += 1
            case "Q" if self._states:
                self._states -= 1
            case "Q":
                self._has_excess = True
            case "BT" | "ET":
                self._is_text = operator == "BT"
            case "EMC":
                self._marks = max(self._marks - 1, 0)
            case _:
                self._marks += 1
                self._count(operands[1] if len(operands) > 1 else None)

    def _count(self, properties: object) -> None:
        """Take in the number of a sequence: in a dictionary, or in one that is named (14.6.2)."""
        if isinstance(properties, pikepdf.Name):
            properties = resource("/Properties", properties, [inherited(self._page, "/Resources")])
        number = get(properties, "/MCID") if isinstance(properties, pikepdf.Dictionary) else None
        if isinstance(number, int) and number < _MAX_MCID:
            self.first_free = max(self.first_free, number + 1)

    def append(self, drawing: bytes) -> None:
        """Add what is drawn in the page's own space (8.3.2.3), behind the end of all that was left open."""
        if not self._streams:
            self._page["/Contents"] = self._pdf.make_stream(drawing)
            return
        if self._has_excess:
            # Viewers ignore a Q without its q. Behind a q of ours it would restore what was never saved.
            kept = pikepdf.Page(self._page).get_filtered_contents(_WithoutExcess())
            self._streams = [self._pdf.make_stream(kept)]
        ends = b"\nET\n" if self._is_text else b"\n"
        ends += b"EMC\n" * self._marks + b"Q\n" * (self._states + 1)
        begin, end = self._pdf.make_stream(b"q\n"), self._pdf.make_stream(ends + drawing)
        self._page["/Contents"] = pikepdf.Array([begin, *self._streams, end])


class _WithoutExcess(pikepdf.TokenFilter):
    """Drops each ``Q`` that has nothing to restore (8.4.2)."""

    def __init__(self) -> None:
        super().__init__()
        self._states = 0

    def handle_token(self, token: pikepdf.Token) -> pikepdf.Token | None:
        """Let a token through, or not."""
        if token.type_ == pikepdf.TokenType.word and token.raw_value in (b"q", b"Q"):
            self._states += 1 if token.raw_value == b"q" else -1
            if self._states < 0:
                self._states = 0
                return None
        return token


def instructions(
    contents: pikepdf.Stream | pikepdf.Page, operators: str
) -> Iterator[tuple[str, Sequence[pikepdf.Object]]]:
    """Yield some of the operators of a content stream with their operands; none where it cannot be read."""
    try:
        for instruction in pikepdf.parse_content_stream(contents, operators):
            yield str(instruction.operator), list(instruction.operands)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError):
        return
