"""Messages to partners who are not done yet: what they ask, how they lie ready, and what officers may change."""

from __future__ import annotations

import ctypes
import email
import email.policy
import io
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any, NamedTuple

import click
import pikepdf
import pymupdf
import pypdfium2 as pdfium
import pytest
from pypdfium2 import raw

from tests.conftest import ROOT
from tests.forms import merged
from veldpdf.cli.letters import LettersOptions, letters_options, write_letters
from veldpdf.cli.settings import Readers, reading_options
from veldpdf.completeness import classify, find_gaps
from veldpdf.definition import load_form, parse_form
from veldpdf.errors import (
    InputError,
    OutputError,
    OutputExistsError,
    TemplateError,
    ValuesError,
    VeldpdfError,
)
from veldpdf.language import catalogue
from veldpdf.letters.letters import Gap, Letter, letter_for, letters_for
from veldpdf.letters.mail import as_eml
from veldpdf.letters.rendering import Text, Wishes, find_layout, load_layout, render
from veldpdf.letters.worksheets import Attachment, worksheet_for
from veldpdf.messages import counted
from veldpdf.model import Answer, NameFrom, State, Status, Submission
from veldpdf.pdf.filling.template import Template
from veldpdf.templating import _FILTERS, Layout, LayoutError
from veldpdf.typesetting.boxes import TextBox

FORM = parse_form(
    {
        "id": "klein",
        "title": "Klein werkblad",
        "publisher": "Gemeente Waterrijk",
        "language": "nl",
        "thin": ["n.v.t."],
        "sections": [{"id": "s", "title": "Deel"}],
        "fields": [
            {"name": "Doel", "section": "s", "label": "Het doel", "question": "Wat wil je bereiken?"},
            {"name": "Wie", "section": "s", "label": "Wie meedoen", "question": "Wie?", "example": "De GGD."},
            {"name": "Maat", "section": "s", "label": "De maat", "question": "Hoe meten?", "page": 2},
            {
                "name": "Vaak",
                "section": "s",
                "label": "Hoe vaak",
                "question": "Hoe vaak?",
                "page": 2,
                "required": False,
                "required_with": ["Maat"],
            },
            {
                "name": "Waarom",
                "section": "s",
                "label": "Waarom",
                "question": "Waarom?",
                "page": 3,
                "required": False,
                "min_length": 20,
            },
            {"name": "Een", "section": "s", "label": "Een", "question": "?", "page": 4, "required": False},
            {"name": "Twee", "section": "s", "label": "Twee", "question": "?", "page": 4, "required": False},
        ],
        "groups": [{"label": "Acties", "fields": ["Een", "Twee"], "at_least": 1}],
    },
    source="klein.toml",
)
# What a partner said, to be found in no letter.
MARKER = "Jan slaat zijn zusje"
DONE: Mapping[str, Answer] = {
    name: Answer(text=f"{MARKER} elke dag weer", state=State.ANSWERED) for name in FORM.names
}
DEADLINE = date(2026, 12, 1)
EMPTY = Answer(text="", state=State.EMPTY)


def submission(status: Status = Status.READ, /, **answers: Answer | None) -> Submission:
    given = {name: answer for name, answer in {**DONE, **answers}.items() if answer is not None}
    return Submission(
        source="post.eml/ggd.pdf",
        partner="GGD Waterrijk",
        status=status,
        form=FORM.id,
        answers=given if status.has_answers else {},
    )


def letter(of: Submission) -> Letter:
    made = letter_for(FORM, find_gaps(FORM, of))
    assert made is not None
    return made


def worded(
    of: Submission, language: str = "nl", *, wishes: Wishes | None = None, attachment: Attachment | None = None
) -> Text:
    return render(
        load_layout(find_layout(None, language)),
        letter(of),
        FORM,
        catalogue(language),
        wishes=wishes or Wishes(),
        attachment=attachment,
    )


def paragraphs(text: Text) -> list[str]:
    return text.body.rstrip("\n").split("\n\n")


def attachment(**settings: bool) -> Attachment:
    return Attachment(pdf=b"", left_out={}, **{"is_prefilled": False, "is_locked": False, **settings})


# What is asked.


def test_nothing_is_asked_of_who_is_done() -> None:
    assert letter_for(FORM, find_gaps(FORM, submission())) is None


def test_an_answer_that_says_little_is_no_reason_to_write() -> None:
    assert (
        letter_for(FORM, find_gaps(FORM, submission(Doel=Answer(text="n.v.t.", state=State.ANSWERED)))) is None
    )


def test_nothing_is_asked_about_a_submission_that_another_replaces() -> None:
    old = Submission(
        source="oud.pdf", partner="GGD", status=Status.SCAN, form=FORM.id, superseded_by="nieuw.pdf"
    )
    assert letter_for(FORM, find_gaps(FORM, old)) is None


BOX = TextBox(width=120, height=20, font_size=10)

