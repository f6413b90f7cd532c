"""What of a widget's picture is the same whatever text stands in it: worked out once, when a template is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from veldpdf.pdf.widgets import Look

# Fill and stroke operators by number of colour components (table 192: none, grey, RGB, CMYK).
FILL = {1: b"g", 3: b"rg", 4: b"k"}
STROKE = {1: b"G", 3: b"RG", 4: b"K"}

# The form's matrix turns the picture upright text is drawn in to how the widget stands (table 192, /R).
_MATRICES = {90: "0 1 -1 0 {height} 0", 180: "-1 0 0 -1 {width} {height}", 270: "0 -1 1 0 0 {width}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A widget without its text.

    Attributes:
        look: How the widget looks.
        frame: The operators that draw background and border.
        clip: The operators' operands for what its text must not leave.
        entries: Entries of the appearance stream's dictionary, up to its fonts (12.5.5).
    """

    look: Look
    frame: bytes = field(repr=False)
    clip: bytes = field(repr=False)
    entries: bytes = field(repr=False)

    @classmethod
    def of(cls, look: Look) -> Self:
        """Take in how a widget looks."""
        box = look.box
        edge = box.border if look.border_colour else 0.0
        size = (box.width, box.height)
        return cls(
            look=look,
            frame=_frame(look),
            clip=numbers(edge, edge, max(box.width - 2 * edge, 0.0), max(box.height - 2 * edge, 0.0)),
            entries=b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]%b" % (*size, _matrix(look)),
        )


def _matrix(look: Look) -> bytes:
    """Return the ``/Matrix`` entry that a turned widget needs; nothing for an upright one."""
    pattern = _MATRICES.get(look.rotation)
    if pattern is None:
        return b""
    upright = look.box
    entries = pattern.format(width=_number(upright.width), height=_number(upright.height))
    return b"/Matrix[%b]" % entries.encode()


def _frame(look: Look) -> bytes:
    """Return background and border: once there is an appearance, viewers draw nothing else."""
    box = look.box
    parts: list[bytes] = []
    if look.background and len(look.background) in FILL:
        parts.append(
            b"%b %b\n0 0 %b re f\n"
            % (
                numbers(*look.background),
                FILL[len(look.background)],
                numbers(box.width, box.height),
            )
        )
    if look.border_colour and len(look.border_colour) in STROKE and box.border:
        inset = box.border / 2
        line = numbers(inset, inset, box.width - box.border, box.height - box.border) + b" re S\n"
        if look.border_style == "U":
            line = b"0 %b m %b l S\n" % (numbers(inset), numbers(box.width, inset))
        dash = b"[3] 0 d\n" if look.border_style == "D" else b""
        parts.append(
            b"%b %b\n%b w\n%b%b"
            % (
                numbers(*look.border_colour),
                STROKE[len(look.border_colour)],
                numbers(box.border),
                dash,
                line,
            )
        )
    return b"q\n%bQ\n" % b"".join(parts) if parts else b""


def _number(value: float) -> str:
    # Two decimals are finer than any printer; more would only make files longer.
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") or "0"


def numbers(*values: float) -> bytes:
    """Return numbers as they stand in a PDF."""
    return " ".join(map(_number, values)).encode()
