"""The page where answers are looked at, in a real browser: who answered what, beside its page, and what is mended."""

from __future__ import annotations

import asyncio
import io
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pikepdf
import pymupdf
import pytest
from PIL import Image
from starlette.types import Message as Event

import veldpdf
from tests.web import (
    PATIENCE,
    SAMPLES,
    SIZES,
    Served,
    chromium,
    dropped,
    enter,
    is_wider_than_the_window,
    opened,
    served,
    violations,
)
from veldpdf.batch import ReadingOptions, read_file
from veldpdf.definition import load_form
from veldpdf.merging import merge
from veldpdf.model import State
from veldpdf.pdf.filling.template import Template
from veldpdf.returned_pages import returned_pdf
from veldpdf.web import looking
from veldpdf.web.app import application
from veldpdf.web.run import Run
from veldpdf.web.storage import RunFolder
from veldpdf.web.workspace import Row

FORM = load_form()
ORDER = ["basisschool", "ggd", "jongerenwerk", "politie", "sportclub", "veilig-thuis"]


def printed(values: dict[str, str]) -> bytes:
    with pymupdf.open(stream=Template.open().fill(values), filetype="pdf") as document:
        document.bake()
        return bytes(document.tobytes(no_new_id=True))


# Without a browser: what a handler answers, and what the workspace then holds.


