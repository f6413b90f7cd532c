"""The report as one web page: a single file that asks nothing of anybody.

The page may be published by a public body, so it holds its style itself, has no script, and tells the browser
to refuse anything else (Content Security Policy, level 3). The only style it accepts is the one whose hash
stands in the policy.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from veldpdf.merging import Report
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.templating import TEMPLATES, environment, values_for


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a UTF-8 HTML page."""
    catalogue = presentation.catalogue
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    template = environment(catalogue, autoescape=True).get_template("report.html")
    page = template.render(
        values_for(report, catalogue),
        # The file is ours, and holds no "<".
        style=Markup(style),  # noqa: S704
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    )
    return Rendered(data=page.encode())
