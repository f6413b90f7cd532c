"""Rich text (12.7.4.4) as plain text: what stands between the tags, a line for each paragraph."""

from __future__ import annotations

from html.parser import HTMLParser

_LONGEST = 1024 * 1024
_BLOCKS = frozenset({"p", "div", "li", "br", "tr"})


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _BLOCKS and self.parts:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        # Line ends in the source are white space, as in HTML.
        self.parts.append(data.replace("\r", "\n").replace("\n", " ") if data.strip() else "")


def plain(rich: str) -> str:
    """Return the text of a rich text string; never raises."""
    parser = _Plain()
    try:
        parser.feed(rich[:_LONGEST])
        parser.close()
    except (
        AssertionError,
        ValueError,
    ):  # what html.parser makes of declarations cut short, and of huge numbers
        pass
    return "".join(parser.parts).strip("\n")