class Inside:
    """The pages of a run, asked without a server around them."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder(folder)
        self.run = Run(FORM, self.folder, language="en")
        self.app = application(self.run)

    def close(self) -> None:
        self.run.close()
        self.folder.close()

    def drop(self, name: str, data: bytes) -> list[Row]:
        """Take in a file and read it, and return its worksheets."""
        path = self.folder.new_file()
        path.write_bytes(data)
        file = self.run.workspace.add(name, path, len(data))
        self.run.workspace.arrived(file.key, read_file(path, ReadingOptions(form=FORM), label=file.name))
        return [row for row in self.run.workspace.rows() if row.file.key == file.key]

    def get(self, address: str, *, piece: bool = False) -> tuple[int, bytes]:
        status, _, body = self._ask("GET", address, b"", piece=piece)
        return status, body

    def post(self, address: str, *, piece: bool = False, **form: str) -> tuple[int, str]:
        status, headers, body = self._ask("POST", address, urlencode(form).encode(), piece=piece)
        return status, headers.get("location", "") or body.decode()

    def _ask(self, method: str, address: str, body: bytes, *, piece: bool) -> tuple[int, dict[str, str], bytes]:
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(b"hx-request", b"true")] if piece else [],
            "server": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        sent: list[Event] = []

        async def receive() -> Event:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(event: Event) -> None:
            sent.append(event)

        asyncio.run(self.app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(event.get("body", b"") for event in sent[1:])


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    yield made
    made.close()


def size_of(picture: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture)).size


def test_a_correction_reaches_reports_and_can_be_taken_back(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    as_read = row.submission.answers["Veld07"].text
    address = f"/answers/{row.key}/Veld07"
    assert inside.post(address, text="\n één\r\n\r\ntwee \n") == (
        303,
        f"/answers/partner/{row.key}?field=Veld07#Veld07",
    )
    submissions = inside.run.workspace.submissions()
    assert submissions[0].answers["Veld07"].text == "\n één\n\ntwee \n"
    question = merge(FORM, submissions).questions[6]
    assert [entry.said[0].text for entry in question.entries] == ["\n één\n\ntwee \n"]
    status, page = inside.get(f"/answers/partner/{row.key}")
    assert status == 200
    assert page.decode().count("corrected by hand") == 1
    assert inside.post(address, back="1")[0] == 303
    assert inside.run.workspace.submissions()[0].answers["Veld07"].text == as_read
    assert "corrected by hand" not in inside.get(f"/answers/partner/{row.key}")[1].decode()


def test_an_answer_may_be_corrected_to_nothing(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    inside.post(f"/answers/{row.key}/Veld07", text="")
    (submission,) = inside.run.workspace.submissions()
    assert (submission.answers["Veld07"].text, submission.answers["Veld07"].state) == ("", State.EMPTY)
    (now,) = inside.run.workspace.rows()
    assert inside.run.workspace.result(now).missing == ("Veld07",)
    assert now.corrected == {"Veld07"}


def test_what_comes_back_as_it_was_shown_is_no_correction(inside: Inside) -> None:
    builder = Template.open().fill({"Veld01": "a\u202eb\u2028c"})
    (row,) = inside.drop("x.pdf", builder)
    assert row.submission.answers["Veld01"].text == "a\u202eb\u2028c"
    page = inside.get(f"/answers/partner/{row.key}")[1].decode()
    shown = re.search(r'<textarea id="t-Veld01"[^>]*>\n([^<]*)</textarea>', page)
    assert shown is not None
    assert shown[1] == "a[U+202E]b\nc"
    inside.post(f"/answers/{row.key}/Veld01", text=shown[1])
    assert inside.run.workspace.rows()[0].corrected == frozenset()
    inside.post(f"/answers/{row.key}/Veld01", text=shown[1] + "d")
    assert inside.run.workspace.rows()[0].submission.answers["Veld01"].text == "a\u202eb\ncd"


def test_a_form_without_a_text_changes_nothing(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    assert inside.post(f"/answers/{row.key}/Veld07", other="x")[0] == 303
    assert inside.run.workspace.rows()[0] == row


def test_what_is_not_there_is_told_where_it_is_asked(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    for address in ("partner/9-9", "question/Veld99"):
        assert inside.get(f"/answers/{address}")[0] == 404, address
    for address in (
        f"{row.key}/0",
        f"{row.key}/13",
        "9-9/1",
        f"{row.key}/x",
        f"{row.key}/99999999999999999999",
        f"{row.key}/{'9' * 5000}",
        f"{row.key}/²",
    ):
        assert inside.get(f"/pictures/{address}")[0] == 404, address
    assert inside.post("/answers/9-9/Veld07", text="x")[0] == 404
    assert inside.post(f"/answers/{row.key}/Veld99", text="x")[0] == 404
    assert inside.post("/answers/partner/9-9/choose")[0] == 404
    status, said = inside.post("/answers/9-9/Veld07", piece=True, text="x")
    assert status == 400
    assert "This worksheet is not there any more." in said
    # A field that there is not is not looked for, and nothing of its name comes back.
    assert "quatsch" not in inside.get(f"/answers/partner/{row.key}?field=quatsch")[1].decode()


def test_pictures_have_one_of_a_few_widths_and_are_drawn_once(
    inside: Inside, returned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    widths = {
        asked: size_of(inside.get(f"/pictures/{row.key}/5?width={asked}")[1])[0] for asked in (1, 701, 99999)
    }
    assert widths == {1: 700, 701: 1400, 99999: 2200}
    inside.run.close()

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(inside.run, "apart", never)
    for asked, width in ((1, 700), (1400, 1400), (2200, 2200)):
        assert size_of(inside.get(f"/pictures/{row.key}/5?width={asked}")[1])[0] == width


def test_kept_pictures_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = looking._Kept()
    for number in range(60):
        kept.keep_picture(("1", "d", number, 700), b"x")
    assert [key[2] for key in kept.pictures] == list(range(12, 60))
    monkeypatch.setattr(looking, "_MOST_BYTES", 1000)
    kept.keep_picture(("1", "d", 60, 700), b"x" * 998)
    assert [key[2] for key in kept.pictures] == [58, 59, 60]


def test_a_picture_is_that_of_the_partner_wherever_their_pdf_lay(inside: Inside, returned: Path) -> None:
    """In a zip file, in a PDF, in that again: the page is the one that the answers came from."""
    alone, other = (returned / "ggd.pdf").read_bytes(), (returned / "politie.pdf").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("map/politie.pdf", other)
        archive.writestr("map/ggd.pdf", alone)
    portfolio = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for name, data in (("politie.pdf", other), ("ggd.pdf", alone)):
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
        pdf.save(portfolio)
    (row,) = inside.drop("ggd.pdf", alone)
    pictures = {inside.get(f"/pictures/{row.key}/{page}")[1] for page in (5,)}
    for name, data in (("retour.zip", packed.getvalue()), ("map.pdf", portfolio.getvalue())):
        for row in inside.drop(name, data):
            picture = inside.get(f"/pictures/{row.key}/5")[1]
            assert (picture in pictures) == ("ggd" in row.submission.source), row.submission.source
            found = returned_pdf(row.file.path, row.submission.digest)
            assert found is not None
            assert found.data == (alone if "ggd" in row.submission.source else other)
            assert found.number == 1


def test_of_several_worksheets_in_a_file_each_has_its_own_page(inside: Inside) -> None:
    whole = io.BytesIO()
    with pikepdf.new() as pdf:
        for word in ("eerste", "tweede"):
            with pikepdf.open(io.BytesIO(Template.open().fill({"Veld07": word}))) as part:
                pdf.add_pages_from(part)
        pdf.save(whole)
    first, second = inside.drop("verzameld.pdf", whole.getvalue())
    for row, page in ((first, 5), (second, 17)):
        said = inside.get(f"/answers/partner/{row.key}/page?field=Veld07", piece=True)[1].decode()
        assert f"Page {page} of 24" in said
        assert said.count("<rect") == 1


def test_the_address_of_a_piece_leads_to_the_page_that_it_is_of(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    status, headers, _ = inside._ask("GET", f"/answers/partner/{row.key}/page?field=Veld07", b"", piece=False)
    assert (status, headers["location"]) == (303, f"/answers/partner/{row.key}?field=Veld07#Veld07")


def test_form_data_has_no_pages_and_says_so(inside: Inside) -> None:
    data = b'<xfdf xmlns="http://ns.adobe.com/xfdf/"><fields>' + b"".join(
        f'<field name="{name}"><value>x</value></field>'.encode() for name in FORM.names
    )
    (row,) = inside.drop("ggd.xfdf", data + b"</fields></xfdf>")
    assert row.submission.status.has_answers
    status, said = inside.get(f"/answers/partner/{row.key}/page", piece=True)
    assert status == 200
    assert "this is form data without pages" in said.decode()
    assert b"<img" not in said
    assert inside.get(f"/pictures/{row.key}/1")[0] == 404


def test_a_file_that_cannot_be_shown_says_so_where_its_page_would_be(inside: Inside) -> None:
    for name, data in (("stuk.pdf", b"%PDF-1.7 niets"), ("stuk.zip", b"PK\x03\x04stuk")):
        for row in inside.drop(name, data):
            status, page = inside.get(f"/answers/partner/{row.key}")
            assert status == 200
            assert "There are no answers to show of this file." in page.decode()
            status, said = inside.get(f"/answers/partner/{row.key}/page", piece=True)
            assert status == 200
            assert 'class="problem"' in said.decode()
            assert b"<img" not in said


def never(_task: object) -> None:
    """Stand for a page that takes too long."""
    time.sleep(PATIENCE / 1000)


def test_a_page_that_takes_too_long_is_told_of_and_no_other_is_lost(inside: Inside, returned: Path) -> None:
    (row,) = inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    inside.run._limits = replace(inside.run._limits, seconds=0.2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "places_in", never)
        assert b"cannot be shown" in inside.get(f"/answers/partner/{row.key}/page", piece=True)[1]
    inside.run.close()
    inside.run._limits = replace(inside.run._limits, seconds=60.0)
    assert b"<img" in inside.get(f"/answers/partner/{row.key}/page", piece=True)[1]


def test_files_that_are_still_read_are_told_of_and_the_table_comes_by_itself(
    inside: Inside, returned: Path, tmp_path: Path
) -> None:
    inside.drop("ggd.pdf", (returned / "ggd.pdf").read_bytes())
    waiting = inside.run.workspace.add("later.pdf", tmp_path / "none", 1)
    page = inside.get("/answers")[1].decode()
    assert "1 of 2 files read" in page
    version = inside.run.workspace.version
    assert f'hx-get="/answers?version={version}" hx-trigger="every 1s"' in page
    assert inside.get(f"/answers?version={version}", piece=True) == (204, b"")
    inside.run.workspace.remove(waiting.key)
    piece = inside.get(f"/answers?version={version}", piece=True)[1].decode()
    assert "every 1s" not in piece
    assert '<div hx-swap-oob="innerHTML:#reading">All read: 1</div>' in piece
    assert "<h1" not in piece
    assert "GGD" in piece


def test_answers_are_shown_as_text_and_do_nothing(inside: Inside) -> None:
    text = "<script>alert(1)</script>{{ 7*7 }}</textarea><b>"
    (row,) = inside.drop('<i>"x.pdf', Template.open().fill({"Veld07": text}))
    for address in ("", f"/partner/{row.key}", "/question/Veld07"):
        page = inside.get(f"/answers{address}")[1].decode()
        assert "<script>alert" not in page
        assert "<i>" not in page
        assert "</textarea>&lt;b" not in page
        assert "style=" not in page
    assert "{{ 7*7 }}" in inside.get("/answers/question/Veld07")[1].decode()


def test_a_field_of_any_name_can_be_asked_for_and_corrected(tmp_path: Path) -> None:
    """Names come from PDFs: full stops, spaces and slashes stand in them."""
    name = "A.b c/d#e?f"
    spec = replace(FORM.fields[0], name=name, example="")
    form = replace(FORM, fields=(spec, *FORM.fields[1:]), groups=())
    inside = Inside(tmp_path)
    inside.run.workspace.form = form
    try:
        path = inside.folder.new_file()
        path.write_bytes(Template.open().fill({}))
        submission = veldpdf.read(path)
        answers = {name: submission.answers["Veld01"], **submission.answers}
        del answers["Veld01"]
        file = inside.run.workspace.add("x.pdf", path, 1)
        inside.run.workspace.arrived(file.key, [replace(submission, answers=answers)])
        assert inside.get(f"/answers/question/{quote(name)}")[0] == 200
        status, location = inside.post(f"/answers/{file.key}-0/{quote(name)}", text="anders")
        assert status == 303
        assert location == f"/answers/partner/{file.key}-0?field=A.b%20c%2Fd%23e%3Ff#A.b%20c%2Fd%23e%3Ff"
        assert inside.run.workspace.submissions()[0].answers[name].text == "anders"
        assert 'href="/answers/question/A.b%20c/d%23e%3Ff"' in inside.get("/answers")[1].decode()
    finally:
        inside.close()


# In the browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(folder=tmp_path) as running:
        yield running


@pytest.fixture
def page(browser: Any, server: Served) -> Iterator[Any]:
    with opened(browser, server) as shown:
        yield shown


def comes_to(page: Any, condition: str) -> None:
    """Wait until a condition holds. Playwright's own way has the page evaluate it, which our policy forbids."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def row_named(page: Any, name: str) -> Any:
    return page.locator(".matrix tbody tr", has=page.locator(f'th a:text-is("{name}")'))


