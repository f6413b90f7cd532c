"""One worksheet for each partner of a list: what does not fit is known before the first is made.

The command line and the page in the browser do the same with it: they tell what is wrong with which row, and make the
worksheets of the others.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from veldpdf.errors import TemplateError, ValuesError, VeldpdfError
from veldpdf.files import read_bytes
from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition, NameFrom, State
from veldpdf.pdf.filling.template import Fit, Template
from veldpdf.recipients import Recipient, RecipientTable, file_names, try_recipients

if TYPE_CHECKING:
    from veldpdf.pdf.acroform import Field

# The first that a zip file can hold (APPNOTE.TXT, 4.4.6): the same worksheets make the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class How:
    """What is done to every worksheet of one run beside filling it: arguments of `Template.fill`."""

    examples: bool
    lock: tuple[str, ...]
    continuation: bool
    flatten: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A partner whose worksheet can be made.

    Attributes:
        recipient: The partner.
        fits: How the texts fit that are not the same for all, by field name.
    """

    recipient: Recipient
    fits: Mapping[str, Fit]


def check_template(path: Path, form: FormDefinition, *, name: str = "") -> bool:
    """Make sure that a PDF can be filled as a definition's worksheet, and is nobody's own.

    Args:
        path: Where it lies.
        form: The definition.
        name: What to call it in errors; its path by default.

    Returns:
        Whether readers can know it as well: a PDF whose pages are pictures has no words to lay a printed copy on.

    Raises:
        TemplateError: It cannot be read, is no fillable PDF or not the definition's, or somebody has filled it in.
    """
    from veldpdf.pdf.geometry import read_geometry  # noqa: PLC0415 - start-up time

    open_template(path, form, name=name or str(path))
    data = read_bytes(path)
    problem = whose(data, form, name or str(path))
    if problem is not None:
        raise TemplateError(
            problem,
            Message(
                "Give the worksheet as it was published: what stands in this one would go to everybody else as well."
            ),
        )
    return read_geometry(data, form) is not None


def open_template(
    path: Path, form: FormDefinition, *, name: str, drop_xfa: bool = False, drop_rights: bool = False
) -> Template:
    """Open a fillable PDF that is kept under another name than its owner knows.

    Args:
        path: Where it lies.
        form: The definition that it belongs to.
        name: What to call it in errors.
        drop_xfa: As of `Template.open`.
        drop_rights: As of `Template.open`.

    Raises:
        TemplateError: It cannot be read or filled in.
    """
    try:
        template = Template.open(path, form=form, drop_xfa=drop_xfa, drop_rights=drop_rights)
    except VeldpdfError as exc:
        raise TemplateError(_renamed(exc.what, path, name), _renamed(exc.remedy, path, name)) from None
    template.source = name
    return template


def whose(data: bytes, form: FormDefinition, name: str, password: str = "") -> Message | None:
    """Return what tells that a worksheet is somebody's own; None where nothing does.

    One that came back looks like the published one, and would send its answers on to all who get a copy.

    Args:
        data: The worksheet.
        form: Its definition.
        name: What to call it.
        password: To open it with.
    """
    from veldpdf.pdf.reading import Envelope, Knowledge, read_pdf  # noqa: PLC0415 - start-up time

    submissions = read_pdf(data, Envelope(source=name), Knowledge(form=form, password=password))
    said = [
        (field, answer.text)
        for submission in submissions
        for field, answer in submission.answers.items()
        if answer.state in (State.ANSWERED, State.PARTLY_EXAMPLE)
    ]
    answered = _not_preset(data, form, said, password) if said else frozenset()
    if answered:
        return counted(
            "{name}: somebody has filled in this worksheet: {n} field holds an answer.",
            "{name}: somebody has filled in this worksheet: {n} fields hold answers.",
            len(answered),
            name=name,
        )
    if any(submission.name_from is NameFrom.WORKSHEET for submission in submissions):
        return Message("{name}: this worksheet was made for one partner, and carries that name.", name=name)
    return None


def _not_preset(
    data: bytes, form: FormDefinition, said: Iterable[tuple[str, str]], password: str
) -> frozenset[str]:
    """Return the names of fields that say something else than after a reset, ``/DV`` (12.7.4.1)."""
    from veldpdf.pdf.acroform import read_fields  # noqa: PLC0415 - start-up time
    from veldpdf.pdf.document import open_pdf  # noqa: PLC0415 - the same
    from veldpdf.pdf.matching import find_worksheets  # noqa: PLC0415 - the same

    with open_pdf(data, password).pdf as pdf:
        fields: dict[str, Field] = {}
        for worksheet in find_worksheets(form, read_fields(pdf)):
            fields = {**worksheet.fields, **fields}
        return frozenset(
            name for name, text in said if name not in fields or not _is_preset(fields[name], text)
        )


