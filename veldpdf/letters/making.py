"""All letters of one check as files: their words, the e-mails that lie ready, and the worksheets that go along.

Whoever asks for letters writes these files somewhere or packs them; what they are called and what is in them is
decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from veldpdf.files import encodable
from veldpdf.language import Catalogue
from veldpdf.letters.letters import Letter, letters_for
from veldpdf.letters.mail import as_eml
from veldpdf.letters.rendering import Wishes, render
from veldpdf.letters.worksheets import Attachment, worksheet_for
from veldpdf.messages import Message
from veldpdf.model import Completeness, FormDefinition
from veldpdf.partners import Addresses
from veldpdf.pdf.filling.template import Template
from veldpdf.recipients import file_names
from veldpdf.templating import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What all letters of one check have in common.

    Attributes:
        form: The worksheet that they are about.
        say: Their language.
        layout: Their words.
        wishes: What the officer says of all of them.
        template: What goes along is made of this; None for nothing.
        addresses: Where they go, as far as that is known.
    """

    form: FormDefinition
    say: Catalogue
    layout: Layout
    wishes: Wishes
    template: Template | None = None
    addresses: Addresses | None = None

    def address_of(self, letter: Letter) -> tuple[str, ...]:
        """Return where a letter goes; empty where nobody knows."""
        return address_of(letter, self.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Letters, made.

    Attributes:
        count: How many there are.
        files: All files by name: for each letter a text, an e-mail where an address is known, and what goes along.
        warnings: Answers that could not go along, and why.
        without_address: Partners that have a text only, in the order of the letters.
    """

    count: int
    files: Mapping[str, bytes]
    warnings: tuple[Message, ...] = ()
    without_address: tuple[str, ...] = ()


def address_of(letter: Letter, addresses: Addresses | None) -> tuple[str, ...]:
    """Return where a letter goes; empty where nobody knows."""
    return () if addresses is None else addresses.of(letter.source, letter.partner)


def make_letters(making: Making, results: Sequence[Completeness]) -> Letters:
    """Return the letters that go with the results of a check; the same results make the same bytes.

    Args:
        making: What they have in common.
        results: What is still to be asked, submission by submission.

    Raises:
        LayoutError: The layout has a mistake.
    """
    wanted = letters_for(making.form, results)
    stems = [name.removesuffix(".pdf") for name in file_names(letter.partner for letter, _ in wanted)]
    files: dict[str, bytes] = {}
    warnings: list[Message] = []
    for stem, (letter, submission) in zip(stems, wanted, strict=True):
        attachment = None
        if making.template is not None:
            attachment = worksheet_for(making.template, letter, submission)
            warnings += _left_out(making.form, letter, attachment)
        files |= _files_of(making, stem, letter, attachment)
    return Letters(
        count=len(wanted),
        files=files,
        warnings=tuple(warnings),
        without_address=tuple(letter.partner for letter, _ in wanted if not making.address_of(letter)),
    )


def _files_of(making: Making, stem: str, letter: Letter, attachment: Attachment | None) -> dict[str, bytes]:
    """Return the files of one letter, by name."""
    text = render(making.layout, letter, making.form, making.say, wishes=making.wishes, attachment=attachment)
    pdf = None if attachment is None else attachment.pdf
    files = {f"{stem}.txt": encodable(text.whole).encode()}
    if to := making.address_of(letter):
        files[f"{stem}.eml"] = as_eml(
            to=to,
            subject=encodable(text.subject),
            body=encodable(text.body),
            day=making.wishes.date,
            name=f"{stem}.pdf",
            pdf=pdf,
        )
    if pdf is not None:
        files[f"{stem}.pdf"] = pdf
    return files


def _left_out(form: FormDefinition, letter: Letter, attachment: Attachment) -> list[Message]:
    return [
        Message(
            "{partner}: the answer to {label} could not go into the attached worksheet: {reason}",
            partner=letter.partner,
            label=form.field(name).label,
            reason=reason,
        )
        for name, reason in attachment.left_out.items()
    ]