def test_the_matrix_tells_of_each_partner_what_each_answer_is(page: Any, server: Served) -> None:
    dropped(page)
    page.click("text=Alle antwoorden bekijken")
    page.wait_for_selector(".matrix")
    submissions = [veldpdf.read(path) for path in SAMPLES]
    rows = [
        row.locator("td .symbol").evaluate_all("signs => signs.map(sign => sign.classList[1])")
        for row in page.locator(".matrix tbody tr").all()
    ]
    assert rows == [[f"is-{answer.state}" for answer in each.answers.values()] for each in submissions]
    heads = page.locator(".matrix thead tr").nth(1).locator("th")
    assert heads.all_inner_texts()[0] == "Partner"
    assert [" ".join(text.split()) for text in heads.all_inner_texts()[1:]] == [
        f"{number} {spec.label}" for number, spec in enumerate(FORM.fields, start=1)
    ]
    cell = row_named(page, "Basisschool").locator("td").nth(8)
    assert cell.locator(".hidden").text_content() == "9: leeg"


def test_before_anything_was_dropped_the_page_says_where_to_begin(page: Any, server: Served) -> None:
    page.goto(f"{server.root}/answers")
    page.click("main .button")
    page.wait_for_selector("#drop")
    assert page.url == f"{server.root}/"


