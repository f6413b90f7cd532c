"""Sentences that know their own translation, and are plain strings to everybody else."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veldpdf.language import LANGUAGES, catalogue, language_of_user
from veldpdf.messages import Message, counted

MANY = "{n} fields of {form}"
ONE = "{n} field of {form}"


class Frisian:
    """A catalogue of three sentences."""

    SENTENCES: ClassVar = {
        "{path}: {problem}": "{problem} ({path})",
        "the page is blank": "de side is leech",
        ONE: "{n} fjild fan {form}",
        MANY: "{n} fjilden fan {form}",
    }

    def gettext(self, message: str, /) -> str:
        return self.SENTENCES.get(message, message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return self.gettext(singular if n == 1 else plural)


def test_a_message_is_its_english_text() -> None:
    message = Message("{path}: it is gone", path=Path("a.pdf"))

    assert message == "a.pdf: it is gone"
    assert f"<{message}>" == "<a.pdf: it is gone>"
    assert message in {"a.pdf: it is gone"}


def test_a_message_is_rendered_in_another_language_with_its_values() -> None:
    message = Message("{path}: {problem}", path="a.pdf", problem=Message("the page is blank"))

    assert message == "a.pdf: the page is blank"
    assert message.render(Frisian()) == "de side is leech (a.pdf)"


def test_a_sentence_that_the_catalogue_lacks_stays_english() -> None:
    assert Message("{n} pages", n=3).render(Frisian()) == "3 pages"


@pytest.mark.parametrize(
    ("n", "english", "frisian"),
    [
        (0, "0 fields of x", "0 fjilden fan x"),
        (1, "1 field of x", "1 fjild fan x"),
        (2, "2 fields of x", "2 fjilden fan x"),
    ],
)
def test_the_number_chooses_the_form_in_each_language(n: int, english: str, frisian: str) -> None:
    message = counted(ONE, MANY, n, form="x")

    assert message == english
    assert message.render(Frisian()) == frisian


@given(st.text(), st.text())
def test_braces_in_a_value_are_text_and_never_a_place(first: str, second: str) -> None:
    inner = Message("[{what}]", what=first)
    message = Message("{inner}{second}", inner=inner, second=second)

    assert message == f"[{first}]{second}"
    assert message.render(Frisian()) == f"[{first}]{second}"
    assert Message("{a}", a="{b} {0} {") == "{b} {0} {"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda message: pickle.loads(pickle.dumps(message)), id="pickled"),  # noqa: S301 - our own
        pytest.param(copy.deepcopy, id="copied"),
    ],
)
def test_a_message_from_another_process_can_still_be_translated(again: object) -> None:
    assert callable(again)
    message = again(Message("{path}: {problem}", path="a.pdf", problem=counted(ONE, MANY, 1, form="x")))

    assert type(message) is Message
    assert message == "a.pdf: 1 field of x"
    assert message.render(Frisian()) == "1 fjild fan x (a.pdf)"


def test_a_message_is_a_string_in_json() -> None:
    assert json.dumps([Message("{n} pages", n=3)]) == '["3 pages"]'


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_messages_and_bare_sentences(language: str) -> None:
    say = catalogue(language)

    assert say.language == language
    assert say("no catalogue has {this}", this="sentence") == "no catalogue has sentence"
    assert say(Message("no catalogue has {this}", this="sentence")) == "no catalogue has sentence"


def test_an_unknown_language_is_spoken_in_english() -> None:
    assert catalogue("fy")("{n} pages", n=3) == "3 pages"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        pytest.param({"LANG": "nl_NL.UTF-8"}, "nl", id="Dutch"),
        pytest.param({"LANG": "en_GB.UTF-8"}, "en", id="English"),
        pytest.param({"LANG": "NL"}, "nl", id="upper case"),
        pytest.param({"LANG": "C.UTF-8"}, None, id="no language"),
        pytest.param({}, None, id="nothing set"),
        pytest.param({"LANG": "nld"}, None, id="three letters are another language's code"),
        pytest.param({"LANG": "nl_NL", "LC_MESSAGES": "en_US"}, "en", id="messages before the rest"),
        pytest.param({"LC_ALL": "nl_NL", "LC_MESSAGES": "en_US"}, "nl", id="all before messages"),
        pytest.param({"LC_ALL": "nl_NL", "LANGUAGE": "en"}, "en", id="gettext's own before all"),
        pytest.param({"LANGUAGE": "fy:nl:en"}, "nl", id="the first of ours in a list"),
    ],
)
def test_the_language_of_the_user_is_found_as_gettext_finds_it(
    environment: dict[str, str], language: str | None
) -> None:
    assert language_of_user(environment) == language
