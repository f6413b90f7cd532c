"""The second page: who answered what, each answer beside the page that it came from, and what the officer mends.

Three views of the same worksheets: a matrix of partners and questions, all that one partner answered, and all that was
answered to one question. What counts, what is the example's and what is to be known of an answer is told by the
functions that make the report, so that it says the same.

Pages are drawn by a worker, when somebody looks at them; the last ones are kept, in memory alone.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from veldpdf.errors import VeldpdfError
from veldpdf.isolation import Outcome
from veldpdf.judging import Passage, judge
from veldpdf.limits import Failure
from veldpdf.merging.values import Participant
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, FieldSpec, FormDefinition, Origin, Section, State, Status
from veldpdf.pdf.field_places import FieldPlaces, Mark
from veldpdf.typed_text import typed_again, visible
from veldpdf.web.collecting import found_row, lines_of
from veldpdf.web.pages import is_piece, pages_of, run_of
from veldpdf.web.picturing import PlacesTask, picture_in, places_in
from veldpdf.web.uploads import form_of
from veldpdf.web.workspace import Progress, Row, Workspace

# Pixels: what pages ask for, on usual screens and on sharp ones, and for a look from nearby. One of these is drawn.
WIDTHS = (700, 1400, 2200)
_MOST_PICTURES, _MOST_BYTES = 48, 64 * 1024 * 1024
_MOST_PLACES = 500
_TAKEN_FROM_PAGES = frozenset({Origin.PAGE_TEXT, Origin.OCR, Origin.APPEARANCE})


class LookError(VeldpdfError):
    """What is to be looked at or changed is not there any more, or is not what it was."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        number: Its place in the report, from 1.
        spec: The field that it is.
    """

    number: int
    spec: FieldSpec


@dataclass(frozen=True, slots=True)
class Partner:
    """A worksheet that was read, and what the report says of it.

    Attributes:
        row: The worksheet.
        participant: What the report says of it as a whole.
    """

    row: Row
    participant: Participant

    @property
    def counts(self) -> bool:
        """Whether no other worksheet of the partner counts instead."""
        return not self.row.submission.superseded_by


@dataclass(frozen=True, slots=True)
class Given:
    """What one partner answered to one question.

    Attributes:
        partner: Who.
        asked: The question.
        answer: What was read, with the officer's correction; None where the file lacks the field.
        passages: What in it is the example's and what the partner's.
        warnings: What is to be known about it.
        as_read: What the file itself says, where that was corrected by hand; None where it was not.
    """

    partner: Partner
    asked: Asked
    answer: Answer | None
    passages: tuple[Passage, ...]
    warnings: tuple[Message, ...]
    as_read: str | None

    @property
    def state(self) -> State | None:
        """What it says; None where the file lacks the field."""
        return None if self.answer is None else self.answer.state

    @property
    def version(self) -> str:
        """What its text is known by in a form: what is sent back must be a correction of this one."""
        return "" if self.answer is None else _version(self.answer.text)

    @property
    def is_from_page(self) -> bool:
        """Whether it was taken from a printed page, where letters may be misread."""
        return self.answer is not None and self.answer.origin in _TAKEN_FROM_PAGES

    @property
    def says_something(self) -> bool:
        """Whether anything in it is the partner's."""
        return self.state in (State.ANSWERED, State.PARTLY_EXAMPLE)