def test_a_sign_leads_to_the_answer_with_its_example_struck_out_and_its_page_beside_it(
    page: Any, server: Served
) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers")
    row_named(page, "Basisschool").locator("td a").nth(6).click()
    page.wait_for_selector("figure img")
    answer = page.locator("#Veld07")
    text = veldpdf.read(SAMPLES[0]).answers["Veld07"].text
    said = answer.locator(".answer-text").evaluate(
        "each => { each = each.cloneNode(true); each.querySelectorAll('.hidden').forEach(h => h.remove());"
        " return each.textContent; }"
    )
    assert said == text
    struck = answer.locator("s").all_inner_texts()
    assert "deskundigheid van professionals" in struck[0]
    assert "Invallers en stagiairs" not in "".join(struck)
    assert page.locator("figure img").evaluate("each => each.decode().then(() => each.naturalWidth)") >= 700
    assert "5" in page.locator(".which").inner_text()
    assert page.locator(".marks rect").count() == 1
    image, mark = page.locator("figure img").bounding_box(), page.locator(".marks rect").bounding_box()
    assert image["x"] < mark["x"] < mark["x"] + mark["width"] < image["x"] + image["width"]
    assert abs((mark["y"] - image["y"]) / image["height"] - 457.6 / 595.3) < 0.02