GAPS = [
    pytest.param(
        {"Doel": EMPTY},
        "Hier is nog niets ingevuld:\n- bladzijde 1: Het doel",
        "Nothing is filled in here yet:\n- page 1: Het doel",
        id="empty",
    ),
    pytest.param(
        {"Doel": None},
        "Deze vragen staan niet in het bestand dat u stuurde:\n- bladzijde 1: Het doel",
        "These questions are not in the file that you sent:\n- page 1: Het doel",
        id="not in the file",
    ),
    pytest.param(
        {"Wie": Answer(text="De GGD.", state=State.EXAMPLE)},
        "Hier staat alleen nog het voorbeeld van het werkblad:\n- bladzijde 1: Wie meedoen",
        "Here only the worksheet's example stands:\n- page 1: Wie meedoen",
        id="example",
    ),
    pytest.param(
        {"Doel": Answer(text=f"{MARKER} " * 3, state=State.ANSWERED, box=BOX)},
        "Hier is de tekst langer dan het vak kan tonen. Op papier valt het einde weg. Wilt u de tekst inkorten?\n"
        "- bladzijde 1: Het doel (35 tekens te veel)",
        "Here the text is longer than the box can show. On paper its end is cut off. Would you shorten it?\n"
        "- page 1: Het doel (35 characters too many)",
        id="too long",
    ),
    pytest.param(
        {"Doel": Answer(text=MARKER, state=State.ANSWERED, is_cut_off=True)},
        "Hier is de tekst langer dan het vak kan tonen. Op papier valt het einde weg. Wilt u de tekst inkorten?\n"
        "- bladzijde 1: Het doel",
        "Here the text is longer than the box can show. On paper its end is cut off. Would you shorten it?\n"
        "- page 1: Het doel",
        id="cut off, nobody knows by how much",
    ),
    pytest.param(
        {"Vaak": EMPTY},
        "Verder vraagt het werkblad:\n- bladzijde 2: Hoe vaak is nodig omdat De maat is beantwoord.",
        "The worksheet also asks:\n- page 2: Hoe vaak is needed because De maat is answered.",
        id="needed by another answer, told once",
    ),
    pytest.param(
        {"Waarom": Answer(text="n.v.t.", state=State.ANSWERED)},
        "Verder vraagt het werkblad:\n- bladzijde 3: Waarom heeft 6 tekens; er worden er minstens 20 gevraagd.",
        "The worksheet also asks:\n- page 3: Waarom has 6 characters; at least 20 are asked.",
        id="too short, and told once though thin as well",
    ),
    pytest.param(
        {"Een": EMPTY, "Twee": EMPTY},
        "Verder vraagt het werkblad:\n- bladzijde 4: Acties: er wordt er minstens 1 gevraagd; 0 beantwoord.",
        "The worksheet also asks:\n- page 4: Acties: at least 1 is asked; 0 answered.",
        id="too few of a group",
    ),
]


@pytest.mark.parametrize(("answers", "dutch", "english"), GAPS)
def test_a_gap_is_told_by_page_and_label(answers: dict[str, Answer | None], dutch: str, english: str) -> None:
    for language, said in (("nl", dutch), ("en", english)):
        text = worded(submission(**answers), language)

        assert paragraphs(text)[2] == said
        assert len(paragraphs(text)) == 5  # greeting, thanks, the gap, what to do, thanks, who writes
        assert MARKER not in text.whole
    assert letter(submission(**answers)).count == 1


@pytest.mark.parametrize(
    ("language", "partly", "thin"),
    [
        (
            "nl",
            "Hier staat behalve uw antwoord ook nog tekst van het voorbeeld. Wilt u weghalen wat niet van u is?\n"
            "- bladzijde 1: Wie meedoen",
            "Hier zegt het antwoord nog weinig. Kunt u het aanvullen?\n- bladzijde 2: De maat",
        ),
        (
            "en",
            "Here text of the example still stands beside your answer. Would you take out what is not yours?\n"
            "- page 1: Wie meedoen",
            "Here the answer says little yet. Could you add to it?\n- page 2: De maat",
        ),
    ],
)
def test_who_gets_a_letter_is_told_what_is_worth_a_look_as_well(language: str, partly: str, thin: str) -> None:
    sent = submission(
        Doel=EMPTY,
        Wie=Answer(text=f"De GGD. {MARKER}", state=State.PARTLY_EXAMPLE),
        Maat=Answer(text="n.v.t.", state=State.ANSWERED),
    )

    assert paragraphs(worded(sent, language))[3:5] == [partly, thin]
    assert letter(sent).count == 3


def test_a_required_field_is_not_asked_for_twice_because_of_a_rule() -> None:
    form = load_form()
    answers = {name: Answer(text="iets van ons", state=State.ANSWERED) for name in form.names}
    answers |= dict.fromkeys(["Veld14", "Veld15", "Veld16"], EMPTY)
    sent = Submission(source="x.pdf", partner="x", status=Status.READ, form=form.id, answers=answers)
    result = find_gaps(form, sent)

    made = letter_for(form, result)

    assert len(result.breaches) == 1
    assert made is not None
    assert made.requests == ()
    assert [question.name for question in made.questions[Gap.EMPTY]] == ["Veld14", "Veld15", "Veld16"]


# Whole letters.

INCOMPLETE = """\
Uw werkblad Klein werkblad: nog 3 vragen

Beste GGD Waterrijk,

Dank u wel voor het werkblad Klein werkblad. Wilt u nog naar het volgende kijken?

Hier is nog niets ingevuld:
- bladzijde 1: Het doel
- bladzijde 2: De maat

Hier staat alleen nog het voorbeeld van het werkblad:
- bladzijde 1: Wie meedoen

Vul de antwoorden in het PDF-bestand in dat u al had en sla het op.
Wilt u het uiterlijk op 1 december 2026 naar ons terugsturen?

Hartelijk dank voor uw moeite.

Met vriendelijke groet,

Naam, Gemeente X
"""

SCAN = """\
Your worksheet Klein werkblad: would you send it again?

Dear GGD Waterrijk,

Thank you for your message. The file that we received (ggd.pdf) is a scan: its pages are pictures without form \
fields. We cannot take your answers from them.

Would you send us the PDF file in which you typed the answers by 1 December 2026? Please save it in the program in \
which you fill it in. There is no need to print and scan it.
If you do not have that file any more, you can use the blank worksheet that goes with this message.

Thank you for your trouble.
"""


def test_a_whole_letter_about_what_is_missing() -> None:
    sent = submission(Doel=EMPTY, Wie=Answer(text="De GGD.", state=State.EXAMPLE), Maat=EMPTY)
    wishes = Wishes(sender="Naam, Gemeente X", deadline=DEADLINE)

    assert worded(sent, wishes=wishes).whole == INCOMPLETE


