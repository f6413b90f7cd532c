"""The page of the report: how it is wanted, what it will look like, the report as a file, and letters to the partners.

What is chosen is kept as soon as it is chosen, and the preview follows. The preview is the report itself as a web
page, in a frame of its own that may do nothing: no script, no request, no form that is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from veldpdf.errors import OutputError, ValuesError, VeldpdfError
from veldpdf.files import reason_of
from veldpdf.language import catalogue
from veldpdf.letters.letters import Letter, letters_for
from veldpdf.letters.making import address_of
from veldpdf.limits import Failure
from veldpdf.merging import Participant, Report
from veldpdf.messages import Message, counted
from veldpdf.model import Completeness
from veldpdf.recipients import file_names
from veldpdf.report import check_available, known_formats
from veldpdf.report.wording import STATUSES, completeness_of, summary_of, title_of
from veldpdf.spreadsheets import OTHER_ENDINGS, TABLE_ENDINGS
from veldpdf.web.downloads import download, zipped
from veldpdf.web.pages import is_piece, pages_of, run_of
from veldpdf.web.reports import (
    About,
    LetterWishes,
    PartnerList,
    ReportState,
    ReportWishes,
    counting_rows,
    letter_files,
    read_list,
    report_file,
    results_of,
    under_name,
)
from veldpdf.web.uploads import LARGEST_RUN, form_of, save, shown_name
from veldpdf.web.workspace import Progress, Row, Workspace

_HTML = ".html"
_MOST_NAMED = 5
_NOBODY_CHOSEN = Message("No partner is chosen.")
_CHOOSE_SOMEBODY = Message("Tick at least one under “Which partners are in it”; then there is a report.")
# What the report says of itself, and this page says otherwise.
_OF_THE_ANNEX = "{n} could not be read; the annex says why."
# Partners to choose from; a form holds twice as many entries at most.
_MOST_OFFERED = 1_000
# Characters of a title, a municipality or a sender.
_LONGEST = 300
# What the report may do in its frame: be looked at. Its own policy says which style is its own.
_FRAMED = {
    "content-security-policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A format of the report, as the page offers it.

    Attributes:
        suffix: The ending of the file name.
        name: What people call it.
        use: What it is good for.
        media_type: What browsers call it.
        missing: Why it cannot be made here; None where it can.
    """

    suffix: str
    name: Message
    use: Message
    media_type: str
    missing: VeldpdfError | None = None