def test_the_page_beside_the_answers_follows_what_is_read(page: Any, server: Served) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers/partner/2-0")
    page.locator(".which", has_text="Kinderen, jongeren en gezinnen betrekken").wait_for()
    page.evaluate("document.getElementById('Veld19').scrollIntoView()")
    page.locator(".which", has_text="11").wait_for()
    page.locator("#Veld20 .see").click()
    page.locator(".which", has_text="Begrijpen").wait_for()
    page.click("#page-before")
    page.locator(".which", has_text=" 10 ").wait_for()
    assert page.locator(".marks").count() == 0
    assert page.evaluate("document.activeElement.id") == "page-before"


def test_the_page_follows_from_an_answer_that_is_left_to_one_that_was_in_view_already(
    page: Any, server: Served
) -> None:
    """The second answer does not come into view when the first goes: it was there."""
    dropped(page)
    page.goto(f"{server.root}/answers/partner/2-0")
    page.locator(".which", has_text="Kinderen, jongeren en gezinnen betrekken").wait_for()
    read = """([name, share]) => {
        const top = document.getElementById(name).getBoundingClientRect().top + scrollY;
        window.scrollTo({top: top - share * innerHeight, behavior: 'instant'}); }"""
    page.evaluate(read, ["Veld05", 0.19])
    asked = page.locator(".answer:has(+ #Veld05) h3, .answer:has(+ h2 + #Veld05) h3").inner_text()
    page.locator(".which", has_text=asked.split(maxsplit=1)[1]).wait_for()
    page.evaluate(read, ["Veld05", 0.05])
    page.locator(".which", has_text="Leidende principes").wait_for()


def test_a_page_that_comes_late_does_not_take_the_place_of_one_that_was_asked_for_after_it(
    page: Any, server: Served
) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers/partner/2-0")
    page.locator(".which", has_text="Kinderen, jongeren en gezinnen betrekken").wait_for()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/page?**field=Veld19", hold)
    with page.expect_request("**/page?**field=Veld19"):
        page.evaluate("document.getElementById('Veld19').scrollIntoView()")
    with page.expect_event("requestfailed", lambda request: "field=Veld19" in request.url):
        page.locator("#Veld20 .see").click()
    page.locator(".which", has_text="Begrijpen").wait_for()
    assert len(held) == 1, "or it would have come before"


