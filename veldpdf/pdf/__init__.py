"""All that knows the PDF format; nothing above this package does.

Clauses in comments are those of ISO 32000-2:2020.
"""
