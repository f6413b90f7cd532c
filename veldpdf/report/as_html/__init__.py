"""The report as one web page: a single file that asks nothing of anybody.

The page may be published by a public body, so it holds its style itself, has no script, and tells the browser
to refuse anything else (Content Security Policy, level 3). The only style it accepts is the one whose hash
stands in the policy. `own_layout` says the same of what a user's own layout makes.

`filtering` makes the choice of partner, question and state out of style rules alone; `styling` makes the colours.
"""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from veldpdf.house_style import HouseStyle, Logo, LogoKind
from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.model import State
from veldpdf.report.as_html.filtering import Filter
from veldpdf.report.as_html.own_layout import by_layout
from veldpdf.report.as_html.styling import font_faces, palettes
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.templating import TEMPLATES, environment, values_for
from veldpdf.report.wording import STATES, SYMBOLS

_MEDIA_TYPES = {LogoKind.PNG: "image/png", LogoKind.SVG: "image/svg+xml"}
# In CSS pixels: high enough for a coat of arms, low enough for a word in capitals.
_LOGO_HEIGHT, _LOGO_WIDTH = 72.0, 320.0


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a UTF-8 HTML page.

    Raises:
        LayoutError: The user's own layout has a mistake.
    """
    catalogue, house = presentation.catalogue, presentation.style
    layout = presentation.layout_for(".html")
    if layout is not None:
        return Rendered(data=by_layout(layout, report, catalogue).encode())
    choices = Filter(report)
    style = "\n".join(
        (
            font_faces(house.fonts),
            palettes(house),
            (TEMPLATES / "report.css").read_text(encoding="utf-8"),
            choices.rules,
        )
    )
    worksheet = report.form.language
    template = environment(catalogue, autoescape=True).get_template("report.html")
    page = template.render(
        values_for(report, presentation),
        # Colours were parsed, the rules name indexes only, and the file is ours: there is no "<" in any.
        style=Markup(style),  # noqa: S704
        policy=_policy(style, house),
        choices=choices,
        cells=_matrix_cells(report, catalogue, choices),
        house=house,
        logo=None if house.logo is None else _logo(house.logo),
        # Language of parts (WCAG 2.1, 3.1.2): what the worksheet asks, and what was answered to it.
        lang=Markup(' lang="{}"').format(worksheet) if worksheet != catalogue.language else "",
    )
    return Rendered(data=page.encode())


def _matrix_cells(
    report: Report, catalogue: Catalogue, choices: Filter
) -> dict[tuple[int, State | None], Markup]:
    """Return each cell that the matrix may have, by the question's index and the state: it has very many."""
    first = {chapter.questions[0].number for chapter in report.chapters}
    cell = Markup(
        '<td class="qs q{number} {letter}{part}"><span class="symbol is-{state}" aria-hidden="true">{symbol}</span>'
        '<span class="hidden">{words}</span></td>'
    )
    return {
        (question.number - 1, state): cell.format(
            number=question.number,
            letter=choices.state(state),
            part=" part" if question.number in first else "",
            state=state or "absent",
            symbol=SYMBOLS[state],
            words=catalogue(words),
        )
        for question in report.questions
        for state, words in STATES.items()
    }


def _policy(style: str, house: HouseStyle) -> str:
    """Return what the page lets in: its style, and the pictures and fonts that it holds."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    allowed = [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        *(["img-src data:"] if house.logo else []),
        *(["font-src data:"] if house.fonts else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(allowed)


def _logo(logo: Logo) -> dict[str, str | int]:
    """Return what the logo's element says; in an ``img`` an SVG cannot run scripts or fetch anything."""
    scale = min(_LOGO_HEIGHT / logo.height, _LOGO_WIDTH / logo.width)
    return {
        "address": f"data:{_MEDIA_TYPES[logo.kind]};base64,{base64.b64encode(logo.data).decode('ascii')}",
        "width": max(round(logo.width * scale), 1),
        "height": max(round(logo.height * scale), 1),
    }
