"""Which language to speak, and its catalogue.

Everything that officers or partners read is in Dutch and in English. The catalogues are gettext's, one for
each language, in ``locale/``; Babel keeps them (see CONTRIBUTING.md), the standard library reads them.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from veldpdf.messages import Message

DOMAIN = "veldpdf"
LANGUAGES = ("nl", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sentences in one language.

    Attributes:
        language: ``"nl"`` or ``"en"``.
    """

    language: str
    _translations: gettext.NullTranslations

    def gettext(self, message: str, /) -> str:
        """Return a msgid in this language."""
        return self._translations.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """Return the form of a msgid that fits the number, in this language."""
        return self._translations.ngettext(singular, plural, n)

    def __call__(self, msgid: str, /, **values: object) -> str:
        """Return a sentence in this language: a Message, or a msgid and its values."""
        message = msgid if isinstance(msgid, Message) else Message(msgid, **values)
        return message.render(self)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; English, the language of the msgids, for an unknown one."""
    return Catalogue(language, gettext.translation(DOMAIN, LOCALE_FOLDER, [language], fallback=True))


def language_of_user(environment: Mapping[str, str]) -> str | None:
    """Return the language that the user's system is set to, or None where it is neither of ours.

    Looks at the variables that gettext looks at, in its order.
    """
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for value in environment.get(variable, "").split(":"):
            if value[:2].lower() in LANGUAGES and not value[2:3].isalpha():
                return value[:2].lower()
    return None