def _is_preset(field: Field, text: str) -> bool:
    """Whether what a field says is its publisher's choice: a list or a box may be published with one."""
    from veldpdf.pdf.acroform import FieldType  # noqa: PLC0415 - start-up time
    from veldpdf.pdf.values import text_of  # noqa: PLC0415 - the same

    default = field.inherited("/DV")
    if default is None:
        return False
    if field.type is FieldType.TEXT:
        return text_of(default).text == text
    return bool(field.inherited("/V") == default)


def list_of(path: Path, name: str, fields: Collection[str]) -> RecipientTable:
    """Return the partners in a table that is kept under another name than its owner knows.

    Args:
        path: Where it lies; the ending tells what it is.
        name: What to call it in errors.
        fields: The names of the worksheet's fields.

    Raises: as `recipients.try_recipients`.
    """
    try:
        table = try_recipients(path, fields=fields)
    except VeldpdfError as exc:
        raise _called(exc, path, name) from None
    rows = tuple(_called(row, path, name) if isinstance(row, ValuesError) else row for row in table.rows)
    return RecipientTable(table.columns, rows)


def _called(error: VeldpdfError, path: Path, name: str) -> ValuesError:
    """Return an error that names a file otherwise."""
    return ValuesError(_renamed(error.what, path, name), _renamed(error.remedy, path, name))


def _renamed(message: Message, path: Path, name: str) -> Message:
    values = {key: _value(value, path, name) for key, value in message.values.items()}
    if message.plural is None:
        return Message(message.msgid, **values)
    count = values.pop("n")
    assert isinstance(count, int)
    return counted(message.msgid, message.plural, count, **values)


def _value(value: object, path: Path, name: str) -> object:
    if isinstance(value, Message):
        return _renamed(value, path, name)
    return name if str(value) == str(path) else value


def common_fits(
    template: Template, rows: Sequence[Recipient | ValuesError], values: Mapping[str, str]
) -> Mapping[str, Fit]:
    """Return how the texts fit that are the same for all partners: those told once.

    Args:
        template: What is filled.
        rows: The list.
        values: Texts for all, by field name.

    Raises: as `Template.fill`.
    """
    own = _own(rows)
    return template.measure({name: text for name, text in values.items() if name not in own})


def try_rows(
    template: Template, rows: Sequence[Recipient | ValuesError], values: Mapping[str, str], *, source: str
) -> Iterator[Tried | VeldpdfError]:
    """Try each row of a list, so that a mistake in the last one is known before the first worksheet is made.

    Args:
        template: What is filled.
        rows: The list.
        values: Texts for all, by field name; those of a row come before them.
        source: What to call the list in errors.

    Yields:
        A partner whose worksheet can be made, or why a row's cannot.
    """
    own = _own(rows)
    for row in rows:
        try:
            yield _tried(template, row, values, own, source)
        except VeldpdfError as exc:
            yield exc


def _own(rows: Iterable[Recipient | ValuesError]) -> set[str]:
    """Return the names of the fields of which some partner has a text of its own."""
    return {name for row in rows if isinstance(row, Recipient) for name in row.values}


def _tried(
    template: Template,
    row: Recipient | ValuesError,
    common: Mapping[str, str],
    own: Collection[str],
    source: str,
) -> Tried:
    if isinstance(row, ValuesError):
        raise row
    values = {name: text for name, text in {**common, **row.values}.items() if name in own}
    try:
        return Tried(row, template.measure(values))
    except VeldpdfError as exc:
        where = Message("{path}, line {line}: {what}", path=source, line=row.line, what=exc.what)
        raise ValuesError(where, exc.remedy) from exc


def namesakes(recipients: Iterable[Recipient]) -> tuple[str, ...]:
    """Return the partners that would be taken for one when their worksheets come back."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for row in recipients:
        if row.partner.casefold() in seen:
            twice[row.partner] = None
        seen.add(row.partner.casefold())
    return tuple(twice)


def worksheets(
    template: Template, recipients: Sequence[Recipient], values: Mapping[str, str], how: How
) -> Iterator[tuple[str, bytes]]:
    """Yield a file name and a PDF for each partner, in their order.

    Args:
        template: What is filled.
        recipients: Whom to make one for.
        values: Texts for all, by field name; a partner's own come before them.
        how: What else is done to each.

    Raises: as `Template.fill`.
    """
    names = file_names(recipient.partner for recipient in recipients)
    for name, recipient in zip(names, recipients, strict=True):
        filled = {**values, **recipient.values}
        yield name, template.fill(filled, partner=recipient.partner, **asdict(how))


def write_zip(file: BinaryIO, contents: Iterable[tuple[str, bytes]]) -> None:
    """Write files into a zip file, one by one: all of them at once may be more than there is memory for.

    Args:
        file: Opened for writing.
        contents: Names, no two alike, and bytes.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def example_rows(fields: Sequence[str]) -> list[list[str]]:
    """Return a table to begin with: the names of its columns, and a row for one partner.

    Args:
        fields: The names of the worksheet's fields.
    """
    return [["partner", *fields], ["GGD", *("" for _ in fields)]]
