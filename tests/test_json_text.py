"""Indented JSON is what Python's own encoder makes of the same values, to the letter."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veldpdf.json_text import indented

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner)
)


@given(_VALUES)
def test_it_is_what_pythons_own_encoder_makes_of_it(value: object) -> None:
    assert indented(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_what_json_has_no_form_for_is_refused() -> None:
    with pytest.raises(TypeError):
        indented({"answer": {b"bytes"}})
    with pytest.raises(TypeError):
        indented({1: "a key that is no text"})