def test_partners_are_gone_through_one_after_the_other(page: Any, server: Served) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers")
    page.click(".matrix tbody tr:first-child th a")
    seen = []
    while True:
        seen.append(page.locator("h1").inner_text())
        following = page.locator("nav.around [rel=next]").first
        if not following.count():
            break
        following.click()
        page.locator(f"h1:not(:text-is('{seen[-1]}'))").wait_for()
    assert seen == ["Basisschool", "GGD", "Jongerenwerk", "Politie", "Sportclub", "Veilig thuis"]
    page.go_back()
    page.locator("h1:text-is('Sportclub')").wait_for()


def test_a_question_shows_all_answers_side_by_side_and_names_who_said_nothing(
    page: Any, server: Served
) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers")
    page.click(".matrix .question >> nth=6")
    page.wait_for_selector(".cards")
    assert page.locator(".card h2").all_inner_texts() == ["Basisschool", "GGD"]
    # Asked in one go: what comes in above the cards moves them between two questions.
    tops = page.locator(".card").evaluate_all("cards => cards.map(card => card.getBoundingClientRect().top)")
    assert tops[0] == tops[1]
    assert page.locator(".card").first.locator("s").count() == 1
    silent = [" ".join(each.split()) for each in page.locator(".silent").all_inner_texts()]
    assert silent == ["alleen het voorbeeld: Jongerenwerk, Politie, Veilig thuis", "leeg: Sportclub"]


def corrected(page: Any, name: str, text: str) -> None:
    page.locator(f"#e-{name}").click()
    page.fill(f"#t-{name}", text)
    page.click(f"#k-{name}")
    page.wait_for_selector(f"#{name} .by-hand")


def test_an_answer_is_corrected_marked_and_still_so_after_a_reload(page: Any, server: Served) -> None:
    dropped(page)
    page.goto(f"{server.root}/answers/partner/5-0?field=Veld07#Veld07")
    before = page.locator("#how-far p").inner_text()
    corrected(page, "Veld07", "\nWij doen mee.\n\n  Tweede regel ")
    assert page.locator("#Veld07 .answer-text").first.text_content() == "\nWij doen mee.\n\n  Tweede regel "
    assert page.evaluate("document.activeElement.id") == "e-Veld07"
    kept = "De verbetering is bewaard. Ze telt in het rapport en de brieven."
    assert page.locator("#told").inner_text() == page.locator("#Veld07 .kept").inner_text() == kept
    assert page.locator("#how-far p").inner_text() != before
    page.reload()
    assert page.locator(".by-hand").count() == 1
    assert page.input_value("#t-Veld07") == "\nWij doen mee.\n\n  Tweede regel "
    page.goto(f"{server.root}/answers/question/Veld07")
    assert page.locator(".card", has_text="Wij doen mee.").locator(".by-hand").count() == 1
    page.goto(f"{server.root}/answers/partner/5-0")
    page.locator("#f-Veld07").click()
    page.click("#b-Veld07")
    page.wait_for_selector("#Veld07 .by-hand", state="detached")
    assert page.locator("#how-far p").inner_text() == before


def test_a_correction_that_was_overtaken_on_another_page_changes_nothing_and_is_not_lost(
    page: Any, server: Served
) -> None:
    dropped(page, SAMPLES[:1])
    page.goto(f"{server.root}/answers/partner/1-0")
    other = page.context.new_page()
    other.goto(page.url)
    corrected(other, "Veld07", "Van de ene bladzijde")
    page.locator("#e-Veld07").click()
    page.fill("#t-Veld07", "Van de andere")
    page.click("#k-Veld07")
    page.locator("#Veld07 .kept", has_text="Er is niets veranderd").wait_for()
    assert page.locator("#Veld07 .answer-text").first.text_content() == "Van de ene bladzijde"
    assert page.input_value("#t-Veld07") == "Van de andere"
    page.click("#k-Veld07")
    page.locator("#Veld07 .answer-text", has_text="Van de andere").wait_for()


