"""A definition is written by hand: each mistake is told with the file, the place and the remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from veldpdf.definition import form_as_toml, known_forms, load_form
from veldpdf.errors import DefinitionError, InputError
from veldpdf.model import FieldSpec, FormDefinition, Group, Role, Section

WHOLE = """
id = "klein"
title = "Klein werkblad"
publisher = "Gemeente Waterrijk"
language = "nl"

[[sections]]
id = "een"
title = "Deel één"

[[fields]]
name = "Naam"
section = "een"
label = "Naam"
question = "Hoe heet je?"

[[fields]]
name = "Actie"
section = "een"
label = "Actie"
question = "Wat ga je doen?"
hint = "Kort."
example = "- bellen\\r\\n- mailen "
page = 2
required = false
role = "action"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "klein.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def replaced(file: Path, old: str, new: str) -> Path:
    """Make one change to the definition."""
    assert old in WHOLE
    file.write_text(WHOLE.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_definition_is_read_whole(file: Path) -> None:
    assert load_form(file) == FormDefinition(
        id="klein",
        title="Klein werkblad",
        publisher="Gemeente Waterrijk",
        language="nl",
        sections=(Section(id="een", title="Deel één"),),
        fields=(
            FieldSpec(name="Naam", section="een", label="Naam", question="Hoe heet je?"),
            FieldSpec(
                name="Actie",
                section="een",
                label="Actie",
                question="Wat ga je doen?",
                hint="Kort.",
                example="- bellen\n- mailen ",
                page=2,
                required=False,
                role=Role.ACTION,
            ),
        ),
        source=str(file),
    )


def test_a_definition_answers_questions_about_its_fields(file: Path) -> None:
    form = load_form(str(file))

    assert form.names == ("Naam", "Actie")
    assert form.fields_of(form.sections[0]) == form.fields
    assert form.field("Actie").page == 2
    assert ("Naam" in form, "naam" in form) == (True, False)


def test_the_mark_that_windows_editors_put_in_front_is_no_mistake(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8-sig")

    assert load_form(file).title == "Klein werkblad"


def test_the_embedded_definition_is_the_default_and_known() -> None:
    assert load_form().id == "bouwsteen-3a"
    assert load_form() in known_forms()


@pytest.mark.parametrize(
    ("old", "new", "problem", "remedy"),
    [
        pytest.param(
            'id = "klein"', "", ": id is not there", 'Add a line: id = "…"', id="a key of the form is missing"
        ),
        pytest.param(
            '"Klein werkblad"', '" "', ": title is empty", 'Add a line: title = "…"', id="a blank title"
        ),
        pytest.param(
            '"Klein werkblad"',
            "3",
            ": title has a value of the wrong type",
            "Write a text between quotes behind title =.",
            id="a number for a title",
        ),
        pytest.param(
            'language = "nl"', 'language = "de"', ": language is 'de'", "Write one of: nl, en.", id="language"
        ),
        pytest.param(
            "publisher =", "publischer =", ": unknown key 'publischer'", "Did you mean 'publisher'?", id="key"
        ),
        pytest.param(
            '"Deel één"',
            "1",
            ": section een: title has a value of the wrong type",
            "Write a text between quotes behind title =.",
            id="a section by its id",
        ),
        pytest.param(
            'id = "een"\n',
            "",
            ": section #1: id is not there",
            'Add a line: id = "…"',
            id="a section without an id, by its place",
        ),
        pytest.param(
            'name = "Naam"\n',
            "",
            ", field #1: name is not there",
            'Add a line: name = "…"',
            id="a field without a name, by its place",
        ),
        pytest.param(
            'label = "Actie"\n',
            "",
            ", field Actie: label is not there",
            'Add a line: label = "…"',
            id="a field by its name",
        ),
        pytest.param(
            "required =",
            "requird =",
            ", field Actie: unknown key 'requird'",
            "Did you mean 'required'?",
            id="r",
        ),
        pytest.param(
            "= false",
            '= "nee"',
            ", field Actie: required has a value of the wrong type",
            "Write true or false, without quotes behind required =.",
            id="a word for yes or no",
        ),
        pytest.param(
            "page = 2",
            "page = 0",
            ", field Actie: page has a value of the wrong type",
            "Write a page number, from 1 behind page =.",
            id="page nought",
        ),
        pytest.param(
            "page = 2",
            "page = true",
            ", field Actie: page has a value of the wrong type",
            "Write a page number, from 1 behind page =.",
            id="true is no page, though Python says it is 1",
        ),
        pytest.param(
            'role = "action"',
            'role = "acton"',
            ", field Actie: there is no role 'acton'",
            "Did you mean 'action'?",
            id="role",
        ),
        pytest.param(
            'role = "action"',
            'role = ["action"]',
            ", field Actie: there is no role ['action']",
            "Did you mean 'action'?",
            id="a list of roles",
        ),
        pytest.param(
            'section = "een"',
            'section = "eem"',
            ", field Naam: there is no section 'eem'",
            "Did you mean 'een'?",
            id="section",
        ),
        pytest.param(
            'name = "Actie"',
            'name = "Naam"',
            ": 'Naam' is there twice",
            "Give each section and each field a name of its own.",
            id="a name twice",
        ),
        pytest.param(
            "[[sections]]",
            "[sections]",
            ": there are no sections",
            "Add at least one table that begins with [[sections]].",
            id="one table where a list should be",
        ),
        pytest.param(
            "required = false",
            'required_with = ["Naan"]',
            ": there is no field 'Naan'",
            "Did you mean 'Naam'?",
            id="a companion that is not there",
        ),
        pytest.param(
            "required = false",
            'required_with = "Naam"',
            ", field Actie: required_with has a value of the wrong type",
            'Write a list of texts: ["…", "…"] behind required_with =.',
            id="a companion that is no list",
        ),
        pytest.param(
            "page = 2",
            "min_length = -1",
            ", field Actie: min_length has a value of the wrong type",
            "Write a whole number, 0 or more, without quotes behind min_length =.",
            id="a length below nothing",
        ),
        pytest.param(
            'role = "action"',
            'role = "action"\n[[groups]]\nlabel = "Beide"\nfields = ["Naam", "Actie"]\nat_least = 3',
            ": at_least is 3, and the group has 2 fields",
            "Name more fields, or ask for fewer.",
            id="more asked than there is",
        ),
        pytest.param(
            'role = "action"',
            'role = "action"\n[[groups]]\nlabel = "Beide"\nfields = ["Naam", "Naam"]',
            ": 'Naam' is there twice",
            "Give each section and each field a name of its own.",
            id="a field twice in a group",
        ),
        pytest.param(
            'language = "nl"',
            'language = "nl"\nthin = ["n.v.t.", ""]',
            ": thin has a value of the wrong type",
            'Write a list of texts: ["…", "…"] behind thin =.',
            id="a thin answer that is none",
        ),
    ],
)
def test_a_mistake_is_told_with_file_place_and_remedy(
    file: Path, old: str, new: str, problem: str, remedy: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_form(replaced(file, old, new))

    assert str(caught.value) == f"{file}{problem}\n{remedy}"


def test_rules_are_read_and_written(file: Path) -> None:
    with_rules = WHOLE.replace('language = "nl"', 'language = "nl"\nthin = ["n.v.t."]').replace(
        "required = false", 'required_with = ["Naam"]\nmin_length = 9'
    )
    file.write_text(with_rules + '[[groups]]\nlabel = "Beide"\nfields = ["Naam", "Actie"]\n', encoding="utf-8")
    form = load_form(file)
    assert form.thin == ("n.v.t.",)
    assert form.groups == (Group(label="Beide", fields=("Naam", "Actie"), at_least=1),)
    assert (form.field("Actie").required_with, form.field("Actie").min_length) == (("Naam",), 9)

    again = file.with_name("opnieuw.toml")
    again.write_text(form_as_toml(form), encoding="utf-8")
    assert replace(load_form(again), source="") == replace(form, source="")


def test_a_definition_without_fields_is_none(file: Path) -> None:
    file.write_text(WHOLE.partition("[[fields]]")[0], encoding="utf-8")

    with pytest.raises(DefinitionError, match=r"there are no fields\nAdd at least one table .*\[\[fields\]\]"):
        load_form(file)


def test_what_is_no_toml_is_told_with_its_line(file: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_form(replaced(file, 'language = "nl"', 'language = "nl'))

    assert str(file) in caught.value.what
    assert "line 5" in caught.value.what
    assert caught.value.remedy.startswith("Mend that line")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param(WHOLE.encode("cp1252"), f"byte {WHOLE.index('é')} is not UTF-8", id="Windows"),
        pytest.param(WHOLE.encode("utf-16"), "byte 0 is not UTF-8", id="UTF-16"),
    ],
)
def test_another_encoding_is_told_with_the_first_odd_byte(file: Path, raw: bytes, problem: str) -> None:
    file.write_bytes(raw)

    with pytest.raises(DefinitionError) as caught:
        load_form(file)

    assert str(caught.value) == f"{file}: {problem}\nSave the file as UTF-8 in your editor."


@pytest.mark.parametrize("value", ["[" * 20_000, "1" * 5_000], ids=["brackets", "digits"])
def test_a_value_without_end_is_a_mistake_like_any_other(file: Path, value: str) -> None:
    file.write_text(f"id = {value}")

    with pytest.raises(DefinitionError, match="without end"):
        load_form(file)


@pytest.mark.parametrize("name", ["nergens.toml", "."], ids=["missing", "a folder"])
def test_a_path_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_form(tmp_path / name)

    assert caught.value.what.startswith(f"{tmp_path / name}: the definition cannot be read: ")
    assert caught.value.remedy == "Give the path of a definition file (.toml)."