_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.suffix: kind
        for kind in (
            Kind(
                suffix=".pdf",
                name=Message("PDF"),
                use=Message("to send and to print"),
                media_type="application/pdf",
            ),
            Kind(
                suffix=".docx",
                name=Message("Word"),
                use=Message("to write on"),
                media_type=f"{_OFFICE}.wordprocessingml.document",
            ),
            Kind(
                suffix=".xlsx",
                name=Message("Excel"),
                use=Message("to sort and to count"),
                media_type=f"{_OFFICE}.spreadsheetml.sheet",
            ),
            Kind(
                suffix=_HTML,
                name=Message("Web page"),
                use=Message("to put on a website, in one file"),
                media_type="text/html; charset=utf-8",
            ),
            Kind(
                suffix=".json",
                name=Message("JSON"),
                use=Message("for other programs"),
                media_type="application/json",
            ),
            Kind(
                suffix=".md",
                name=Message("Markdown"),
                use=Message("plain text"),
                media_type="text/markdown; charset=utf-8",
            ),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets a letter.

    Attributes:
        letter: Its facts.
        open: What it asks, in the words that the page has for the same elsewhere.
        again: What it asks to look at once more beside that; None for nothing.
        addresses: Where it goes; empty where nobody knows.
    """

    letter: Letter
    open: Message | None
    again: Message | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner who may be in the report: the key of the worksheet that counts, what to call it, whether it is in."""

    key: str
    name: str
    is_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the page tells of the report as it is now.

    Attributes:
        version: Changes with whatever the page shows.
        title: What the report calls itself.
        summary: How far the whole is.
        unread: The sentence of the summary that tells of files that could not be read; None where all could.
        is_empty: Whether every partner was left out of it.
        open: Partners of whom something is missing, and how far each is: the first few.
        more: How many of them are not among those.
        waiting: Files that are still being read.
        partners: Who is in the report, and who is left out of it; nobody where a form could not hold them all.
        addressees: Who gets a letter.
        silent: Partners on the list who sent nothing, the first few of them; empty for nobody.
        named: How many partners have their name from the list; None where there is no list.
    """

    version: str
    title: str
    summary: tuple[Message, ...]
    unread: Message | None
    is_empty: bool
    open: tuple[tuple[Participant, Message], ...]
    more: int
    waiting: int
    partners: tuple[Partner, ...]
    addressees: tuple[Addressee, ...]
    silent: str
    named: Message | None


def _version(request: Request) -> str:
    run = run_of(request)
    return f"{run.workspace.version}-{run.report.version}"


def _overview(state: ReportState, workspace: Workspace, version: str, language: str) -> Overview:
    report = state.merged(workspace).report
    summary, unread = _summary(report)
    behind = [each for each in report.participants if not each.complete]
    wishes, known = state.wishes, state.partners
    rows = counting_rows(workspace.rows())
    return Overview(
        version=version,
        title=title_of(report, catalogue(language)),
        summary=summary,
        unread=unread,
        is_empty=not report.participants,
        open=tuple((each, completeness_of(each)) for each in behind[:_MOST_NAMED]),
        more=max(len(behind) - _MOST_NAMED, 0),
        waiting=sum(file.progress is Progress.WAITING for file in workspace.files),
        partners=tuple(
            Partner(key=row.key, name=row.submission.partner, is_in=row.key not in wishes.left_out)
            for row in (rows if len(rows) <= _MOST_OFFERED else ())
        ),
        addressees=_addressees(workspace, known),
        silent=_named(report.options.awaited),
        named=None if known is None else _named_by_list(rows),
    )


def _summary(report: Report) -> tuple[tuple[Message, ...], Message | None]:
    """Return how far the whole is, and which sentence of that tells of files that could not be read.

    The report's own sentence points to its annex, which the page does not have.
    """
    if not report.participants:
        return (_NOBODY_CHOSEN, _CHOOSE_SOMEBODY), None
    unread = len(report.participants) - report.read
    instead = counted(
        "{n} could not be read; the list of files says why.",
        "{n} could not be read; the list of files says why.",
        unread,
    )
    sentences = tuple(instead if each.msgid == _OF_THE_ANNEX else each for each in summary_of(report))
    return sentences, instead if unread else None


def _addressees(workspace: Workspace, known: PartnerList | None) -> tuple[Addressee, ...]:
    results = results_of(workspace)
    by_submission = {id(result.submission): result for result in results}
    addressees = []
    for letter, submission in letters_for(workspace.form, results):
        asked, again = _asked(letter, by_submission[id(submission)])
        addresses = address_of(letter, known.addresses if known else None)
        addressees.append(Addressee(letter=letter, open=asked, again=again, addresses=addresses))
    return tuple(addressees)


def _asked(letter: Letter, result: Completeness) -> tuple[Message | None, Message | None]:
    """Return what a letter asks: what is open, in the same number as above on the page, and the rest of it."""
    if not letter.count:
        return STATUSES[letter.status], None
    missing = len(result.missing)
    more = letter.count - missing
    return (
        counted("{n} question open", "{n} questions open", missing) if missing else None,
        counted("{n} to look at once more", "{n} to look at once more", more) if more > 0 else None,
    )


def _named_by_list(rows: tuple[Row, ...]) -> Message:
    return counted(
        "{n} partner here has its name from it.",
        "{n} partners here have their names from it.",
        sum(row.is_listed for row in rows),
    )


def _kinds() -> list[Kind]:
    """Return all formats, in the order in which the page offers them, and why one cannot be made here."""
    kinds = []
    for kind in _KINDS.values():
        try:
            check_available(kind.suffix)
        except VeldpdfError as exc:
            kinds.append(replace(kind, missing=exc))
        else:
            kinds.append(kind)
    return kinds


async def show(request: Request) -> Response:
    """Show the page, or what of it has changed since it was drawn."""
    if not is_piece(request):
        return await _page(request)
    drawn = request.query_params.get("version", "")
    if (drawn == "none") == bool(run_of(request).workspace.rows()):
        return Response(status_code=204, headers={"HX-Refresh": "true"})  # from nothing to something, or back
    if drawn in ("none", _version(request)):
        return Response(status_code=204)
    return await _piece(request)


async def _page(
    request: Request,
    problem: VeldpdfError | None = None,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return the page; where something went wrong with what was typed, that stays as it was typed."""
    run = run_of(request)
    status = 200 if problem is None else 400
    if not run.workspace.rows():
        return pages_of(request).page(request, "report_empty.html", status=status, problem=problem)
    overview, kinds = await _overview_of(request), await run_in_threadpool(_kinds)
    return pages_of(request).page(
        request,
        "report.html",
        status=status,
        problem=problem,
        overview=overview,
        kinds=kinds,
        state=run.report,
        typed=typed,
        is_piece=False,
    )


async def _piece(request: Request, *, is_kept: bool = False) -> Response:
    run = run_of(request)
    overview, kinds = await _overview_of(request), await run_in_threadpool(_kinds)
    return pages_of(request).page(
        request,
        "report_preview.html",
        overview=overview,
        kinds=kinds,
        state=run.report,
        is_piece=True,
        is_kept=is_kept and not overview.is_empty,
    )


async def _overview_of(request: Request) -> Overview:
    run = run_of(request)
    return await run_in_threadpool(_overview, run.report, run.workspace, _version(request), run.language)


async def keep(request: Request) -> Response:
    """Keep how the report is wanted."""
    run = run_of(request)
    form = await form_of(request)
    try:
        wishes = _report_wishes(form, run.report.wishes, run.workspace)
    except VeldpdfError as exc:
        if is_piece(request):
            raise
        return await _page(request, exc, form)
    is_new = run.report.keep(wishes)
    if not is_piece(request):
        return RedirectResponse("/report", 303)
    return await _piece(request, is_kept=True) if is_new else Response(status_code=204)


def _report_wishes(form: Mapping[str, str], before: ReportWishes, workspace: Workspace) -> ReportWishes:
    if "title" not in form:  # more than a form may hold, or none of ours
        raise ValuesError(
            Message("What was chosen did not come over."), Message("Load the page again, and choose once more.")
        )
    there = {row.key for row in workspace.rows()}
    # Who came in since the page was drawn stood on it nowhere, and was left out by nobody.
    offered = there & set(form.get("rows", "").split())
    unticked = {key for key in offered if f"row-{key}" not in form}
    return ReportWishes(
        title=_line(form, "title"),
        municipality=_line(form, "municipality"),
        date=_day(form, "date"),
        hide_examples="hide_examples" in form,
        annex="annex" in form,
        left_out=frozenset((before.left_out & there) - offered | unticked),
    )


def _line(form: Mapping[str, str], name: str) -> str:
    return " ".join(form.get(name, "").split())[:_LONGEST]


def _day(form: Mapping[str, str], name: str) -> date | None:
    """Return the day that was chosen; browsers send it as ISO 8601 has it (HTML, 4.10.5.1.7)."""
    text = form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValuesError(
            Message("This is no date: {date}.", date=repr(text[:20])),
            Message("Write the year, the month and the day: 2026-03-14."),
        ) from None


async def preview(request: Request) -> Response:
    """Return the report as a web page that may do nothing."""
    run = run_of(request)
    made = await run_in_threadpool(
        report_file, run.report, run.workspace, _HTML, catalogue(run.language), limits=run.limits, jobs=run.jobs
    )
    return Response(made.data, media_type=_KINDS[_HTML].media_type, headers=_FRAMED)


async def hand_out(request: Request) -> Response:
    """Hand out the report in one format."""
    run = run_of(request)
    kind = _KINDS.get(f".{request.path_params['ending']}")
    if kind is None or kind.suffix not in known_formats():
        raise HTTPException(404)
    if not run.workspace.rows():
        return await _page(request)
    say = catalogue(run.language)
    try:
        merged = await run_in_threadpool(run.report.merged, run.workspace)
        if not merged.report.participants:
            raise ValuesError(_NOBODY_CHOSEN, _CHOOSE_SOMEBODY)
        made = await run_in_threadpool(
            report_file, run.report, run.workspace, kind.suffix, say, limits=run.limits, jobs=run.jobs
        )
    except VeldpdfError as exc:
        return await _page(request, exc)
    run.report.tell(About.REPORT, kind.name, made.warnings)
    name = _file_name(title_of(merged.report, say), kind.suffix)
    return download(made.data, name, kind.media_type)


def _file_name(title: str, ending: str) -> str:
    return file_names([title])[0].removesuffix(".pdf") + ending


async def told(request: Request) -> Response:
    """Tell of the file that was made last; nothing where the page has that already."""
    about = request.path_params["about"]
    if about not in list(About):
        raise HTTPException(404)
    state = run_of(request).report
    made = state.told.get(About(about))
    if request.query_params.get("number", "0") == str(made.number if made else 0):
        return Response(status_code=204)
    return pages_of(request).page(request, "report_told.html", state=state, about=about)


async def keep_letters(request: Request) -> Response:
    """Keep how the letters are wanted, as soon as that changes."""
    run_of(request).report.letters = _letter_wishes(await form_of(request))
    return Response(status_code=204)


async def letters(request: Request) -> Response:
    """Hand out the letters in one zip file."""
    run = run_of(request)
    form = await form_of(request)
    say = catalogue(run.language)
    try:
        run.report.letters = _letter_wishes(form)
        made = await run_in_threadpool(letter_files, run.report, run.workspace, say, run.prefilling.template)
        if not made.count:
            raise ValuesError(
                Message("Nothing is to be asked of anybody; no letter was written."),
                Message("All worksheets that came back are complete: go on with the report."),
            )
    except VeldpdfError as exc:
        return await _page(request, exc, form)
    without = made.without_address if run.report.partners is not None else ()
    nobody = [Message("No e-mail address is known of: {names}; they have a text only.", names=_named(without))]
    run.report.tell(About.LETTERS, Message("Letters"), (*made.warnings, *(nobody if without else ())))
    return download(
        await run_in_threadpool(zipped, made.files), _file_name(say("Letters"), ".zip"), "application/zip"
    )


def _named(names: tuple[str, ...]) -> str:
    return ", ".join([*names[:_MOST_NAMED], *(["…"] if len(names) > _MOST_NAMED else [])])


def _letter_wishes(form: Mapping[str, str]) -> LetterWishes:
    return LetterWishes(sender=_line(form, "sender"), deadline=_day(form, "deadline"), attach="attach" in form)


async def back(_request: Request) -> Response:
    """Lead whoever reloads after a problem with the letters to the page itself."""
    return RedirectResponse("/report", 303)


async def take_list(request: Request) -> Response:
    """Take in the list of partners: its bytes are the body, its name is only ever shown."""
    run = run_of(request)
    name = shown_name(request.query_params.get("name", ""))
    path = run.folder.new_file().with_suffix(_ending(name))
    try:
        await save(request, path, room=LARGEST_RUN)
        outcome = await run.apart(read_list, path)
    except OSError as exc:
        raise OutputError(
            Message("The file cannot be kept for reading: {reason}.", reason=reason_of(exc)),
            Message("Make room on the disk, and drop it again."),
        ) from exc
    finally:
        path.unlink(missing_ok=True)
    if isinstance(outcome, VeldpdfError):
        raise under_name(outcome, path, name) from outcome
    if isinstance(outcome, Failure):
        raise ValuesError(
            Message("{path}: this table cannot be read.", path=name),
            Message("Save it once more as a workbook or as CSV, and drop that."),
        )
    names, addresses = outcome
    run.report.keep_list(PartnerList(name=name, names=names, addresses=addresses), run.workspace)
    return Response(status_code=204)


def _ending(name: str) -> str:
    """Return by which ending a table is read: one of those that are known, whatever the browser says."""
    return next((each for each in (*TABLE_ENDINGS, *OTHER_ENDINGS) if name.lower().endswith(each)), ".csv")


async def forget_list(request: Request) -> Response:
    """Forget the list of partners."""
    run = run_of(request)
    run.report.keep_list(None, run.workspace)
    return await _piece(request) if is_piece(request) else RedirectResponse("/report", 303)


ROUTES = [
    Route("/report", show),
    Route("/report", keep, methods=["POST"]),
    Route("/report/preview", preview),
    Route("/report/told/{about}", told),
    Route("/report/file/{ending}", hand_out),
    Route("/letters", back),
    Route("/letters", letters, methods=["POST"]),
    Route("/letters/wishes", keep_letters, methods=["POST"]),
    Route("/letters/list", take_list, methods=["POST"]),
    Route("/letters/list/forget", forget_list, methods=["POST"]),
]
