"""What counts as saying something, for properties over any text."""

from __future__ import annotations

from unicodedata import category


def says_something(text: str) -> bool:
    """Whether anything in a text shows: white space, format characters and NUL do not."""
    return any(
        not character.isspace() and character != "\0" and category(character) != "Cf" for character in text
    )
