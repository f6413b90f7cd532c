"""The report as a Word document, for the officer who goes on writing in it.

Everything has a style, so changing a style changes all of its kind; a partner's line is a paragraph, so it can be
moved, marked and made a list item like any other text in Word. `body` writes what there is much of as
WordprocessingML (ISO/IEC 29500-1, 17), in one pass; `frame` has python-docx, an extra, make the document around it.
"""

from __future__ import annotations

from veldpdf.merging import Report
from veldpdf.messages import Message
from veldpdf.office_packages import tell_missing
from veldpdf.report.as_docx.body import body
from veldpdf.report.presentation import Presentation, Rendered


def require() -> None:
    """Make sure that Word documents can be written.

    Raises:
        MissingExtraError: python-docx is not installed.
    """
    try:
        import docx  # noqa: F401, PLC0415 - an extra, asked for before any work is done
    except ImportError as exc:
        tell_missing(Message("Word"), "python-docx", exc)


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a Word document.

    Raises:
        MissingExtraError: python-docx is not installed.
    """
    require()
    from veldpdf.report.as_docx.frame import Frame  # noqa: PLC0415 - needs the extra

    frame = Frame(report, presentation)
    return Rendered(data=frame.packed(body(report, presentation, frame.add_picture, frame.section_ends)))