def test_a_whole_letter_about_a_scan() -> None:
    text = worded(submission(Status.SCAN), "en", wishes=Wishes(deadline=DEADLINE), attachment=attachment())

    assert text.whole == SCAN


@pytest.mark.parametrize(
    ("status", "subject", "told", "to_do"),
    [
        (
            Status.LOCKED,
            "Uw werkblad Klein werkblad: wilt u het opnieuw sturen?",
            "Dank u wel voor uw bericht. Het bestand dat wij kregen (ggd.pdf) is met een wachtwoord beveiligd. Wij"
            " kunnen het daardoor niet openen.",
            "Wilt u het werkblad zonder wachtwoord opslaan en het opnieuw sturen?",
        ),
        (
            Status.UNREADABLE,
            "Uw werkblad Klein werkblad: wilt u het opnieuw sturen?",
            "Dank u wel voor uw bericht. Het bestand dat wij kregen (ggd.pdf) kunnen wij niet lezen: het is"
            " beschadigd, of het is geen werkblad.",
            "Wilt u het werkblad openen in het programma waarmee u het invulde, het daar opslaan, en het opnieuw"
            " sturen?",
        ),
        (
            Status.OTHER,
            "Uw werkblad Klein werkblad: wilt u het opnieuw sturen?",
            "Dank u wel voor uw bericht. Het bestand dat wij kregen (ggd.pdf) is niet het werkblad Klein werkblad."
            " Misschien is een ander bestand meegestuurd.",
            "Wilt u ons het PDF-bestand sturen waarin u de antwoorden typte? Sla het op in het programma waarmee u het"
            " invult. Printen en scannen is niet nodig.",
        ),
        (
            Status.SCAN,
            "Uw werkblad Klein werkblad: wilt u het opnieuw sturen?",
            "Dank u wel voor uw bericht. Het bestand dat wij kregen (ggd.pdf) is een scan: de bladzijden zijn foto's"
            " zonder invulvelden. Uw antwoorden kunnen wij daar niet uit overnemen.",
            "Wilt u ons het PDF-bestand sturen waarin u de antwoorden typte? Sla het op in het programma waarmee u het"
            " invult. Printen en scannen is niet nodig.",
        ),
        (
            Status.RECOVERED,
            "Uw werkblad Klein werkblad: wilt u onze lezing nakijken?",
            "Dank u wel voor het werkblad Klein werkblad. In het bestand dat wij kregen (ggd.pdf) staan geen"
            " invulvelden meer; dat gebeurt als een werkblad wordt geprint of als nieuwe PDF wordt opgeslagen. Wij"
            " hebben uw antwoorden van de bladzijden overgenomen. Daarbij kan iets zijn misgegaan.",
            "Hebt u het PDF-bestand nog waarin u de antwoorden typte? Wilt u dat dan naar ons sturen?\n"
            "Sla het op in het programma waarmee u het invult. Printen en scannen is niet nodig.",
        ),
    ],
)
def test_a_file_without_fields_is_asked_for_again(status: Status, subject: str, told: str, to_do: str) -> None:
    text = worded(submission(status))

    assert text.subject == subject
    assert paragraphs(text) == [
        "Beste GGD Waterrijk,",
        told,
        to_do,
        "Hartelijk dank voor uw moeite.",
    ]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.READ])
@pytest.mark.parametrize("with_worksheet", [False, True])
def test_both_languages_say_something_of_every_status(status: Status, *, with_worksheet: bool) -> None:
    along = attachment(is_prefilled=status.has_answers) if with_worksheet else None
    counts = []
    for language in ("nl", "en"):
        text = worded(submission(status), language, wishes=Wishes(deadline=DEADLINE), attachment=along)
        counts.append([len(part.splitlines()) for part in paragraphs(text)])
        assert text.body.count("2026") == 1, text.body
        along_told = "bij dit bericht zit" in text.body.lower() or "goes with this message" in text.body
        assert along_told is with_worksheet
    assert counts[0] == counts[1]


def test_a_printed_copy_without_any_answer_is_asked_for_whole() -> None:
    """A program that joins files lost the answers: nobody left all questions open."""
    sent = submission(Status.RECOVERED, **dict.fromkeys(FORM.names, EMPTY))

    assert letter(sent).questions == {}
    assert letter(sent).requests == ()
    assert paragraphs(worded(sent))[1].startswith(
        "Dank u wel voor het werkblad Klein werkblad. In het bestand dat"
    )
    assert "alle vakken zijn leeg" in worded(sent).body
    assert "invulde" not in worded(sent).body


def test_what_others_typed_cannot_break_a_line() -> None:
    sent = Submission(
        source="a\nb.pdf", partner="GGD\r\nBcc: x@example.org\u202e", status=Status.SCAN, form=FORM.id
    )

    text = worded(sent)

    assert paragraphs(text)[0] == "Beste GGD Bcc: x@example.org[U+202E],"
    assert "(a b.pdf)" in text.body


def test_who_sent_the_worksheet_after_a_scan_is_not_asked_for_it() -> None:
    def of(status: Status, name_from: NameFrom) -> list[str]:
        items = [
            Submission(source="scan.pdf", partner="GGD", status=Status.SCAN, form="klein", name_from=name_from),
            Submission(
                source="blad.pdf", partner="ggd", status=status, form="klein", answers=DONE, name_from=name_from
            ),
        ]
        return [item.source for _, item in letters_for(FORM, [find_gaps(FORM, each) for each in items])]

    assert of(Status.READ, NameFrom.OFFICER) == []
    assert of(Status.READ, NameFrom.FILE) == ["scan.pdf"]
    assert of(Status.OTHER, NameFrom.OFFICER) == ["scan.pdf", "blad.pdf"]


# A user's own text.


def layout(text: str) -> Layout:
    return Layout(text, source="letter.txt", finalize=lambda value: value)


