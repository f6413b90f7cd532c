"""The page that fills in worksheets before they are sent out: one typed here, or one for each partner of a list.

What is typed is measured by the layout that draws it, and kept by the server as it is typed. The official PDF is
dropped here once; readers then know it as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from veldpdf.definition import embedded_worksheet
from veldpdf.errors import OutputError, TemplateError, ValuesError, ValueTooLongError, VeldpdfError
from veldpdf.files import reason_of
from veldpdf.fits import about_characters, about_fits, how_it_fits
from veldpdf.messages import Message, counted
from veldpdf.model import FieldSpec, FormDefinition, Section
from veldpdf.office_packages import MissingExtraError
from veldpdf.pdf.filling.template import Fit, Template
from veldpdf.prefilling_many import (
    check_template,
    common_fits,
    example_rows,
    list_of,
    namesakes,
    try_rows,
    worksheets,
    write_zip,
)
from veldpdf.recipients import Recipient, RecipientTable, file_names
from veldpdf.spreadsheets import OTHER_ENDINGS, TABLE_ENDINGS, write_csv
from veldpdf.web.pages import is_piece, pages_of, run_of
from veldpdf.web.prefill_state import OfficialPdf, PartnerList, PrefillState
from veldpdf.web.uploads import LARGEST_RUN, form_of, save, shown_name
from veldpdf.workbook_writing import Column, Properties, Sheet, workbook

# How the names of inputs begin that hold the text of a field, or tell that it is to be locked: a field may be called
# anything.
_TEXT, _LOCK = "text:", "lock:"
_SWITCHES = ("examples", "continuation", "flatten", "drop_xfa", "drop_rights")
_LONGEST_PARTNER = 200
# Rows of a list that are shown; all of them are made.
_MOST_SHOWN = 500
_FEWEST_ROWS, _MOST_ROWS = 3, 6  # of a text area, which grows where browsers can


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the text in a field while it is typed.

    Attributes:
        messages: In order.
        is_wrong: Whether something is to be done about it.
        is_moved: Whether it stands on a page at the end, being too long.
    """

    messages: tuple[Message, ...]
    is_wrong: bool = False
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A field on the page.

    Attributes:
        number: Its place, by which the page knows it.
        spec: What is asked.
        text: As typed.
        told: Whether that fits.
        rows: How many lines to show of it; 1 for a field of one line.
    """

    number: int
    spec: FieldSpec
    text: str
    told: Told
    rows: int


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of the list of partners: for whom, and what is wrong with it."""

    partner: str
    line: int | None
    messages: tuple[Message, ...]
    can_be_made: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be made of the list of partners.

    Attributes:
        name: Of the list.
        rows: Its rows.
        common: What does not fit of the texts that are the same for all.
        good: The partners whose worksheets can be made.
        namesakes: Those that stand in it more than once.
        problem: Why nothing can be made of it.
    """

    name: str
    rows: tuple[ListedRow, ...] = ()
    common: tuple[Message, ...] = ()
    good: tuple[Recipient, ...] = ()
    namesakes: tuple[str, ...] = ()
    problem: VeldpdfError | None = None


@dataclass(frozen=True, slots=True)
class TooLong:
    """The texts that are longer than their fields show.

    Attributes:
        questions: Number and name of each field, in the worksheet's order.
        about: How many there are; None where all fit.
    """

    questions: tuple[tuple[int, str], ...] = ()
    about: Message | None = None


def told_of(template: Template, form: FormDefinition, name: str, text: str, *, continued: bool = False) -> Told:
    """Return what to tell of a text while it is typed; of an empty one, how much room there is.

    Args:
        template: What is filled in.
        form: What the fields are called.
        name: Of the field.
        text: As typed.
        continued: Whether texts that do not fit stand on pages at the end.
    """
    try:
        fit = template.measure({name: text or "x"}).get(name)
    except VeldpdfError as exc:
        return Told((exc.what, exc.remedy), is_wrong=True) if text else Told(())
    if fit is None:
        return Told(())
    if not text:
        return Told((counted("room for {n} line", "room for {n} lines", fit.lines_that_fit),))
    about = about_characters(name, fit, form)
    is_moved = continued and not fit.fits
    fits = how_it_fits(fit)
    if is_moved:
        fits = Message("{fits}; the whole text goes on a page at the end", fits=fits)
    is_wrong = bool(about) or not (fit.fits or continued)
    return Told((fits, *about), is_wrong, is_moved)


def _numbers(form: FormDefinition) -> Mapping[str, int]:
    """Return the number of each question, as the page has it before its words."""
    return {name: number for number, name in enumerate(form.names, start=1)}


def too_long_of(
    template: Template, form: FormDefinition, values: Mapping[str, str], *, continued: bool
) -> TooLong:
    """Return which texts are longer than their fields show, to be told where the worksheet is made.

    Args: as of `told_of`.
    """
    numbers = _numbers(form)
    found = tuple(
        (numbers[name], name)
        for name in form.names
        if name in template.fields and name in values and _is_too_long(template, name, values[name])
    )
    if not found:
        return TooLong()
    if continued:
        about = counted(
            "{n} text is longer than its field shows, and goes on a page at the end:",
            "{n} texts are longer than their fields show, and go on pages at the end:",
            len(found),
        )
    else:
        about = counted(
            "{n} text is longer than its field shows:",
            "{n} texts are longer than their fields show:",
            len(found),
        )
    return TooLong(found, about)


def _is_too_long(template: Template, name: str, text: str) -> bool:
    try:
        fit = template.measure({name: text}).get(name)
    except ValueTooLongError:
        return True
    except VeldpdfError:
        return False
    return fit is not None and not fit.fits


def questions_of(
    template: Template, form: FormDefinition, values: Mapping[str, str], *, continued: bool = False
) -> list[tuple[Section, list[Question]]]:
    """Return what the page asks, by section; only what the PDF that is filled in has a field for.

    Args: as of `told_of`.
    """
    known = frozenset(template.fields)
    numbers = _numbers(form)
    found = []
    for section in form.sections:
        questions = [
            Question(
                numbers[spec.name],
                spec,
                text := values.get(spec.name, ""),
                told_of(template, form, spec.name, text, continued=continued),
                _rows(template, spec.name, text),
            )
            for spec in form.fields_of(section)
            if spec.name in known
        ]
        if questions:
            found.append((section, questions))
    return found


def _rows(template: Template, name: str, text: str) -> int:
    """Return how many lines to show of a field; 1 for one of one line."""
    lines = _room(template, name)
    if lines <= 1 and "\n" not in text:
        return 1
    return max(_FEWEST_ROWS, min(lines, _MOST_ROWS))


def _room(template: Template, name: str) -> int:
    """Return how many lines a field shows; 1 for one that takes no text, but a choice."""
    try:
        fit: Fit | None = template.measure({name: "x"}).get(name)
    except VeldpdfError:
        return 1
    return 1 if fit is None else fit.lines_that_fit


def plan_of(state: PrefillState, template: Template, form: FormDefinition) -> Plan | None:
    """Return what can be made of the list of partners; None where there is none."""
    listed = state.partners
    if listed is None:
        return None
    table, continued = listed.table, state.wishes.continuation
    values = state.values_for(template)
    try:
        template.check_names(table.columns, source=listed.name)
        common = tuple(about_fits(common_fits(template, table.rows, values), form, continued=continued))
    except VeldpdfError as exc:
        return Plan(listed.name, problem=exc)
    rows: list[ListedRow] = []
    good: list[Recipient] = []
    for row in try_rows(template, table.rows, values, source=listed.name):
        if isinstance(row, VeldpdfError):
            rows.append(ListedRow("", None, (row.what, row.remedy), can_be_made=False))
        else:
            about = tuple(about_fits(row.fits, form, continued=continued))
            rows.append(ListedRow(row.recipient.partner, row.recipient.line, about, can_be_made=True))
            good.append(row.recipient)
    return Plan(listed.name, tuple(rows), common, tuple(good), namesakes(good))


async def show(request: Request) -> Response:
    """Show the page with what was typed, and with what went wrong."""
    run = run_of(request)
    state, form = run.prefilling, run.workspace.form
    error = state.take_problem()
    has_own = embedded_worksheet(form) is not None
    shown: dict[str, Any] = {"template": None, "plan": None, "sections": [], "too_long": TooLong()}
    template = None
    if has_own or state.official is not None:
        template, problem = await run_in_threadpool(_opened, state)
        error = error or problem
    if template is not None:
        continued = state.wishes.continuation
        asked = await run_in_threadpool(questions_of, template, form, state.values, continued=continued)
        too_long = await run_in_threadpool(too_long_of, template, form, state.values, continued=continued)
        shown = {
            "template": template,
            "sections": asked,
            "too_long": too_long,
            "plan": await run_in_threadpool(plan_of, state, template, form),
        }
    return pages_of(request).page(
        request,
        "prefill.html",
        error=error,
        state=state,
        has_own=has_own,
        most_shown=_MOST_SHOWN,
        **shown,
    )


def _opened(state: PrefillState) -> tuple[Template | None, VeldpdfError | None]:
    """Return the worksheet that is filled in, and what is wrong with it.

    Where it cannot be had without its XFA form or its rights, it is had with them.
    """
    try:
        return state.template(), None
    except VeldpdfError as exc:
        problem = exc
    if state.wishes.drop_xfa or state.wishes.drop_rights:
        state.wish(drop_xfa=False, drop_rights=False)
        return _opened(state)[0], problem
    return None, problem


async def show_partners(request: Request) -> Response:
    """Show the list of partners alone, where something about it has changed."""
    if not is_piece(request):
        return RedirectResponse("/prefill", 303)
    run = run_of(request)
    state, form = run.prefilling, run.workspace.form
    template = await run_in_threadpool(state.template)
    plan = await run_in_threadpool(plan_of, state, template, form)
    return pages_of(request).page(
        request, "prefill_partners.html", state=state, template=template, plan=plan, most_shown=_MOST_SHOWN
    )


async def measure(request: Request) -> Response:
    """Keep what was typed in one field, and tell whether it fits."""
    run = run_of(request)
    state, form = run.prefilling, run.workspace.form
    name = request.path_params["field"]
    typed = await form_of(request)
    if name not in form or _TEXT + name not in typed:
        raise HTTPException(404)
    text = typed[_TEXT + name]
    state.type(name, text)
    template = await run_in_threadpool(state.template)
    while True:
        continued = state.wishes.continuation
        told = await run_in_threadpool(told_of, template, form, name, text, continued=continued)
        too_long = await run_in_threadpool(too_long_of, template, form, state.values, continued=continued)
        if state.wishes.continuation == continued:
            break  # else the box was ticked meanwhile, and what is told here would replace what that told
    return pages_of(request).page(request, "prefill_measured.html", told=told, too_long=too_long)


async def wish(request: Request) -> Response:
    """Keep what is to be done beside filling in, and say it where that changes what becomes of a text."""
    run = run_of(request)
    state, form = run.prefilling, run.workspace.form
    before = state.wishes.continuation
    await run_in_threadpool(_wished, state, await form_of(request))
    if not is_piece(request):
        return RedirectResponse("/prefill", 303)
    response = Response(status_code=204)
    if state.wishes.continuation != before:
        template = await run_in_threadpool(state.template)
        said = await run_in_threadpool(_said_anew, template, form, state.values, continued=not before)
        response = pages_of(request).page(request, "prefill_wished.html", **said)
    response.headers["HX-Trigger"] = "partners-changed"
    return response


def _said_anew(
    template: Template, form: FormDefinition, values: Mapping[str, str], *, continued: bool
) -> dict[str, Any]:
    """Return what is to be told of the texts that are too long, now that something else becomes of them."""
    too_long = too_long_of(template, form, values, continued=continued)
    told = {
        number: told_of(template, form, name, values[name], continued=continued)
        for number, name in too_long.questions
    }
    return {"too_long": too_long, "changed": told}


def _wished(state: PrefillState, typed: Mapping[str, str]) -> None:
    """Keep the wishes that a whole form holds: a switch that is off is not in it."""
    switches = {name: name in typed for name in _SWITCHES}
    locked = tuple(name for name in _names(state) if _LOCK + name in typed)
    partner = " ".join(typed.get("partner", "").split())[:_LONGEST_PARTNER]
    state.wish(partner=partner, lock=locked, **switches)


def _names(state: PrefillState) -> tuple[str, ...]:
    try:
        return state.template().fields
    except VeldpdfError:
        return ()


async def download(request: Request) -> Response:
    """Make one worksheet of what was typed; what cannot be made is told on the page, which keeps all of it."""
    state = run_of(request).prefilling
    typed = await form_of(request)
    for name in run_of(request).workspace.form.names:
        if _TEXT + name in typed:
            state.type(name, typed[_TEXT + name])
    await run_in_threadpool(_wished, state, typed)
    form = run_of(request).workspace.form
    try:
        pdf, warnings = await run_in_threadpool(_made, state, form)
    except VeldpdfError as exc:
        state.fail(exc)
        return RedirectResponse("/prefill", 303)
    name = file_names([state.wishes.partner or form.id])[0]
    state.tell(name, warnings)
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": _attachment(name)})


def _made(state: PrefillState, form: FormDefinition) -> tuple[bytes, tuple[Message, ...]]:
    """Return the worksheet, and what its fields do not show whole."""
    template, wishes = state.template(), state.wishes
    values = state.values_for(template)
    pdf = template.fill(values, partner=wishes.partner, **asdict(wishes.how))
    return pdf, tuple(about_fits(template.measure(values), form, continued=wishes.continuation))


async def told_last(request: Request) -> Response:
    """Tell of the worksheet that was made last; nothing where the page has that already."""
    state = run_of(request).prefilling
    if request.query_params.get("number", "0") == str(state.made.number if state.made else 0):
        return Response(status_code=204)
    return pages_of(request).page(request, "prefill_made.html", state=state)


def _attachment(name: str) -> str:
    """Return the header that has a browser keep what comes under a name (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def clear(request: Request) -> Response:
    """Forget what was typed."""
    run_of(request).prefilling.clear()
    return RedirectResponse("/prefill", 303)


async def drop_partners(request: Request) -> Response:
    """Take in a table of partners: its bytes are the body."""
    run = run_of(request)
    name = shown_name(request.query_params.get("name", ""))
    path = await _taken_in(request, _ending(name))
    try:
        template = await run_in_threadpool(run.prefilling.template)
        table = await run.apart(list_of, path, name, template.fields)
    finally:
        path.unlink(missing_ok=True)
    if isinstance(table, VeldpdfError):
        raise table
    if not isinstance(table, RecipientTable):
        raise ValuesError(
            Message("{name}: this table cannot be read.", name=name),
            Message("Save it again as an Excel workbook (.xlsx) with nothing but the list, and drop that."),
        )
    run.prefilling.partners = PartnerList(name, table)
    return Response(status_code=204)


def _ending(name: str) -> str:
    """Return how a name ends, where that is one of those by which tables are known; of others nothing is kept."""
    lowered = name.lower()
    return next((ending for ending in (*TABLE_ENDINGS, *OTHER_ENDINGS) if lowered.endswith(ending)), ".csv")


async def _taken_in(request: Request, ending: str) -> Path:
    """Keep the body of a request as a file of this run, and return where.

    Raises:
        UploadError: It is too large.
        OutputError: It cannot be kept.
    """
    run = run_of(request)
    path = run.folder.new_file().with_suffix(ending)
    try:
        await save(request, path, room=LARGEST_RUN - sum(file.size for file in run.workspace.files))
    except OSError as exc:
        raise OutputError(
            Message("The file cannot be kept for reading: {reason}.", reason=reason_of(exc)),
            Message("Make room on the disk, and drop it again."),
        ) from exc
    return path


async def remove_partners(request: Request) -> Response:
    """Take the list of partners away."""
    run_of(request).prefilling.partners = None
    return RedirectResponse("/prefill#partners", 303)


async def download_all(request: Request) -> Response:
    """Make the worksheets of all partners whose rows can be used."""
    run = run_of(request)
    path = run.folder.new_file()
    try:
        await run_in_threadpool(_packed, run.prefilling, run.workspace.form, path)
    except VeldpdfError as exc:
        path.unlink(missing_ok=True)
        run.prefilling.fail(exc)
        return RedirectResponse("/prefill", 303)
    headers = {"content-disposition": _attachment(f"{run.workspace.form.id}.zip")}
    done = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type="application/zip", headers=headers, background=done)


