"""What an answer says: measured on answers labelled by hand, and properties that hold for any text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import process_time
from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judged import Labelled, labelled, thin
from tests.texts import says_something
from veldpdf.definition import load_form
from veldpdf.judging import Judgement, Passage, judge, own_words
from veldpdf.judging.words import places_of, words_of
from veldpdf.model import FieldSpec, State

FORM = load_form()
EXAMPLES = [spec for spec in FORM.fields if spec.example]
GOOD = 0.97


def field(example: str = "") -> FieldSpec:
    return FieldSpec(name="V", section="s", label="L", question="Q?", example=example)


VELD05, VELD06, VELD08, VELD10, VELD11, VELD18 = (
    FORM.field(name) for name in ("Veld05", "Veld06", "Veld08", "Veld10", "Veld11", "Veld18")
)
BLANK = field()


# The labelled answers.


@dataclass(frozen=True)
class Score:
    """How many were found of those there are, and how many of what was found is right."""

    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  ({self.there})"


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def scores(answers: Sequence[Labelled]) -> dict[str, Score]:
    """Return the score of each state, of thin answers, and of the words of the partner in partly examples."""
    judged = [(answer, judge(answer.spec, answer.text, thin())) for answer in answers]
    by_name = {
        str(state): score((answer.state is state, judgement.state is state) for answer, judgement in judged)
        for state in State
    }
    by_name["thin"] = score((answer.is_thin, judgement.is_thin) for answer, judgement in judged)
    pairs = [
        (words(answer.own), words(own_words(judgement) if judgement.state is State.PARTLY_EXAMPLE else ""))
        for answer, judgement in judged
    ]
    by_name["own words"] = Score(
        right=sum((wanted & got).total() for wanted, got in pairs),
        found=sum(got.total() for _, got in pairs),
        there=sum(wanted.total() for wanted, _ in pairs),
    )
    return by_name


def score(pairs: Iterable[tuple[bool, bool]]) -> Score:
    counts = Counter(pairs)
    right, missed, wrong = counts[True, True], counts[True, False], counts[False, True]
    return Score(right=right, found=right + wrong, there=right + missed)


def test_answers_are_judged_as_an_officer_does() -> None:
    """Of all answers; the figures of those that rules were tuned on and of the others are shown by pytest -s."""
    parts = {
        "all": labelled(),
        "tuned on": [answer for answer in labelled() if not answer.is_held_out],
        "held out": [answer for answer in labelled() if answer.is_held_out],
    }
    by_part = {part: scores(answers) for part, answers in parts.items()}
    for part, by_name in by_part.items():
        table = "\n".join(f"  {name:15} {score}" for name, score in by_name.items())
        print(f"\n{len(parts[part])} answers, {part}:\n{table}")  # noqa: T201 - figures, to be looked at

    low = {name: score for name, score in by_part["all"].items() if min(score.precision, score.recall) < GOOD}
    assert not low


def test_the_labelled_answers_are_enough_of_each_kind() -> None:
    counts = Counter(answer.state for answer in labelled())

    assert counts.total() >= 200
    assert all(counts[state] >= 40 for state in State if state is not State.EMPTY)
    assert {answer.spec.name for answer in labelled()} >= set(FORM.names)


def test_no_labelled_answer_is_taken_for_the_example_of_another_field() -> None:
    taken = [
        (answer.number, spec.name)
        for answer in labelled()
        if answer.state is State.ANSWERED
        for spec in EXAMPLES
        if spec.name != answer.spec.name and judge(spec, answer.text).state is not State.ANSWERED
    ]
    assert not taken


# What is whose.


def of_example(judgement: Judgement) -> list[str]:
    return [passage.text for passage in judgement.passages if passage.is_example]


@pytest.mark.parametrize(
    ("spec", "text", "own"),
    [
        pytest.param(
            VELD05,
            VELD05.example.replace("\n\n- Veiligheid", "\n  Eens.\n\n- Niet oordelen.\n\n- Veiligheid"),
            "Eens.\n\n- Niet oordelen.",
            id="between two bullets",
        ),
        pytest.param(
            VELD11,
            f"{VELD11.example} Wij beginnen bij de peuters.",
            "Wij beginnen bij de peuters.",
            id="in the same line",
        ),
        pytest.param(
            VELD11,
            VELD11.example.replace("jonge leeftijd", "de basisschool"),
            "Dit betekent dat we al op de basisschool moeten beginnen.",
            id="a sentence with a word replaced is the partner's, whole",
        ),
        pytest.param(
            VELD06,
            VELD06.example.replace("ambiteus", "ambitieus"),
            "",
            id="who mends the spelling wrote nothing",
        ),
        pytest.param(
            VELD06,
            VELD06.example.replace("commitment.", "commitment. Ja").replace("plan. ", "plan. Nog niet"),
            "- Bestuurlijk commitment. Ja\n- Een ambiteus en haalbaar plan. Nog niet",
            id="a remark of a word or two is read with what it is about",
        ),
        pytest.param(
            VELD06,
            f"- \n-\n{VELD06.example}\n\n- Geld.\n-\n - ",
            "- Geld.",
            id="empty bullets at the joins",
        ),
        pytest.param(
            VELD18,
            "We doen dit samen met de GGD. (Tot juni: via mevrouw De Boer.) Waar nodig betrekken we scholen en "
            "samenwerkingsverbanden. Politie volgt in 2027.",
            "(Tot juni: via mevrouw De Boer.) Politie volgt in 2027.",
            id="twice in one line",
        ),
        pytest.param(
            VELD08,
            VELD08.example.replace("gezin, sportclub", "gezin, moskee, sportclub"),
            "Zo \n  hebben lessen voor jongeren op school meer effect als de \n"
            "  boodschap ervan wordt ondersteund in hun omgeving, zoals \n"
            "  gezin, moskee, sportclub en media.",
            id="the first word of a sentence at the end of a line is no remark",
        ),
        pytest.param(
            VELD11,
            f"{VELD11.example}Wij beginnen bij de peuters.",
            "Wij beginnen bij de peuters.",
            id="right behind the full stop",
        ),
        pytest.param(
            field("Voorbeeld: 8% minder meldingen in 2027"),
            "Voorbeeld: 10% minder meldingen in 2027",
            "10% minder meldingen in 2027",
            id="behind the heading, in its line",
        ),
        pytest.param(
            VELD05,
            "Niet oordelen. - Veiligheid is de verantwoordelijkheid van iedereen. - Wat we beloven doen we.",
            "Niet oordelen. - Wat we beloven doen we.",
            id="bullets that lost their line ends",
        ),
        pytest.param(
            VELD05,
            "\uf0b7 Niet oordelen \uf0b7 Veiligheid is de verantwoordelijkheid van iedereen \uf0b7 Elkaar helpen",
            "\uf0b7 Niet oordelen \uf0b7 Elkaar helpen",
            id="and their full stops",
        ),
        pytest.param(
            field(
                "Wij overleggen met partners, o.a. scholen en de politie, n.a.v. de cijfers. Dat doen wij elk jaar."
            ),
            "Wij overleggen met partners, o.a. scholen en de GGD, n.a.v. de cijfers. Dat doen wij elk jaar.",
            "Wij overleggen met partners, o.a. scholen en de GGD, n.a.v. de cijfers.",
            id="abbreviations end no sentence of the example",
        ),
        pytest.param(
            field("Jaarlijks, in maart"),
            "Jaarlijks, in maart.\nIn 2027 ook in september.",
            "In 2027 ook in september.",
            id="a short example, all of it",
        ),
        pytest.param(
            field("Wij meten in 2024 2025 en 2026, samen met de GGD."),
            "In 2022 2023 nog niet.\nWij meten in 2024 2025 en 2026, samen met de GGD.\nVoor 2027 2028 volgt iets.",
            "In 2022 2023 nog niet.\nVoor 2027 2028 volgt iets.",
            id="numbers beside numbers",
        ),
        pytest.param(VELD18, "  Wij,\nen de GGD. \n", "  Wij,\nen de GGD. \n", id="an answer, to the letter"),
        pytest.param(VELD18, VELD18.example, "", id="the example"),
        pytest.param(VELD18, " \n", "", id="nothing"),
    ],
)
def test_what_the_partner_wrote_is_read_without_the_rest(spec: FieldSpec, text: str, own: str) -> None:
    assert own_words(judge(spec, text)) == own


def test_bullets_go_with_what_follows_and_full_stops_with_what_is_before() -> None:
    text = "- Eerst praten !\n- Veiligheid is de verantwoordelijkheid van iedereen.\n- Dan doen."

    assert judge(VELD05, text) == Judgement(
        State.PARTLY_EXAMPLE,
        (
            Passage("- Eerst praten !\n", is_example=False),
            Passage("- Veiligheid is de verantwoordelijkheid van iedereen.\n", is_example=True),
            Passage("- Dan doen.", is_example=False),
        ),
        is_thin=False,
    )


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        pytest.param(VELD05, "Zoals u zegt: veiligheid is de verantwoordelijkheid van iedereen.", id="led in"),
        pytest.param(
            VELD05, "“Veiligheid is de verantwoordelijkheid van iedereen.”\nZo is het.", id="in quotes"
        ),
        pytest.param(
            VELD10,
            "U schrijft. 'Victim blaming vinden we daarbij een belangrijk onderwerp.' Wij ook, al jaren.",
            id="in quotes, in a line",
        ),
        pytest.param(
            VELD05, "Veiligheid is de verantwoordelijkheid van iedereen, ook van u.", id="gone on with"
        ),
        pytest.param(
            VELD05, "Veiligheid is de verantwoordelijkheid van iedereen. Wie ziet, belt.", id="begun with"
        ),
    ],
)
def test_a_quote_is_the_partners(spec: FieldSpec, text: str) -> None:
    assert judge(spec, text) == Judgement(State.ANSWERED, (Passage(text, is_example=False),), is_thin=False)


def test_what_an_example_says_twice_stands_twice() -> None:
    spec = field("Wij spreken elk jaar met de scholen af. Wij spreken elk jaar met de clubs af.")
    text = "Wij spreken elk jaar met de horeca, en wij spreken elk jaar met de ouders."

    assert judge(spec, text).state is State.PARTLY_EXAMPLE
    assert judge(spec, text.partition(",")[0]).state is State.ANSWERED


@pytest.mark.parametrize(
    ("example", "text"),
    [
        pytest.param("8% minder meldingen in 2027", "10% minder meldingen in 2027", id="another number"),
        pytest.param(
            "1.5 uur per week voor elke school", "15 uur per week voor elke school", id="a mark within"
        ),
        pytest.param(
            "Samen met de GGD, elk jaar in maart", "Samen met de GGZ, elk jaar in maart", id="a letter"
        ),
        pytest.param("Er is geen overleg met de scholen", "Er is een overleg met de scholen", id="one less"),
    ],
)
def test_what_a_partner_changed_on_purpose_is_not_the_example(example: str, text: str) -> None:
    judgement = judge(field(example), text)

    assert judgement.state is not State.EXAMPLE
    assert own_words(judgement) == text


def test_a_question_mark_behind_a_bullet_is_a_remark() -> None:
    text = VELD06.example.replace("rol op.", "rol op?")

    assert own_words(judge(VELD06, text)) == "- Gemeente pakt coördinerende rol op?"


def test_beyond_what_any_box_shows_all_is_the_partners() -> None:
    text = f"{VELD11.example}\n" * 5_000

    judgement = judge(VELD11, text)

    assert judgement.state is State.PARTLY_EXAMPLE
    assert [passage.is_example for passage in judgement.passages] == [True, False]
    assert 40_000 < len(judgement.passages[0].text) < 60_000


# Thin answers.


@pytest.mark.parametrize(
    ("text", "is_thin"),
    [
        ("n.v.t.", True),
        ("NVT", True),
        ("n v t", True),
        ("N.v.t. – zie hierboven!", True),
        ("Voorbeelden:\n- nee", True),
        ("Voorbeelden:", True),
        ("-", True),
        ("… ??", True),
        ("." * 10_000, True),
        ("✓", True),
        ("n.v.t., want wij hebben geen jeugd", False),
        ("nvt2", False),
        ("Nee zeggen leren", False),
        ("3", False),
        ("GGD", False),
        ("nee " * 1_000, False),
        ("", False),
        (" ", False),
    ],
)
def test_what_says_next_to_nothing_is_thin(text: str, is_thin: bool) -> None:  # noqa: FBT001 - a table
    assert judge(VELD06, text, ["n.v.t.", "Nee", "zie  hierboven", "-"]).is_thin is is_thin


def test_without_a_list_only_marks_are_thin() -> None:
    assert not judge(BLANK, "n.v.t.").is_thin
    assert judge(BLANK, "?").is_thin


def test_thin_is_said_of_what_the_partner_added_not_of_the_example() -> None:
    assert judge(VELD06, f"{VELD06.example}\n- n.v.t.", ["nvt"]).is_thin
    assert not judge(VELD06, VELD06.example, ["nvt"]).is_thin
    assert not judge(VELD06, VELD06.example.replace("Voorbeelden:", ""), ["nvt"]).is_thin


# Any text.

ANY = st.text(st.characters(exclude_categories=()))
PIECES = st.sampled_from([
    *re.findall(r"\S+\s*", EXAMPLES[0].example + "\n" + VELD06.example),
    *VELD06.example.split("\n"),
    VELD06.example,
    *("\n", "\r\n", " ", "- ", "“", "”", "?", "1", "İ", "ﬁ", "e\u0301", "\ud800", "\x1f", "_", "ͺ", "•\t", "…"),
])  # fmt: skip
MIXED = st.lists(st.one_of(PIECES, ANY), max_size=40).map("".join)


@given(st.sampled_from([VELD06, EXAMPLES[0], field("x"), field("?"), field("1 2. 3"), BLANK]), MIXED)
def test_passages_are_the_answer_and_judging_it_again_says_the_same(spec: FieldSpec, text: str) -> None:
    judgement = judge(spec, text, thin())

    assert "".join(passage.text for passage in judgement.passages) == text
    assert all(passage.text for passage in judgement.passages)
    assert all(one.is_example != other.is_example for one, other in pairwise(judgement.passages))
    assert judge(spec, text, thin()) == judgement
    assert (judgement.state is State.EMPTY) == (not says_something(text))
    if judgement.state is not State.PARTLY_EXAMPLE:
        assert of_example(judgement) == ([text] if judgement.state is State.EXAMPLE else [])
    own_words(judgement)


@given(ANY, MIXED)
def test_any_text_may_be_an_example(example: str, text: str) -> None:
    assert "".join(passage.text for passage in judge(field(example), text).passages) == text
    assert judge(field(example), example).state in (State.EXAMPLE, State.EMPTY, State.ANSWERED)


def test_words_are_found_at_their_places_whatever_they_are_written_in() -> None:
    """Words are taken apart in two ways, a quick one and one that tells the places."""
    wrong = [
        hex(start)
        for start in range(0, 0x20000, 16)
        for text in (
            "".join(f" {chr(code)}a{chr(code)}b.{chr(code)}" for code in range(start, start + 16)),
            "".join(map(chr, range(start, start + 16))),
        )
        if len(words_of(text)) != len(places_of(text))
    ]
    assert not wrong


def test_what_has_no_form_is_no_word() -> None:
    formless = [chr(code) for code in range(0x110000) if category(chr(code)) == "Cf"]
    assert not [sign for sign in formless if words_of(sign) or words_of(f"a{sign}b") != ["ab"]]


# What viewers, printers and word processors make of a text.
SPACES = st.sampled_from([" ", "  ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u2009", " \n ", "\u200b", "\u2028"])
DASHES = st.sampled_from(["-", "–", "—", "‐", "\u2011", "−", "•", "·", "▪", "*", "\uf0b7"])
QUOTES = st.sampled_from(["'", "’", "‘", '"', "“", "”", "„", "«", "»"])
SHAPES: list[Callable[[str], str]] = [
    str,
    str.upper,
    str.casefold,
    lambda text: normalize("NFD", text),
    lambda text: text.replace("ff", "ﬀ").replace("fi", "ﬁ"),
    lambda text: text.replace("ee", "e\u00ade"),
    lambda text: text.replace("werk", "-\nwerk"),
    lambda text: text.replace(". ", "."),
    lambda text: text.replace("\n", ""),
]


@given(st.sampled_from(EXAMPLES), st.sampled_from(SHAPES), st.data())
def test_no_shape_makes_an_answer_of_an_example(
    spec: FieldSpec, shape: Callable[[str], str], data: st.DataObject
) -> None:
    kinds = {
        " ": SPACES,
        "\n": SPACES,
        "-": DASHES,
        "*": DASHES,
        "'": QUOTES,
        ".": st.sampled_from([".", "…", ""]),
    }
    text = "".join(data.draw(kinds[sign]) if sign in kinds else sign for sign in shape(spec.example))

    assert judge(spec, text) == Judgement(State.EXAMPLE, (Passage(text, is_example=True),), is_thin=False)


OWN = st.sampled_from([
    "Wij bespreken dit elk kwartaal met de jongerenraad.",
    "- De bibliotheek maakt een boekentafel",
    "• Trainers halen allemaal een VOG (nu 41 van de 46).",
    "Jongens zeggen: ‘dat zien wij nooit’. Toch gebeurt het.",
    "Meer kinderen en jongeren durven iets te zeggen,\nook op de club.",
    "Bron: Şeyma Yıldız, jeugdagent – 12 maart",
])  # fmt: skip


@given(
    st.sampled_from(EXAMPLES), st.lists(OWN), st.lists(OWN, min_size=1), st.sampled_from(["\n", "\r\n", "\n\n"])
)
def test_all_that_is_written_around_an_example_is_told_in_order_and_nothing_else(
    spec: FieldSpec, above: list[str], below: list[str], end: str
) -> None:
    judgement = judge(spec, end.join([*above, spec.example, *below]))

    assert judgement.state is State.PARTLY_EXAMPLE
    assert own_words(judgement).split() == " ".join([*above, *below]).split()


@given(st.sampled_from(EXAMPLES), OWN, st.data())
def test_what_is_written_into_an_example_is_never_lost(spec: FieldSpec, own: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(spec.example)))
    text = f"{spec.example[:at]} {own} {spec.example[at:]}"

    judgement = judge(spec, text)

    assert judgement.state is State.PARTLY_EXAMPLE
    assert " ".join(own.split()) in " ".join(own_words(judgement).split())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(VELD06.example * 3_000, id="the example again and again"),
        pytest.param("Bestuurlijk commitment. " * 50_000, id="a bullet of it"),
        pytest.param("Gemeente pakt coördinerende rol. " * 20_000, id="a bullet that lacks a word"),
        pytest.param("een " * 100_000, id="a word"),
        pytest.param("?" * 500_000, id="marks"),
        pytest.param("a" * 500_000, id="one long word"),
        pytest.param("e" + "\u0301" * 500_000, id="accents"),
        pytest.param("\u0600" * 200_000, id="nothing that shows"),
        pytest.param("x" + " " * 500_000 + "x", id="space"),
        pytest.param("Wij bespreken dit elk kwartaal, ook met de ouders. " * 12_000, id="a long answer"),
    ],
)
def test_nobody_keeps_the_others_waiting(text: str) -> None:
    """A bound, far above what it takes: see benchmarks/judging.py."""
    begin = process_time()
    judge(VELD06, text, thin())
    assert process_time() - begin < 0.5