def _version(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a worksheet's PDF, as it is shown.

    Attributes:
        number: Which, from 1.
        total: How many there are.
        size: Its width and height, in points.
        marks: Where the answer stands on it.
        instead: Why there is nothing to see; None where there is.
        remedy: What to do then.
    """

    number: int = 0
    total: int = 0
    size: tuple[float, float] = (0.0, 0.0)
    marks: tuple[Mark, ...] = ()
    instead: Message | None = None
    remedy: Message | None = None


# Which file, which worksheet in it, and what other worksheets were known when it was looked at.
_PlacesKey: TypeAlias = tuple[str, str, tuple[Path | bytes, ...]]


@dataclass(slots=True)
class _Kept:
    """What was drawn and found out last, in memory: no picture of an answer is left on the disk."""

    pictures: OrderedDict[tuple[str, str, int, int], bytes] = field(default_factory=OrderedDict)
    places: OrderedDict[_PlacesKey, FieldPlaces] = field(default_factory=OrderedDict)

    def keep_picture(self, key: tuple[str, str, int, int], picture: bytes) -> None:
        """Keep a picture, and let go of the oldest where there are too many."""
        self.pictures[key] = picture
        while len(self.pictures) > _MOST_PICTURES or sum(map(len, self.pictures.values())) > _MOST_BYTES:
            self.pictures.popitem(last=False)

    def keep_places(self, key: _PlacesKey, places: FieldPlaces) -> None:
        """Keep where fields stand, and let go of the oldest where there are too many."""
        self.places[key] = places
        while len(self.places) > _MOST_PLACES:
            self.places.popitem(last=False)


def _kept(request: Request) -> _Kept:
    state = request.app.state
    if not hasattr(state, "looked_at"):
        state.looked_at = _Kept()
    kept: _Kept = state.looked_at
    return kept


def questions_of(form: FormDefinition) -> list[tuple[Section, list[Asked]]]:
    """Return the questions by section, numbered as the report numbers them."""
    groups: list[tuple[Section, list[Asked]]] = []
    number = 0
    for section in form.sections:
        specs = form.fields_of(section)
        if specs:
            groups.append((section, [Asked(number + at, spec) for at, spec in enumerate(specs, start=1)]))
            number += len(specs)
    return groups


def partners_of(workspace: Workspace) -> list[Partner]:
    """Return all worksheets that were read, in the order of their files."""
    return [
        Partner(line.row, line.participant)
        for line in lines_of(workspace)
        if line.row is not None and line.participant is not None
    ]


def given_by(workspace: Workspace, partner: Partner, asked: Asked) -> Given:
    """Return what one partner answered to one question."""
    name = asked.spec.name
    row = partner.row
    answer = row.submission.answers.get(name) if row.submission.status.has_answers else None
    return Given(
        partner=partner,
        asked=asked,
        answer=answer,
        passages=() if answer is None else judge(asked.spec, answer.text, workspace.form.thin).passages,
        warnings=tuple(
            warning.message for warning in partner.participant.answer_warnings if warning.question.name == name
        ),
        as_read=workspace.as_read(row.key, name) if name in row.corrected else None,
    )


async def matrix(request: Request) -> Response:
    """Show who answered what; where files are being read, the piece of the page that changes."""
    workspace = run_of(request).workspace
    # Taken first: what changes while the matrix is made must look new to whoever asks next.
    version, files = workspace.version, workspace.files
    if is_piece(request) and request.query_params.get("version") == str(version):
        return Response(status_code=204)
    partners = await run_in_threadpool(partners_of, workspace)
    replaced = [partner for partner in partners if not partner.counts]
    return pages_of(request).page(
        request,
        "look_matrix.html" if is_piece(request) else "look.html",
        version=version,
        sections=questions_of(workspace.form),
        partners=[partner for partner in partners if partner.counts],
        replaced=replaced,
        about_replaced=_about_replaced(len(replaced)),
        waiting=sum(file.progress is Progress.WAITING for file in files),
        total=len(files),
        is_again=is_piece(request),
    )


def _about_replaced(number: int) -> Message:
    return counted(
        "{n} worksheet is left out: another of the same partner counts instead.",
        "{n} worksheets are left out: others of the same partners count instead.",
        number,
    )


async def by_partner(request: Request) -> Response:
    """Show all that one partner answered."""
    workspace = run_of(request).workspace
    key = found_row(request).key
    partners = await run_in_threadpool(partners_of, workspace)
    partner = next((each for each in partners if each.row.key == key), None)
    if partner is None:
        raise HTTPException(404)
    asked = [each for _, group in questions_of(workspace.form) for each in group]
    given = await run_in_threadpool(lambda: [given_by(workspace, partner, each) for each in asked])
    versions = _versions(partners, partner)
    counting = next((each for each in versions if each.counts), partner)
    before, after = _beside([each for each in partners if each.counts], counting)
    return pages_of(request).page(
        request,
        "look_partner.html",
        partner=partner,
        given=given,
        sections=questions_of(workspace.form),
        versions=versions,
        before=before,
        after=after,
        wanted=_wanted(request, workspace.form),
    )


def _wanted(request: Request, form: FormDefinition) -> str:
    """Return the field that an address names; empty where it names none that there is."""
    name = request.query_params.get("field", "")
    return name if name in form else ""


def _versions(partners: Iterable[Partner], partner: Partner) -> list[Partner]:
    """Return all worksheets of which the same one counts, this one among them."""
    counting = partner.row.submission.superseded_by or partner.row.submission.source
    return [
        each
        for each in partners
        if (each.row.submission.superseded_by or each.row.submission.source) == counting
    ]


def _beside(partners: Sequence[Partner], partner: Partner) -> tuple[Partner | None, Partner | None]:
    """Return who comes before and after a partner."""
    at = next((number for number, each in enumerate(partners) if each.row.key == partner.row.key), None)
    if at is None:
        return None, None
    return (partners[at - 1] if at else None), (partners[at + 1] if at + 1 < len(partners) else None)


async def by_question(request: Request) -> Response:
    """Show all that was answered to one question."""
    workspace = run_of(request).workspace
    every = [each for _, group in questions_of(workspace.form) for each in group]
    at = _position(every, request.path_params["field"])
    asked = every[at]
    partners = await run_in_threadpool(partners_of, workspace)
    counting = [partner for partner in partners if partner.counts]
    read = [partner for partner in counting if partner.row.submission.status.has_answers]
    given = await run_in_threadpool(lambda: [given_by(workspace, each, asked) for each in read])
    return pages_of(request).page(
        request,
        "look_question.html",
        asked=asked,
        given=[each for each in given if each.says_something],
        silent={
            state: [each for each in given if each.state is state]
            for state in (State.EXAMPLE, State.EMPTY, None)
        },
        unread=[partner for partner in counting if not partner.row.submission.status.has_answers],
        before=every[at - 1] if at else None,
        after=every[at + 1] if at + 1 < len(every) else None,
    )


def _position(every: Sequence[Asked], name: str) -> int:
    """Return which question a name means.

    Raises:
        HTTPException: There is none of that name.
    """
    at = next((number for number, asked in enumerate(every) if asked.spec.name == name), None)
    if at is None:
        raise HTTPException(404)
    return at


async def correct(request: Request) -> Response:
    """Put the officer's text in the place of one that was misread, or take that back."""
    workspace = run_of(request).workspace
    row = _still_there(request)
    every = [each for _, group in questions_of(workspace.form) for each in group]
    asked = every[_position(every, request.path_params["field"])]
    name = asked.spec.name
    answer = row.submission.answers.get(name)
    form = await form_of(request)
    overtaken = answer is not None and form.get("version", _version(answer.text)) != _version(answer.text)
    if overtaken:
        if not is_piece(request):
            raise LookError(_overtaken(), Message("Go back, and look at it before you change it."))
    elif "back" in form:
        workspace.correct(row.key, name, workspace.as_read(row.key, name))
    # A browser cannot show every character: what comes back as it was shown was not changed.
    elif answer is not None and "text" in form and form["text"] != visible(answer.text):
        workspace.correct(row.key, name, typed_again(form["text"], answer.text))
    if not is_piece(request):
        return RedirectResponse(_address(row, name), 303)
    partners = await run_in_threadpool(partners_of, workspace)
    partner = next((each for each in partners if each.row.key == row.key), None)
    if partner is None:
        raise _gone()
    given = await run_in_threadpool(given_by, workspace, partner, asked)
    return pages_of(request).page(
        request,
        "look_corrected.html",
        each=given,
        partner=partner,
        said=_overtaken() if overtaken else _what_was_done(given, form),
        typed=form.get("text") if overtaken else None,
    )


def _address(row: Row, name: str) -> str:
    """Return where all that a partner answered is shown, at one field where one is named."""
    field_named = quote(name, safe="")
    return f"/answers/partner/{row.key}" + (f"?field={field_named}#{field_named}" if name else "")


def _overtaken() -> Message:
    return Message(
        "Nothing was changed: this answer was corrected on another page meanwhile. What you typed is still in its box;"
        " keep it if that is what the answer should say."
    )


def _what_was_done(given: Given, form: Mapping[str, str]) -> Message:
    if "back" in form:
        return Message("The correction was taken back: the answer is as it was read.")
    if given.as_read is None:
        return Message("The answer is as it was read; there is nothing to correct.")
    return Message("The correction is kept. It counts in the report and the letters.")


async def choose(request: Request) -> Response:
    """Have a worksheet count instead of others of the same partner."""
    row = _still_there(request)
    run_of(request).workspace.choose(row.key)
    return RedirectResponse(f"/answers/partner/{row.key}", 303)


def _still_there(request: Request) -> Row:
    """Return the worksheet that an address names.

    Raises:
        HTTPException: There is none, and the browser asked for a whole page.
        LookError: There is none any more, and a page of ours asked for a piece of itself.
    """
    try:
        return found_row(request)
    except HTTPException:
        if is_piece(request):
            raise _gone() from None
        raise


def _gone() -> LookError:
    return LookError(
        Message("This worksheet is not there any more."),
        Message("It was taken away on another page. Go back to the files."),
    )


async def page(request: Request) -> Response:
    """Show a page of a worksheet's PDF: one by its number, or the one on which a field stands."""
    row = _still_there(request)
    workspace = run_of(request).workspace
    name = _wanted(request, workspace.form)
    if not is_piece(request):
        return RedirectResponse(_address(row, name), 303)
    number = request.query_params.get("number", "")
    shown = await _shown(request, row, name, int(number[:6]) if number.isdecimal() else 0)
    return pages_of(request).page(
        request,
        "look_page.html",
        row=row,
        shown=shown,
        label=workspace.form.field(name).label if name else "",
        field=name,
        widths=WIDTHS,
        is_quiet="quiet" in request.query_params,
    )


async def _shown(request: Request, row: Row, name: str, number: int) -> Shown:
    """Return the page to show; it is drawn here, so that what cannot be drawn is told in its place."""
    places = await _places(request, row)
    if not isinstance(places, FieldPlaces):
        return _instead(places)
    total = len(places.sizes)
    if not total:
        return _instead(Failure.CRASH)
    place = places.place_of(name) if name else None
    if not number:
        spec = run_of(request).workspace.form.field(name) if name else None
        number = place.page if place is not None else spec.page if spec is not None else 1
    number = min(max(number, 1), total)
    picture = await _picture(request, row, number, WIDTHS[0])
    if not isinstance(picture, bytes):
        told = _instead(picture)
        return Shown(number, total, instead=told.instead, remedy=told.remedy)
    marks = place.marks if place is not None and place.page == number else ()
    return Shown(number, total, places.sizes[number - 1], marks)


def _instead(outcome: VeldpdfError | Failure) -> Shown:
    if isinstance(outcome, VeldpdfError):
        return Shown(instead=outcome.what, remedy=outcome.remedy)
    return Shown(
        instead=Message("The pages of this file cannot be shown here."),
        remedy=Message("Open the file in a PDF viewer, or ask the partner to send it again."),
    )


async def _places(request: Request, row: Row) -> Outcome[FieldPlaces]:
    """Return where the fields of a worksheet stand, as a worker finds out once."""
    digest = row.submission.digest
    if not digest:
        return Failure.CRASH  # whatever it is, it could not even be unpacked
    kept, key = _kept(request), (row.file.key, digest, run_of(request).templates)
    if key in kept.places:
        return kept.places[key]
    run = run_of(request)
    has_printed = any(
        each.status is Status.RECOVERED
        or any(answer.origin in (Origin.PAGE_TEXT, Origin.OCR) for answer in each.answers.values())
        for each in row.file.submissions
        if _without_number(each.digest) == _without_number(digest)
    )
    task = PlacesTask(row.file.path, digest, run.workspace.form, run.templates, has_printed)
    found: Outcome[FieldPlaces] = await run.apart(places_in, task)
    if isinstance(found, FieldPlaces):
        kept.keep_places(key, found)
    return found


def _without_number(digest: str) -> str:
    """Return what all worksheets of one PDF have in common, wherever it lay."""
    return re.sub(r"#\d+$", "", digest)


async def _picture(request: Request, row: Row, number: int, width: int) -> Outcome[bytes]:
    """Return a picture, one that was drawn before or a new one."""
    kept = _kept(request)
    key = (row.file.key, row.submission.digest, number, width)
    if key in kept.pictures:
        kept.pictures.move_to_end(key)
        return kept.pictures[key]
    drawn: Outcome[bytes] = await run_of(request).apart(
        picture_in, row.file.path, row.submission.digest, number, width
    )
    if isinstance(drawn, bytes):
        kept.keep_picture(key, drawn)
    return drawn


async def picture(request: Request) -> Response:
    """Answer with the picture of a page; any width becomes one of a few, so that the same need not be drawn anew."""
    row = found_row(request)
    asked = request.query_params.get("width", "")
    least = int(asked[:6]) if asked.isdecimal() else WIDTHS[0]
    width = next((each for each in WIDTHS if each >= least), WIDTHS[-1])
    if not row.submission.digest:
        raise HTTPException(404)
    number = request.path_params["page"]
    if not re.fullmatch("[0-9]{1,6}", number):
        raise HTTPException(404)
    drawn = await _picture(request, row, int(number), width)
    if not isinstance(drawn, bytes):
        raise HTTPException(404)
    return Response(drawn, media_type="image/png")


ROUTES = [
    Route("/answers", matrix),
    Route("/answers/partner/{row}", by_partner),
    Route("/answers/partner/{row}/page", page),
    Route("/answers/partner/{row}/choose", choose, methods=["POST"]),
    Route("/answers/question/{field:path}", by_question),
    Route("/answers/{row}/{field:path}", correct, methods=["POST"]),
    Route("/pictures/{row}/{page}", picture),
]
