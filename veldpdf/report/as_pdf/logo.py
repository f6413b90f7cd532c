"""The logo of who makes the report, as a picture on the title page."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from veldpdf.house_style import Logo
from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.structure import Element

_MOST_HEIGHT = 56.0
_MOST_WIDTH = 200.0
_BELOW = 12.0


class LogoOnPage(Flowable):
    """A logo at the left edge, as large as there is room for it on a title page.

    Attributes:
        canv: What it is drawn on; reportlab sets it.
        total_height: What it takes of the page, the white below it included.
    """

    canv: ReportCanvas

    def __init__(self, logo: Logo, figure: Element) -> None:
        """Measure it.

        Args:
            logo: The picture.
            figure: The element that it belongs to.
        """
        super().__init__()
        scale = min(_MOST_WIDTH / logo.width, _MOST_HEIGHT / logo.height)
        self.width, self.height = logo.width * scale, logo.height * scale
        self.total_height = self.height + _BELOW
        self._logo = logo
        self._figure = figure

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - reportlab's names
        """Return the space it takes."""
        return self.width, self.total_height

    def draw(self) -> None:
        """Draw it."""
        canvas = self.canv
        left, bottom = canvas.absolutePosition(0, _BELOW)
        box = f"{left:.2f} {bottom:.2f} {left + self.width:.2f} {bottom + self.height:.2f}"
        self._figure.attributes = f"/O/Layout/Placement/Block/BBox[{box}]"
        with canvas.content_of(self._figure):
            picture = ImageReader(BytesIO(self._logo.png))
            canvas.drawImage(picture, 0, _BELOW, self.width, self.height, mask="auto")