def own(text: str, folder: Path, name: str = "letter.nl.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    sent = submission(Doel=EMPTY, Maat=EMPTY)
    found = load_layout(find_layout(folder, "nl"))
    return render(found, letter(sent), FORM, catalogue("nl"), wishes=Wishes(deadline=DEADLINE)).whole


def test_a_layout_of_the_language_wins_over_one_for_all_and_that_over_ours(tmp_path: Path) -> None:
    assert own("Alle talen\n\nDag {{ partner }}", tmp_path, "letter.txt") == "Alle talen\n\nDag GGD Waterrijk\n"
    assert own("Nederlands\n\nDag {{ partner }}", tmp_path) == "Nederlands\n\nDag GGD Waterrijk\n"
    assert find_layout(tmp_path, "en") == tmp_path / "letter.txt"
    assert find_layout(None, "en") == ROOT / "veldpdf" / "letters" / "templates" / "letter.en.txt"


def test_a_layout_sees_the_documented_names_and_no_others(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in manual.split("| Name |")[1].splitlines() if line.startswith("| `")]
    names = [name.strip("` ") for row in rows for name in row.split(",")]

    assert "questions.too_long" in names
    for name in names:
        own(f"Alles\n\nx {{{{ {name} }}}}", tmp_path)
    with pytest.raises(LayoutError) as caught:
        own("Alles\n\n{{ answers }}", tmp_path)
    told = caught.value.remedy.removeprefix("A layout may use: ").rstrip(".").split(", ")
    assert {name.split(".")[0] for name in names} == set(told)


def test_the_documented_layout_is_one(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```jinja\n(.*?)^```", manual, re.DOTALL | re.MULTILINE)

    assert own(text, tmp_path) == (
        "Klein werkblad: a few questions\n\nDear GGD Waterrijk,\n\nNothing is filled in here yet:\n"
        "- page 1: Het doel\n- page 2: De maat\n"
    )


def test_every_documented_filter_is_there_and_no_other() -> None:
    manual = (ROOT / "docs" / "letters.md").read_text(encoding="utf-8")
    told = manual.split("and these filters: ")[1].split(".")[0]

    assert set(re.findall(r"`(\w+)`", told)) == _FILTERS


def test_a_layout_may_loop_filter_and_choose(tmp_path: Path) -> None:
    text = """\
{{ count }} vragen

{% for question in questions.empty %}
{{ loop.index }}. {{ question.label|upper }}{{ "," if not loop.last else "." }}
{% endfor %}
{{ ["a", "b"]|join(" en ") }}{{ " uiterlijk " ~ deadline if deadline }}
"""
    assert own(text, tmp_path) == "2 vragen\n\n1. HET DOEL,\n2. DE MAAT.\na en b uiterlijk 1 december 2026\n"


def test_a_layout_may_be_saved_by_windows(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes("Één\r\n\r\nGroet\r\n".encode("cp1252"))
    (tmp_path / "letter.en.txt").write_bytes("Één\r\n\r\nGroet\r\n".encode("utf-8-sig"))
    for language in ("nl", "en"):
        found = load_layout(find_layout(tmp_path, language))
        assert found.render({}) == "Één\n\nGroet\n"


MISTAKES = [
    pytest.param("{% if partner %}\nx", 2, "Unexpected end of template", id="syntax: no end"),
    pytest.param("{{ partner", 1, "unexpected end of template", id="syntax: open"),
    pytest.param("a\n{{ partnr }}", 2, "there is no 'partnr'", id="a name misspelt"),
    pytest.param("a\n\n{{ questions.emtpy|length }}", 3, "there is no 'emtpy'", id="a key misspelt"),
    pytest.param("{{ ''.__class__.__mro__ }}", 1, "a layout may not do this", id="Python's insides"),
    pytest.param("{{ ''['__class__'] }}", 1, "a layout may not do this", id="the same by another way"),
    pytest.param("a\n{% for i in range(10**9) %}{% endfor %}", 2, "a layout has no 'call'", id="range"),
    pytest.param("{% include '/etc/passwd' %}", 1, "a layout has no 'include'", id="another file"),
    pytest.param("{% import 'x' as y %}", 1, "a layout has no 'import'", id="import"),
    pytest.param("{% extends 'letter.nl.txt' %}", 1, "a layout has no 'extends'", id="extends"),
    pytest.param("{{ partner.upper() }}", 1, "a layout has no 'call'", id="a call"),
    pytest.param("{{ 'x' * 10 }}", 1, "a layout has no 'mul'", id="a text made longer"),
    pytest.param("{{ 2 ** 9 }}", 1, "a layout has no 'pow'", id="a power"),
    pytest.param("{{ '%99d' % 1 }}", 1, "a layout has no 'mod'", id="a format"),
    pytest.param("{{ 'x'|center(99) }}", 1, "a layout has no 'center'", id="a filter that makes longer"),
    pytest.param("{{ [1]|random }}", 1, "a layout has no 'random'", id="a filter of chance"),
    pytest.param("{{ partner|attr('__class__') }}", 1, "a layout has no 'attr'", id="a filter to the insides"),
    pytest.param("{{ partner|_counted }}", 1, "a layout has no '_counted'", id="a filter of ours"),
    pytest.param("{{ partner|none_such }}", 1, "a layout has no 'none_such'", id="no filter"),
    pytest.param("{{ [partner]|map('center', 99)|list }}", 1, "cannot be understood", id="hidden in another"),
    pytest.param("{{ [0]|sum(start=[1, 2]) }}", 1, "cannot be understood", id="a sum of lists"),
    pytest.param("{% set x = 1 %}", 1, "a layout has no 'assign'", id="set"),
    pytest.param("{% macro f() %}{% endmacro %}", 1, "a layout has no 'macro'", id="macro"),
    pytest.param("{% for i in 'x' recursive %}{% endfor %}", 1, "a layout has no 'for'", id="recursion"),
    pytest.param(
        "a\n" + "{% for i in 'xxxxxxxxxx' %}" * 9 + "{% endfor %}" * 9, 2, "goes on for too long", id="loops"
    ),
    pytest.param(
        "{% for i in 'x' %}{% for j in 'y' %}"
        + "{% for k in '"
        + "x" * 900
        + "' %}"
        + "z" * 900
        + "{% endfor %}"
        "{% endfor %}{% endfor %}",
        None,
        "goes on for too long",
        id="a long text",
    ),
    pytest.param(
        "{{ '" + "x" * 999 + "'|join('" + "y" * 999 + "')|join('" + "z" * 999 + "') }}",
        1,
        "goes on for too long",
        id="join",
    ),
    pytest.param("{{ 1 + 'a' }}", 1, "cannot be worked out (TypeError)", id="sum of unlike things"),
    pytest.param("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", None, "goes on for too long", id="brackets"),
    pytest.param("{% if 1 %}" * 200 + "{% endif %}" * 200, None, "cannot be worked out", id="nested deeply"),
]


@pytest.mark.parametrize(("text", "line", "problem"), MISTAKES)
def test_a_mistake_in_a_layout_is_told_with_its_line(
    text: str, line: int | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError) as caught:
        own(text, tmp_path)

    assert isinstance(caught.value, VeldpdfError)
    place = f", line {line}" if line else ""
    assert caught.value.what.startswith(f"{tmp_path / 'letter.nl.txt'}{place}: ")
    assert problem in caught.value.what
    assert caught.value.remedy


def test_a_layout_that_makes_no_letter_is_told(tmp_path: Path) -> None:
    for text in ("", "Alleen een onderwerp\n\n", "\n\n{{ sender }}\n"):
        with pytest.raises(LayoutError, match="this makes no letter for GGD Waterrijk"):
            own(text, tmp_path)


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x1c", "\x85", "\u2028"])
def test_whatever_ends_a_line_in_a_subject_begins_no_header(end: str, tmp_path: Path) -> None:
    subject = own(f"Vraag{end}{end}Bcc: x@y.example\n\nDag", tmp_path).splitlines()[0]

    made = parsed(as_eml(to=["a@b.example"], subject=subject, body="Dag\n"))

    assert "Bcc" not in made
    assert len(made.keys()) == 6
    assert made["Subject"].startswith("Vraag")


def test_a_folder_without_a_layout_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no letter\.nl\.txt in this folder"):
        find_layout(tmp_path, "nl")


# As an e-mail.


def parsed(eml: bytes) -> EmailMessage:
    message = email.message_from_bytes(eml, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(part: MIMEPart) -> str:
    """Return a text; line ends are those of e-mail (RFC 5322, 2.3)."""
    text = part.get_content()
    assert isinstance(text, str)
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n", "\n")


def test_an_email_is_read_back_as_it_was_meant() -> None:
    message = parsed(
        as_eml(
            to=["a@example.org", "b@example.org"],
            subject="Uw werkblad – één vraag",
            body="Beste café,\n\n=_ & – €\n.\n" + "lang " * 60 + "\n",
            name="SV Waterrijk ’58.pdf",
            pdf=b"%PDF-1.7\r\n\0\xff",
        )
    )

    body = message.get_body()
    assert body is not None
    (along,) = message.iter_attachments()
    assert message["To"] == "a@example.org, b@example.org"
    assert message["Subject"] == "Uw werkblad – één vraag"
    assert message["X-Unsent"] == "1"
    assert message.keys() == ["X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"]
    assert content(body) == "Beste café,\n\n=_ & – €\n.\n" + "lang " * 60 + "\n"
    assert (along.get_content_type(), along.get_filename()) == ("application/pdf", "SV Waterrijk ’58.pdf")
    assert along.get_content() == b"%PDF-1.7\r\n\0\xff"
    assert message.defects == []


def test_an_email_without_a_worksheet_is_text_alone_and_may_be_dated() -> None:
    message = parsed(as_eml(to=["a@example.org"], subject="x", body="y\n", day=date(2026, 11, 23)))

    assert message.get_content_type() == "text/plain"
    assert content(message) == "y\n"
    assert message["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000"


def test_a_subject_cannot_begin_another_header() -> None:
    """The standard library refuses; a layout's first line never has a line end in it."""
    with pytest.raises(ValueError, match="linefeed"):
        as_eml(to=["a@example.org"], subject="x\r\nBcc: y@example.org", body="z\n")


# The worksheet that goes along.


class Widget(NamedTuple):
    """What PDFium says of a field."""

    name: str
    value: str
    is_locked: bool


def widgets(pdf: bytes) -> Iterator[Widget]:
    """Yield the fields that a person can see."""
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    for page in document:
        for index in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, index)
            if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET:
                name = text_of(raw.FPDFAnnot_GetFormFieldName, document, annotation)
                value = text_of(raw.FPDFAnnot_GetFormFieldValue, document, annotation)
                locked = bool(raw.FPDFAnnot_GetFormFieldFlags(document.formenv, annotation) & 1)
                if name != "veldpdf_partner":
                    yield Widget(name, value.replace("\r\n", "\n").replace("\r", "\n"), locked)
            raw.FPDFPage_CloseAnnot(annotation)


def flags(pdf: bytes) -> dict[str, bool]:
    """Return whether each field is read-only (12.7.4.1, table 227)."""
    return {widget.name: widget.is_locked for widget in widgets(pdf)}


def values(pdf: bytes) -> dict[str, str]:
    return {widget.name: widget.value for widget in widgets(pdf)}


def text_of(function: Any, document: pdfium.PdfDocument, annotation: Any) -> str:
    size = function(document.formenv, annotation, None, 0)
    buffer = (ctypes.c_ushort * (size // 2))()
    function(document.formenv, annotation, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")


def small_template(**entries: Any) -> Template:
    form = merged(dict.fromkeys(FORM.names, ""))
    form.fields[1].V = form.fields[1].DV = pikepdf.String("De GGD.")
    for key, value in entries.items():
        form.fields[0][f"/{key}"] = value
    return Template.open(form.bytes(), form=FORM)


def test_what_is_asked_is_open_and_all_else_is_locked() -> None:
    sent = submission(
        Doel=Answer(text=f"{MARKER} " * 3, state=State.ANSWERED, box=BOX),
        Wie=Answer(text="De GGD. En wij.", state=State.PARTLY_EXAMPLE),
        Maat=EMPTY,
        Waarom=Answer(text="n.v.t.", state=State.ANSWERED),
        Een=EMPTY,
    )

    made = worksheet_for(small_template(), letter(sent), sent)

    assert flags(made.pdf) == {
        "Doel": False,
        "Wie": False,
        "Maat": False,
        "Vaak": True,
        "Waarom": False,
        "Een": True,
        "Twee": True,
    }
    assert values(made.pdf) == {
        "Doel": f"{MARKER} " * 3,
        "Wie": "De GGD. En wij.",
        "Maat": "",
        "Vaak": f"{MARKER} elke dag weer",
        "Waarom": "n.v.t.",
        "Een": "",
        "Twee": f"{MARKER} elke dag weer",
    }
    assert (made.is_prefilled, made.is_locked, made.left_out) == (True, True, {})


def test_an_example_that_was_left_stands_in_the_new_worksheet_as_well() -> None:
    sent = submission(Wie=Answer(text="De GGD. ", state=State.EXAMPLE))

    made = worksheet_for(small_template(), letter(sent), sent)

    assert values(made.pdf)["Wie"] == "De GGD."
    assert [name for name, locked in flags(made.pdf).items() if not locked] == ["Wie"]


def test_of_a_printed_copy_everything_stays_open() -> None:
    sent = submission(Status.RECOVERED, Maat=EMPTY)

    made = worksheet_for(small_template(), letter(sent), sent)

    assert not any(flags(made.pdf).values())
    assert values(made.pdf)["Doel"] == f"{MARKER} elke dag weer"
    assert (made.is_prefilled, made.is_locked) == (True, False)


@pytest.mark.parametrize("status", [Status.SCAN, Status.LOCKED, Status.OTHER, Status.UNREADABLE])
def test_who_sent_no_answers_gets_a_blank_worksheet(status: Status) -> None:
    sent = submission(status)

    made = worksheet_for(small_template(), letter(sent), sent)

    assert not any(flags(made.pdf).values())
    assert {name: text for name, text in values(made.pdf).items() if text} == {"Wie": "De GGD."}
    assert (made.is_prefilled, made.is_locked) == (False, False)


def test_an_answer_that_cannot_go_in_is_told_and_its_field_stays_open() -> None:
    sent = submission(Maat=EMPTY)

    made = worksheet_for(small_template(MaxLen=5), letter(sent), sent)

    assert made.left_out == {
        "Doel": f"Field Doel holds at most 5 characters; the value has {len(DONE['Doel'].text)}."
    }
    assert not flags(made.pdf)["Doel"]
    assert values(made.pdf)["Doel"] == ""


def test_an_answer_without_a_field_in_the_new_worksheet_is_told() -> None:
    template = Template.open(merged({"Maat": "", "Wie": ""}).bytes(), form=FORM)
    sent = submission(Maat=EMPTY)

    made = worksheet_for(template, letter(sent), sent)

    assert set(made.left_out) == set(FORM.names) - {"Maat", "Wie"}
    assert set(made.left_out.values()) == {"the worksheet has no such field."}


def test_what_is_chosen_in_a_list_of_several_goes_along() -> None:
    form = merged(dict.fromkeys(FORM.names[1:], ""))
    form.fields.append(
        form.widget(
            FT=pikepdf.Name.Ch,
            T=pikepdf.String("Doel"),
            Ff=1 << 21,
            Opt=pikepdf.Array(["rood", "groen", "blauw"]),
            DA=pikepdf.String("/Helv 10 Tf 0 g"),
        )
    )
    template = Template.open(form.bytes(), form=FORM)
    sent = submission(Doel=Answer(text="rood\nblauw", state=State.ANSWERED), Maat=EMPTY)

    made = worksheet_for(template, letter(sent), sent)

    assert made.left_out == {}
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        (field,) = [item for item in pdf.Root.AcroForm.Fields if item.T == "Doel"]
        assert [str(item) for item in field.V] == ["rood", "blauw"]


# From the command line.


@click.command("check")
@letters_options
@reading_options
@click.pass_context
def check_command(
    ctx: click.Context, *, readers: Readers, paths: tuple[Path, ...], letters: LettersOptions | None
) -> None:
    """What `veldpdf check` does about letters."""
    results = [find_gaps(readers.form, item) for item in readers.read(paths)]
    write_letters(letters, readers, paths, results)


class Desk:
    """A folder with returned worksheets, and the command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def check(self, *arguments: object) -> str:
        """Run the command, and return what it told on standard error."""
        self.capsys.readouterr()
        check_command.main([str(argument) for argument in arguments], standalone_mode=False)
        out, err = self.capsys.readouterr()
        assert out == ""
        return err


LIST = ROOT / "samples" / "prefill" / "partners.csv"


@pytest.fixture
def desk(
    tmp_path: Path, returned: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(returned, tmp_path / "retour")
    return Desk(tmp_path, capsys)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_letters_lie_ready_for_all_who_are_not_done(desk: Desk) -> None:
    told = desk.check(
        *("retour", "--letters", "brieven", "--partners", LIST, "--attach", "--deadline", "2026-12-01"),
        *("--sender", "Naam, Gemeente Waterrijk", "--date", "23-11-2026"),
    )

    say = catalogue("nl")
    assert told.splitlines() == [
        say("No e-mail address is known of: {names}; they have a text only.", names="SV Waterrijk ’58"),
        say(
            counted("{n} letter written in {folder}.", "{n} letters written in {folder}.", 5, folder="brieven")
        ),
    ]
    partners = (
        "Basisschool De Blauwe Reiger",
        "Jongerenwerk De Kade",
        "Politie, basisteam Waterrijk",
        "SV Waterrijk ’58",
        "Veilig Thuis Regio Waterrijk",
    )
    endings = {"SV Waterrijk ’58": (".pdf", ".txt")}
    assert names_in(Path("brieven")) == sorted(
        name + ending for name in partners for ending in endings.get(name, (".eml", ".pdf", ".txt"))
    )
    message = parsed(Path("brieven", "Basisschool De Blauwe Reiger.eml").read_bytes())
    body, (along,) = message.get_body(), message.iter_attachments()
    text = Path("brieven", "Basisschool De Blauwe Reiger.txt").read_text(encoding="utf-8")
    assert body is not None
    assert message["To"] == "directie@blauwereiger.example, ib@blauwereiger.example"
    assert f"{message['Subject']}\n\n{content(body)}" == text
    assert along.get_filename() == "Basisschool De Blauwe Reiger.pdf"
    assert along.get_content() == Path("brieven", "Basisschool De Blauwe Reiger.pdf").read_bytes()
    assert message["Date"] == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert "uiterlijk op 1 december 2026" in text
    assert text.endswith("Met vriendelijke groet,\n\nNaam, Gemeente Waterrijk\n")


def test_the_worksheet_that_goes_along_comes_back_as_the_partners(desk: Desk) -> None:
    desk.check("retour", "--letters", "brieven", "--attach", "--partners", LIST)
    pdf = Path("brieven", "Politie, basisteam Waterrijk.pdf").read_bytes()
    form = load_form()
    asked = {"Veld04", "Veld07", "Veld08", "Veld10", "Veld11", "Veld16", "Veld21"}

    assert {name for name, locked in flags(pdf).items() if not locked} == asked
    assert set(flags(pdf)) >= set(form.names)
    Path("terug").mkdir()
    Path("terug", "x.pdf").write_bytes(pdf)
    (again,) = _read(Path("terug"))
    (before,) = [item for item in _read(Path("retour")) if item.source.endswith("politie.pdf")]
    assert again.partner == "Politie, basisteam Waterrijk"
    assert find_gaps(form, again).missing == find_gaps(form, before).missing
    said = {State.ANSWERED, State.PARTLY_EXAMPLE}
    assert {n: a.text for n, a in again.answers.items() if a.state in said} == {
        n: a.text for n, a in before.answers.items() if a.state in said
    }


def _read(path: Path) -> tuple[Submission, ...]:
    return Readers(
        form=load_form(), say=catalogue("nl"), password="", partners=None, templates=(), jobs=None
    ).read([path])


def bad_files(folder: Path, template: Path) -> None:
    """Write a file of each kind that is no worksheet with fields."""
    folder.mkdir()
    flat = Template.open().fill({"Veld01": "Met de jongerenraad."}, flatten=True)
    (folder / "print.pdf").write_bytes(flat)
    with pymupdf.open() as scan:
        grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 8, 8))
        grey.clear_with(200)
        scan.new_page().insert_image(pymupdf.Rect(0, 0, 500, 300), pixmap=grey)
        scan.save(folder / "scan.pdf")
    with pikepdf.open(template) as pdf:
        pdf.save(folder / "slot.pdf", encryption=pikepdf.Encryption(owner="baas", user="sesam"))
    (folder / "ander.pdf").write_bytes(merged({"Naam": "Jan"}).bytes())
    (folder / "kapot.pdf").write_bytes(b"%PDF-1.7\nniets")


def test_every_kind_of_file_is_answered(desk: Desk, template: Path) -> None:
    bad_files(Path("slecht"), template)

    desk.check("slecht", "--letters", "brieven", "--attach", "--lang", "en")

    said = {
        path.stem: path.read_text(encoding="utf-8").split("\n\n")[2] for path in Path("brieven").glob("*.txt")
    }
    assert said["Scan"].endswith("We cannot take your answers from them.")
    assert said["Slot"].endswith("is protected with a password. We cannot open it.")
    assert said["Ander"].endswith("Perhaps another file was sent along.")
    assert said["Kapot"].endswith("it is damaged, or it is no worksheet.")
    assert said["Print"].endswith("Something may have gone wrong in doing so.")
    assert values(Path("brieven", "Print.pdf").read_bytes())["Veld01"] == "Met de jongerenraad."
    for name in ("Scan", "Slot", "Ander", "Kapot", "Print"):
        assert not any(flags(Path("brieven", f"{name}.pdf").read_bytes()).values())


def test_the_same_run_writes_the_same_bytes(desk: Desk) -> None:
    for folder in ("een", "twee"):
        desk.check("retour", "--letters", folder, "--attach", "--partners", LIST)

    assert names_in(Path("een")) == names_in(Path("twee"))
    for name in names_in(Path("een")):
        assert Path("een", name).read_bytes() == Path("twee", name).read_bytes()


def test_nothing_is_replaced_unless_told_to(desk: Desk) -> None:
    Path("brieven").mkdir()
    Path("brieven", "Sportclub.txt").write_text("van mij")

    with pytest.raises(OutputExistsError):
        desk.check("retour", "--letters", "brieven")
    assert names_in(Path("brieven")) == ["Sportclub.txt"]
    assert Path("brieven", "Sportclub.txt").read_text() == "van mij"

    desk.check("retour", "--letters", "brieven", "--force")
    assert len(names_in(Path("brieven"))) == 5


def test_a_returned_file_is_never_replaced(desk: Desk) -> None:
    shutil.copy("retour/sportclub.pdf", "Sportclub.pdf")
    before = Path("Sportclub.pdf").read_bytes()

    with pytest.raises(OutputError, match="this file is an input"):
        desk.check("Sportclub.pdf", "--letters", ".", "--attach", "--force")
    assert Path("Sportclub.pdf").read_bytes() == before


def test_letters_do_not_come_to_lie_among_what_is_read(desk: Desk) -> None:
    """The next check would read the worksheet that goes along, newer than the partner's own."""
    with pytest.raises(OutputError, match="this lies in retour, which is read"):
        desk.check("retour", "--letters", "retour/brieven", "--attach")
    assert not Path("retour", "brieven").exists()

    desk.check("retour", "--letters", "retour/brieven")
    assert len(names_in(Path("retour", "brieven"))) == 5


def test_where_nothing_is_to_be_asked_nothing_is_written(desk: Desk) -> None:
    assert len(desk.check("retour/ggd.pdf", "--letters", "brieven").splitlines()) == 1
    assert not Path("brieven").exists()


@pytest.mark.parametrize(
    "option", [("--attach",), ("--deadline", "2026-12-01"), ("--sender", "x"), ("--layout", "x"), ("--force",)]
)
def test_an_option_about_letters_goes_with_letters(desk: Desk, option: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError, match=f"{option[0]} "):
        desk.check("retour", *option)


def test_a_date_that_is_none_is_told(desk: Desk) -> None:
    with pytest.raises(click.BadParameter, match="1 december"):
        desk.check("retour", "--letters", "brieven", "--deadline", "1 december")


def test_an_address_that_is_none_stops_the_run_before_anything_is_written(desk: Desk) -> None:
    Path("lijst.csv").write_text('file,partner,email\nggd.pdf,GGD,"a@b.nl\nBcc: c@d.nl"\n')

    with pytest.raises(ValuesError) as caught:
        desk.check("retour", "--letters", "brieven", "--partners", "lijst.csv")

    assert caught.value.what == "lijst.csv, line 2: this is no e-mail address."
    assert "Bcc" not in str(caught.value)
    assert not Path("brieven").exists()


def test_an_own_layout_is_used(desk: Desk) -> None:
    Path("eigen").mkdir()
    Path("eigen", "letter.nl.txt").write_text("Vraagje\n\nDag {{ partner }}!\n")

    desk.check("retour", "--letters", "brieven", "--layout", "eigen")

    assert Path("brieven", "Sportclub.txt").read_text() == "Vraagje\n\nDag Sportclub!\n"


def test_a_definition_without_a_worksheet_asks_for_one(desk: Desk) -> None:
    text = (ROOT / "forms" / "bouwsteen-3a.toml").read_text(encoding="utf-8")
    Path("eigen.toml").write_text(text.replace('"bouwsteen-3a"', '"eigen"'), encoding="utf-8")

    with pytest.raises(TemplateError):
        desk.check("retour", "--letters", "brieven", "--form", "eigen.toml", "--attach")
    desk.check(
        "retour",
        "--letters",
        "brieven",
        "--form",
        "eigen.toml",
        "--attach",
        "--template",
        ROOT / "forms/bouwsteen-3a.pdf",
    )
    assert len(names_in(Path("brieven"))) == 10


def test_an_answer_that_does_not_fit_the_new_worksheet_is_told_and_the_run_goes_on(desk: Desk) -> None:
    with pikepdf.open(ROOT / "forms" / "bouwsteen-3a.pdf") as pdf:
        for field in pdf.Root.AcroForm.Fields:
            if field.T == "Veld01":
                field.MaxLen = 3
        pdf.save("kort.pdf")

    told = desk.check("retour/politie.pdf", "--letters", "brieven", "--attach", "--template", "kort.pdf")

    assert len(told.splitlines()) == 3
    assert "Veld01" in told.splitlines()[0]
    assert not flags(Path("brieven", "Politie.pdf").read_bytes())["Veld01"]


def test_what_made_a_rule_ask_is_not_asked_again() -> None:
    """The measure is as it should be; how often is what lacks."""
    made = letter(submission(Vaak=EMPTY))
    assert made.open_fields == {"Vaak"}
    assert [str(request.message) for request in made.requests] == [
        "Hoe vaak is needed because De maat is answered."
    ]


def test_an_example_that_a_rule_asks_about_is_named_as_one() -> None:
    """Its box is full of text, so the partner would take it for answered."""
    form = replace(FORM, fields=tuple(replace(spec, required=spec.name == "Maat") for spec in FORM.fields))
    form = replace(
        form,
        fields=tuple(
            replace(spec, required_with=("Maat",)) if spec.name == "Wie" else spec for spec in form.fields
        ),
    )
    sent = submission(Wie=Answer(text="De GGD. ", state=State.EXAMPLE))
    made = letter_for(form, find_gaps(form, sent))
    assert made is not None
    assert [question.name for question in made.questions[Gap.EXAMPLE]] == ["Wie"]


def test_an_example_of_which_words_were_only_taken_out_is_asked_about() -> None:
    """It is complete by the letter, and nothing in it is the partner's."""
    spec = load_form().field("Veld06")
    kept = "\n".join(spec.example.split("\n")[2:])
    texts = dict.fromkeys(load_form().names, "Dit is onze eigen tekst.") | {"Veld06": kept}
    answers = {
        name: Answer(text=text, state=classify(load_form().field(name), text)) for name, text in texts.items()
    }
    sent = Submission(source="ggd.pdf", partner="GGD", status=Status.READ, form="bouwsteen-3a", answers=answers)
    result = find_gaps(load_form(), sent)
    assert (result.complete, result.states["Veld06"]) == (True, State.PARTLY_EXAMPLE)
    made = letter_for(load_form(), result)
    assert made is not None
    assert [question.name for question in made.questions[Gap.EXAMPLE]] == ["Veld06"]
    assert made.open_fields == {"Veld06"}