def _packed(state: PrefillState, form: FormDefinition, path: Path) -> None:
    template = state.template()
    plan = plan_of(state, template, form)
    if plan is None or not plan.good:
        raise (plan and plan.problem) or ValuesError(
            Message("There is no partner to make a worksheet for."), Message("Drop a list of partners first.")
        )
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            write_zip(file, worksheets(template, plan.good, state.values_for(template), state.wishes.how))
    except OSError as exc:
        raise OutputError(
            Message("The worksheets cannot be kept: {reason}.", reason=reason_of(exc)),
            Message("Make room on the disk, and try again."),
        ) from exc


async def example_table(request: Request) -> Response:
    """Give a table to begin with: a workbook, or text where no workbooks can be written."""
    run = run_of(request)
    template = await run_in_threadpool(run.prefilling.template)
    rows = example_rows(template.fields)
    sheet = Sheet(name="Partners", columns=[Column(heading) for heading in rows[0]], rows=rows[1:])
    try:
        table = await run_in_threadpool(workbook, [sheet], Properties(title=run.workspace.form.title))
    except MissingExtraError:
        headers = {"content-disposition": _attachment("partners.csv")}
        return Response(write_csv(rows, with_mark=True), media_type="text/csv; charset=utf-8", headers=headers)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(table, media_type=kind, headers={"content-disposition": _attachment("partners.xlsx")})


