"""Setting text in a box: glyph widths and line breaks, without knowing what a PDF is."""
