"""Filling a PDF: a template compiled once, its fields set and drawn, the changes appended to its bytes."""