async def drop_template(request: Request) -> Response:
    """Take in the official PDF: looked at in a worker first, as it comes from outside."""
    run = run_of(request)
    name = shown_name(request.query_params.get("name", ""))
    path = await _taken_in(request, ".pdf")
    outcome = await run.apart(partial(check_template, name=name), path, run.workspace.form)
    if not isinstance(outcome, bool):
        path.unlink(missing_ok=True)
        raise (
            outcome
            if isinstance(outcome, VeldpdfError)
            else TemplateError(
                Message("{name}: this PDF takes too long or too much memory to look at.", name=name),
                Message("Drop the fillable PDF as it was published."),
            )
        )
    await _use(request, OfficialPdf(name, path, outcome))
    return Response(status_code=204)


async def remove_template(request: Request) -> Response:
    """Go back to the worksheet that comes with veldpdf."""
    await _use(request, None)
    return RedirectResponse("/prefill", 303)


async def _use(request: Request, official: OfficialPdf | None) -> None:
    """Fill in another PDF, and have readers know it: files that it may tell more of are read again."""
    run = run_of(request)
    known = (official.path,) if official is not None and official.is_readable else ()
    async with run.prefilling.changing:  # or readers would be told of one that another tab has just replaced
        old = await run_in_threadpool(run.prefilling.use, official)
        await run_in_threadpool(run.know, known)
        if old is not None:
            old.path.unlink(missing_ok=True)


ROUTES = [
    Route("/prefill", show),
    Route("/prefill/fits/{field:path}", measure, methods=["POST"]),
    Route("/prefill/wishes", wish, methods=["POST"]),
    Route("/prefill/file", download, methods=["POST"]),
    Route("/prefill/made", told_last),
    Route("/prefill/clear", clear, methods=["POST"]),
    Route("/prefill/partners", show_partners),
    Route("/prefill/partners", drop_partners, methods=["POST"]),
    Route("/prefill/partners/remove", remove_partners, methods=["POST"]),
    Route("/prefill/partners/zip", download_all, methods=["POST"]),
    Route("/prefill/partners/example", example_table),
    Route("/prefill/template", drop_template, methods=["POST"]),
    Route("/prefill/template/remove", remove_template, methods=["POST"]),
]
