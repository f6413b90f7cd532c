"""``python -m veldpdf.worksheet`` draws every worksheet in ``forms/`` anew, beside its definition."""

from __future__ import annotations

from veldpdf.definition import PAGES_SUFFIX, load_form
from veldpdf.files import write_files
from veldpdf.resources import forms_folder
from veldpdf.worksheet import draw_worksheet, load_pages


def main() -> None:
    """Write the PDF of each worksheet whose pages are described."""
    for path in sorted(forms_folder().glob("*" + PAGES_SUFFIX)):
        definition = path.with_name(path.name.removesuffix(PAGES_SUFFIX) + ".toml")
        form = load_form(definition)
        drawn = draw_worksheet(form, load_pages(path, form))
        write_files({definition.with_suffix(".pdf"): drawn}, overwrite=True)


if __name__ == "__main__":
    main()