def test_what_is_kept_after_veldpdf_stopped_is_told_and_stays_typed(browser: Any, server: Served) -> None:
    context = browser.new_context()  # a lost connection is an error on the browser's console
    page = context.new_page()
    enter(page, server)
    dropped(page, SAMPLES[:1])
    page.goto(f"{server.root}/answers/partner/1-0")
    page.locator("#e-Veld07").click()
    page.fill("#t-Veld07", "Na het stoppen")
    server.process.terminate()
    server.process.wait(20)
    page.click("#k-Veld07")
    page.locator("#problems .problem", has_text="veldpdf geeft geen antwoord meer").wait_for()
    assert page.input_value("#t-Veld07") == "Na het stoppen"
    context.close()


def test_whoever_leaves_a_correction_half_typed_is_asked_first(page: Any, server: Served) -> None:
    dropped(page, SAMPLES[:2])
    page.goto(f"{server.root}/answers")
    page.click("#p-1-0")
    page.wait_for_selector("figure img")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.click("#e-Veld07")
    page.click("#t-Veld07")
    before = page.input_value("#t-Veld07")
    page.keyboard.type("Half")
    here = page.url
    page.click(".top nav a >> nth=2", no_wait_after=True)
    comes_to(page, "true")
    page.evaluate("history.back()")
    page.wait_for_timeout(500)
    assert (page.url, asked) == (here, ["beforeunload", "beforeunload"])
    assert page.input_value("#t-Veld07") != before
    page.click("#k-Veld07")
    page.wait_for_selector("#Veld07 .by-hand")
    page.click(".top nav a >> nth=2")
    page.wait_for_url(f"{server.root}/report")
    assert len(asked) == 2


def test_a_partners_name_breaks_between_words_only(browser: Any, server: Served) -> None:
    with opened(browser, server, size="phone") as page:
        dropped(page, SAMPLES[2:3])
        page.locator(".naming input").fill("Buurtvereniging Jongerenwerk")
        with page.expect_response(re.compile("/partner$")):
            page.locator(".naming input").press("Enter")
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto(f"{server.root}/answers")
        lines = page.evaluate(
            """() => {
                const text = document.querySelector(".matrix tbody th a").firstChild;
                const tops = [...text.data].map((_, at) => {
                    const range = document.createRange();
                    range.setStart(text, at);
                    range.setEnd(text, at + 1);
                    return Math.round(range.getBoundingClientRect().top);
                });
                return [...text.data].map((each, at) => (at && tops[at] > tops[at - 1] ? "|" : "") + each).join("");
            }"""
        )
        width = page.evaluate("document.querySelector('.matrix tbody th').getBoundingClientRect().width")
        assert re.sub(r" \|?|\| ?", " ", lines) == "Buurtvereniging Jongerenwerk"
        assert width <= 161
        assert not is_wider_than_the_window(page)


def test_a_misread_answer_of_a_printed_copy_is_corrected_beside_its_page(
    page: Any, server: Served, tmp_path: Path
) -> None:
    file = tmp_path / "afdruk.pdf"
    file.write_bytes(printed({"Veld12": "Wij rneten elk jaar."}))
    dropped(page, [file])
    page.goto(f"{server.root}/answers/partner/1-0?field=Veld12#Veld12")
    page.wait_for_selector(".marks rect")
    assert " 8 " in page.locator(".which").inner_text()
    corrected(page, "Veld12", "Wij meten elk jaar.")
    assert page.locator("#Veld12 .answer-text").first.text_content() == "Wij meten elk jaar."


def test_keyboard_alone_corrects_an_answer(page: Any, server: Served) -> None:
    dropped(page, [SAMPLES[1]])
    page.goto(f"{server.root}/answers/partner/1-0")
    page.wait_for_selector("figure img")
    page.focus("#e-Veld01")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Met de toetsen.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#Veld01 .by-hand")
    assert page.locator("#Veld01 .answer-text").first.text_content() == "Met de toetsen."


def test_which_version_counts_is_chosen_where_its_answers_are(page: Any, server: Served) -> None:
    dropped(page, SAMPLES[1:3])
    for name in ("ggd.pdf", "jongerenwerk.pdf"):
        line = page.locator(".worksheet", has=page.locator(f'.source:text-is("{name}")'))
        field = line.locator(".naming input")
        field.fill("GGD")
        with page.expect_response(re.compile("/partner$")):
            field.press("Enter")
        page.wait_for_timeout(200)
    page.goto(f"{server.root}/answers")
    assert page.locator(".matrix tbody tr").count() == 1
    page.click("section[aria-labelledby=replaced-heading] a")
    replaced = page.locator(".versions strong").inner_text()
    assert replaced in page.inner_text("#choose")
    page.click("#choose")
    page.wait_for_selector("#choose", state="detached")
    assert replaced in page.locator(".versions li", has=page.locator(".good")).inner_text()
    page.reload()
    assert replaced in page.locator(".versions li", has=page.locator(".good")).inner_text()


def test_on_a_phone_the_page_is_below_and_leads_back(browser: Any, server: Served) -> None:
    with opened(browser, server, size="phone") as page:
        dropped(page, [SAMPLES[1]])
        page.goto(f"{server.root}/answers/partner/1-0")
        page.wait_for_selector("figure img")
        page.click("#s-Veld07")
        page.wait_for_selector(".marks rect")
        comes_to(page, "document.querySelector('figure').getBoundingClientRect().top < 300")
        assert page.evaluate("document.activeElement.id") == "beside"
        page.click(".back")
        comes_to(page, "Math.abs(document.getElementById('Veld07').getBoundingClientRect().top) < 60")


@pytest.mark.parametrize(
    ("size", "dark", "lang"),
    [("wide", False, "nl"), ("wide", True, "en"), ("phone", False, "en"), ("phone", True, "nl")],
)
def test_every_state_is_accessible(browser: Any, tmp_path: Path, size: str, *, dark: bool, lang: str) -> None:
    scan = tmp_path / "scan.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(scan)
    with served(folder=tmp_path, lang=lang) as server, opened(browser, server, size=size, dark=dark) as page:
        states: dict[str, tuple[list[str], bool]] = {}

        def look(name: str) -> None:
            states[name] = (violations(page), is_wider_than_the_window(page))

        page.goto(f"{server.root}/answers")
        look("nothing yet")
        page.goto(server.root)
        dropped(page, [*SAMPLES, SAMPLES[1], scan])
        page.goto(f"{server.root}/answers")
        look("matrix")
        page.goto(f"{server.root}/answers/question/Veld07")
        page.locator("summary").first.click()
        look("question")
        page.goto(f"{server.root}/answers/partner/2-0?field=Veld07#Veld07")
        page.wait_for_selector("figure img")
        look("partner")
        corrected(page, "Veld07", "Anders.")
        page.locator("#e-Veld07").click()
        page.locator("#f-Veld07").click()
        look("correcting")
        page.goto(f"{server.root}/answers")
        page.click(".matrix .unread >> xpath=../th/a")
        page.wait_for_selector("#beside :is(img, .problem)")
        look("unread")
        page.goto(f"{server.root}/answers")
        page.click("section[aria-labelledby=replaced-heading] a")
        page.wait_for_selector("figure img")
        look("replaced")
        assert states == dict.fromkeys(states, ([], False))


@pytest.mark.parametrize("width", [320, SIZES["wide"][0] // 2])
def test_nothing_is_wider_than_a_narrow_window_or_one_at_twice_the_size(
    browser: Any, server: Served, width: int
) -> None:
    with opened(browser, server) as page:
        dropped(page)
        page.set_viewport_size({"width": width, "height": 450})
        for address in ("answers", "answers/partner/3-0", "answers/question/Veld12"):
            page.goto(f"{server.root}/{address}")
            page.wait_for_selector("h1")
            assert not is_wider_than_the_window(page), address
