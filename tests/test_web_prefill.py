"""Filling in worksheets in a real browser before they are sent out: typed, from a list, and in the official PDF."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest

import veldpdf
from tests.forms import FormBuilder
from tests.web import (
    PATIENCE,
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
from veldpdf.prefilling_many import check_template
from veldpdf.spreadsheets import read_table
from veldpdf.web.run import Run
from veldpdf.web.storage import RunFolder

ROOT = Path(__file__).parents[1]
LONG = "woord " * 900


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the run keeps its files."""
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.fixture
def server(folder: Path) -> Iterator[Served]:
    with served(folder=folder, lang="en") as running:
        yield running


@pytest.fixture
def page(browser: Any, server: Served) -> Iterator[Any]:
    with opened(browser, server) as shown:
        shown.goto(f"{server.root}/prefill")
        yield shown


@pytest.fixture
def refused(browser: Any, server: Served) -> Iterator[Any]:
    """The page in a browser that may tell of refused files, and of nothing else."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    enter(shown, server)
    shown.goto(f"{server.root}/prefill")
    yield shown
    context.close()
    assert [text for text in complaints if "status of 400" not in text] == []


@pytest.fixture
def own_form(tmp_path: Path) -> Path:
    """The definition under another name, under which no PDF comes with veldpdf."""
    text = (ROOT / "forms" / "bouwsteen-3a.toml").read_text("utf-8")
    path = tmp_path / "eigen.toml"
    path.write_text(text.replace('id = "bouwsteen-3a"', 'id = "eigen"'), encoding="utf-8")
    return path


def origin_of(server: Served) -> str:
    """Return what a browser says of where a page of ours is from."""
    return server.root[: server.root.index("/", len("http://"))]


def told(page: Any, number: int, words: str) -> str:
    """Return what is told of a field as soon as that holds some words."""
    page.wait_for_selector(f"#told-{number} >> text={words}")
    return str(page.inner_text(f"#told-{number}")).strip()


def downloaded(page: Any, button: str, path: Path) -> str:
    """Keep what a button lets the browser download, and return what it is called."""
    with page.expect_download() as waiting:
        page.click(button)
    waiting.value.save_as(path)
    return str(waiting.value.suggested_filename)


def listed(page: Any, path: Path) -> None:
    page.set_input_files("#partners-file", str(path))
    page.wait_for_selector("#remove-list")


def cells(page: Any) -> list[list[str]]:
    rows = page.locator("#partners-list tbody tr")
    return [
        [" ".join(each.split()) for each in rows.nth(number).locator("td, th").all_inner_texts()]
        for number in range(rows.count())
    ]


def a_list(tmp_path: Path, text: str, name: str = "lijst.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_typed_is_measured_while_it_is_typed(page: Any) -> None:
    assert told(page, 1, "room for") == "room for 12 lines"
    page.fill("#field-1", "Wij spreken de jongeren.")
    assert told(page, 1, "fits") == "fits (1 of 12 lines)"
    page.fill("#field-1", LONG)
    fit = veldpdf.Template.open().measure({"Veld01": LONG})["Veld01"]
    over = fit.lines - fit.lines_that_fit
    expected = f"too long by {over} lines: {fit.characters_over} characters too many"
    assert told(page, 1, "too long") == expected
    page.fill("#field-1", "")
    assert told(page, 1, "room for") == "room for 12 lines"


def test_the_line_about_a_field_is_announced_and_belongs_to_it(page: Any) -> None:
    assert "told-1" in page.get_attribute("#field-1", "aria-describedby").split()
    assert page.get_attribute("#told-1", "role") == "status"
    page.focus("#field-1")
    page.keyboard.type("Hallo")
    told(page, 1, "fits")
    assert page.evaluate("document.activeElement.id") == "field-1"


def test_one_worksheet_holds_what_was_typed_and_whose_it_is(page: Any, tmp_path: Path) -> None:
    text = "Eerste regel\n<b>tweede</b> & \u202ederde"
    page.fill("#field-1", text)
    page.fill("#partner", "GGD é/Noord")
    page.uncheck("#examples")
    page.click("summary >> text=More choices")
    page.check("#lock-1")
    name = downloaded(page, "#download", tmp_path / "een.pdf")
    assert name == "GGD é-Noord.pdf"
    expected = veldpdf.Template.open().fill(
        {"Veld01": text}, partner="GGD é/Noord", examples=False, lock=["Veld01"]
    )
    assert (tmp_path / "een.pdf").read_bytes() == expected


def test_what_was_typed_survives_a_reload_and_shows_in_another_tab(page: Any, server: Served) -> None:
    text = "\nEen\n\u202etwee &lt; </textarea>"
    page.fill("#field-2", text)
    told(page, 2, "fits")
    with page.expect_response(lambda answer: answer.url.endswith("/prefill/wishes")):
        page.check("#continuation")
    page.reload()
    other = page.context.new_page()
    other.goto(f"{server.root}/prefill")
    for shown in (page, other):
        assert shown.input_value("#field-2") == text
        assert shown.is_checked("#continuation")
        assert shown.is_checked("#examples")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#clear")
    page.wait_for_load_state()
    other.reload()
    assert other.input_value("#field-2") == ""


def test_two_tabs_keep_each_others_texts(page: Any, server: Served) -> None:
    other = page.context.new_page()
    other.goto(f"{server.root}/prefill")
    page.fill("#field-1", "hier")
    told(page, 1, "fits")
    other.fill("#field-2", "daar")
    told(other, 2, "fits")
    page.reload()
    assert (page.input_value("#field-1"), page.input_value("#field-2")) == ("hier", "daar")


def test_a_list_is_told_row_by_row_and_made_without_the_rows_that_are_wrong(page: Any, tmp_path: Path) -> None:
    page.fill("#field-2", "voor allen")
    told(page, 2, "fits")
    path = a_list(tmp_path, f"partner,Veld01\nGGD,a\nPolitie,{LONG}\n,b\nSchool,c,d\nGGD,e\n")
    listed(page, path)
    rows = cells(page)
    assert [row[:2] for row in rows if len(row) == 3] == [["2", "GGD"], ["3", "Politie"], ["6", "GGD"]]
    assert rows[0][2] == "all fits"
    assert "the field shows 12" in rows[1][2]
    assert rows[2][1].startswith("lijst.csv, line 4: the partner has no name.")
    assert rows[3][1].startswith("lijst.csv, line 5: there are 3 cells under 2 columns.")
    assert "More than one row is for GGD" in page.inner_text("#partners-list")
    assert page.inner_text("#partners .said") == "Worksheets that can be made: 3"
    assert downloaded(page, "#download-all", tmp_path / "een.zip") == "bouwsteen-3a.zip"
    downloaded(page, "#download-all", tmp_path / "twee.zip")
    assert (tmp_path / "een.zip").read_bytes() == (tmp_path / "twee.zip").read_bytes()
    template = veldpdf.Template.open()
    values = {"GGD.pdf": "a", "Politie.pdf": LONG, "GGD (2).pdf": "e"}
    with zipfile.ZipFile(tmp_path / "een.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: template.fill(
                {"Veld01": text, "Veld02": "voor allen"}, partner=name.split(".")[0].split(" ")[0]
            )
            for name, text in values.items()
        }


def test_a_list_survives_a_reload_and_can_be_taken_away(page: Any, tmp_path: Path, folder: Path) -> None:
    listed(page, a_list(tmp_path, "partner,Veld01\nGGD,a\n"))
    page.reload()
    assert cells(page) == [["2", "GGD", "all fits"]]
    page.click("#remove-list")
    page.wait_for_selector("#download-all", state="detached")
    assert cells(page) == []
    assert [path.name for path in folder.glob("veldpdf-web-*/*")] == ["in-use"]  # the table itself is not kept


def test_what_is_wrong_with_a_list_names_it_as_its_owner_does(
    refused: Any, tmp_path: Path, folder: Path
) -> None:
    page = refused
    page.set_input_files("#partners-file", str(a_list(tmp_path, "naam,Veld01\nGGD,a\n", "mijn lijst.csv")))
    page.wait_for_selector("#partners .told-here .problem")
    problem = page.inner_text("#partners .told-here")
    assert "mijn lijst.csv: there is no column partner." in problem
    assert str(folder) not in page.content()
    listed(page, a_list(tmp_path, "partner,Veld99\nGGD,a\n"))
    assert "lijst.csv: the worksheet has no field 'Veld99'." in page.inner_text("#partners-list")
    assert page.locator("#download-all").count() == 0
    assert page.locator("#partners .told-here .problem").count() == 0


def test_a_list_follows_how_worksheets_are_made(page: Any, tmp_path: Path) -> None:
    listed(page, a_list(tmp_path, f"partner,Veld01\nGGD,{LONG}\n"))
    assert "the whole text stands on a page at the end" not in page.inner_text("#partners-list")
    page.check("#continuation")
    page.wait_for_selector("#partners-list >> text=the whole text stands on a page at the end")
    page.click("summary >> text=More choices")
    page.check("#flatten")
    page.wait_for_selector("#partners-list >> text=cannot travel in these PDFs")


def test_the_table_to_begin_with_has_a_column_for_each_field_and_can_be_dropped(
    page: Any, tmp_path: Path
) -> None:
    name = downloaded(page, "text=Download a list to begin with", tmp_path / "partners.xlsx")
    assert name == "partners.xlsx"
    header = read_table(tmp_path / "partners.xlsx")[0].cells
    assert header == ("partner", *veldpdf.Template.open().fields)
    book = openpyxl.load_workbook(tmp_path / "partners.xlsx")
    book.worksheets[0]["B2"] = "ingevuld"
    book.save(tmp_path / "ingevuld.xlsx")
    listed(page, tmp_path / "ingevuld.xlsx")
    assert cells(page) == [["2", "GGD", "all fits"]]


def test_a_list_that_is_dropped_is_taken_in(page: Any) -> None:
    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["partner;Veld01\\r\\nGGD;a\\r\\n"], "lijst.csv"));
            const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
            document.querySelector("#partners .drop p").dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    page.wait_for_selector("#download-all")
    assert cells(page) == [["2", "GGD", "all fits"]]


def test_the_official_pdf_is_filled_from_then_on_until_it_is_taken_back(
    page: Any, tmp_path: Path, folder: Path
) -> None:
    official = tmp_path / "officieel.pdf"
    official.write_bytes(veldpdf.Template.open().fill({}, examples=False))
    page.click("summary >> text=Use the official PDF")
    page.set_input_files("#template-file", str(official))
    page.wait_for_selector("#back")
    assert "officieel.pdf" in page.inner_text("#worksheet")
    page.fill("#field-1", "a")
    downloaded(page, "#download", tmp_path / "een.pdf")
    assert (tmp_path / "een.pdf").read_bytes().startswith(official.read_bytes())
    page.click("#back")
    page.wait_for_selector("text=The worksheet that comes with veldpdf is in use.")
    downloaded(page, "#download", tmp_path / "twee.pdf")
    assert (tmp_path / "twee.pdf").read_bytes() == veldpdf.Template.open().fill({"Veld01": "a"})
    assert [path.name for path in folder.glob("veldpdf-web-*/*")] == ["in-use"]


def filled(values: dict[str, str], partner: str = "", *, examples: bool = True) -> bytes:
    return veldpdf.Template.open().fill(values, partner=partner, examples=examples)


IN_EXAMPLE = veldpdf.load_form().field("Veld02").example + "\nEn wij ook."


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no PDF at all", "mijn blad.pdf: This is not a PDF."),
        (FormBuilder().bytes(), "mijn blad.pdf: this PDF has no fields to fill."),
        (
            filled({"Veld01": "Wij.", "Veld02": IN_EXAMPLE}),
            "mijn blad.pdf: somebody has filled in this worksheet: 2 fields hold answers.",
        ),
        (
            filled({"Veld09": "Wij."}, "GGD", examples=False),
            "mijn blad.pdf: somebody has filled in this worksheet: 1 field holds an answer.",
        ),
        (
            filled({}, "GGD"),
            "mijn blad.pdf: this worksheet was made for one partner, and carries that name.",
        ),
    ],
    ids=["no PDF", "a PDF without fields", "returned", "returned, one answer", "made for one partner"],
)
def test_a_pdf_of_no_use_is_told_and_changes_nothing(
    content: bytes, problem: str, refused: Any, tmp_path: Path, folder: Path
) -> None:
    page = refused
    (tmp_path / "mijn blad.pdf").write_bytes(content)
    page.click("summary >> text=Use the official PDF")
    page.set_input_files("#template-file", str(tmp_path / "mijn blad.pdf"))
    page.wait_for_selector("#worksheet .problem")
    assert page.inner_text("#worksheet .problem strong") == problem
    assert violations(page) == []
    page.reload()
    assert "The worksheet that comes with veldpdf is in use." in page.inner_text("#worksheet")
    assert [path.name for path in folder.glob("veldpdf-web-*/*")] == ["in-use"]


def test_without_a_worksheet_the_pdf_comes_first_and_then_printed_copies_are_read(
    browser: Any, own_form: Path, tmp_path: Path
) -> None:
    form = veldpdf.load_form(own_form)
    official = ROOT / "forms" / "bouwsteen-3a.pdf"
    printed = tmp_path / "ggd.pdf"
    printed.write_bytes(
        veldpdf.Template.open(official, form=form).fill({"Veld01": "Wij spreken de jongeren."}, flatten=True)
    )
    with served("--form", str(own_form), lang="en") as server, opened(browser, server) as page:
        dropped(page, [printed])
        assert page.locator(".worksheet .status").inner_text() != "printed"
        before = page.locator("#list").inner_text()
        page.goto(f"{server.root}/prefill")
        assert "comes with veldpdf. Drop its fillable PDF here first" in page.inner_text("#worksheet .problem")
        assert page.locator("#download").count() == 0
        assert violations(page) == []
        page.set_input_files("#template-file", str(official))
        page.wait_for_selector("#download")
        page.goto(f"{server.root}/")
        page.wait_for_selector(".next")
        after = page.locator("#list").inner_text()
        assert "1 answered" in after
        assert "1 answered" not in before


def test_what_a_worksheet_was_published_with_is_nobodys_answer(tmp_path: Path) -> None:
    form = veldpdf.load_form()
    path = tmp_path / "blad.pdf"

    def published(**entries: Any) -> Path:
        builder = FormBuilder()
        for spec in form.fields:
            if spec.name == "Veld01":
                builder.text_field(spec.name, **entries)
            elif spec.name == "Veld02":
                options = pikepdf.Array(["Ja", "Nee"])
                listed: dict[str, Any] = {
                    "FT": pikepdf.Name.Ch,
                    "Ff": 1 << 17,
                    "Opt": options,
                    "V": "Ja",
                    "DV": "Ja",
                }
                builder.fields.append(builder.widget(T=pikepdf.String(spec.name), **listed))
            else:
                builder.text_field(spec.name, spec.example)
        path.write_bytes(builder.bytes())
        return path

    assert not check_template(published(value="Noord", DV="Noord"), form)
    with pytest.raises(veldpdf.VeldpdfError, match=r"blad\.pdf: somebody .* 1 field holds an answer\."):
        check_template(published(value="Zuid", DV="Noord"), form)
    with pytest.raises(veldpdf.VeldpdfError) as caught:
        check_template(published(value="Zuid"), form, name="zo heet het.pdf")
    assert (
        str(caught.value.what)
        == "zo heet het.pdf: somebody has filled in this worksheet: 1 field holds an answer."
    )


def test_texts_that_are_too_long_are_told_where_the_worksheet_is_made(page: Any, tmp_path: Path) -> None:
    assert page.inner_text("#too-long") == ""
    page.fill("#field-3", LONG)
    page.wait_for_selector("#too-long >> text=1 text is longer than its field shows: Veld03")
    page.fill("#field-9", LONG)
    page.wait_for_selector("#too-long >> text=2 texts are longer than their fields show: Veld03, Veld09")
    assert page.get_attribute("#download", "aria-describedby") == "too-long"
    page.click("#too-long a >> text=Veld09")
    assert page.evaluate("document.activeElement.id") == "field-9"
    downloaded(page, "#download", tmp_path / "een.pdf")
    page.wait_for_selector("#made >> text=Made: bouwsteen-3a.pdf.")
    warnings = page.locator("#made li").all_inner_texts()
    assert [text.partition(" ")[0] for text in warnings] == ["Veld03", "Veld09"]
    page.reload()
    assert page.locator("#made li").all_inner_texts() == warnings
    assert "2 texts are longer than their fields show: Veld03, Veld09" in page.inner_text("#too-long")
    page.fill("#field-3", "kort")
    page.wait_for_selector("#too-long >> text=1 text is longer than its field shows: Veld09")
    page.fill("#field-9", "")
    page.wait_for_selector("#too-long >> text=longer", state="detached")
    downloaded(page, "#download", tmp_path / "twee.pdf")
    page.wait_for_selector("#made li", state="detached")
    assert "Made: bouwsteen-3a.pdf." in page.inner_text("#made")


def test_pages_at_the_end_change_the_words_at_the_fields_that_need_them(page: Any) -> None:
    page.fill("#field-1", "kort")
    page.fill("#field-3", LONG)
    before = told(page, 3, "too long by")
    page.wait_for_selector("#too-long >> text=Veld03")
    page.check("#continuation")
    assert told(page, 3, "at the end") == f"{before}; the whole text goes on a page at the end"
    assert page.locator("#told-3 .bad").count() == 0
    assert told(page, 1, "fits") == "fits (1 of 12 lines)"
    expected = "1 text is longer than its field shows, and goes on a page at the end: Veld03"
    assert page.inner_text("#too-long").strip() == expected
    page.reload()
    assert told(page, 3, "at the end") == f"{before}; the whole text goes on a page at the end"
    page.uncheck("#continuation")
    page.wait_for_selector("#told-3 .bad")
    assert told(page, 3, "too long by") == before
    assert page.inner_text("#too-long").strip() == "1 text is longer than its field shows: Veld03"


def test_what_cannot_be_made_is_told_once_and_what_was_typed_stays(
    browser: Any, own_form: Path, tmp_path: Path
) -> None:
    builder = FormBuilder()
    for spec in veldpdf.load_form(own_form).fields:
        builder.text_field(spec.name, MaxLen=5 if spec.name == "Veld01" else 500)
    (tmp_path / "kort.pdf").write_bytes(builder.bytes())
    with served("--form", str(own_form), lang="en") as server, opened(browser, server) as page:
        page.goto(f"{server.root}/prefill")
        page.set_input_files("#template-file", str(tmp_path / "kort.pdf"))
        page.wait_for_selector("#download")
        assert "printed copies of it cannot be read" in page.inner_text("#worksheet")
        page.fill("#field-1", "te lang voor dit veld")
        assert "holds at most 5 characters" in told(page, 1, "holds at most")
        page.click("#download")
        page.wait_for_selector("#mistake")
        assert "holds at most 5 characters" in page.inner_text("#mistake")
        page.wait_for_selector("#mistake:focus")
        assert page.input_value("#field-1") == "te lang voor dit veld"
        assert page.url == f"{server.root}/prefill"
        assert violations(page) == []
        page.reload()
        assert page.locator("#mistake").count() == 0


def test_a_second_form_in_the_pdf_can_be_taken_out(page: Any, tmp_path: Path) -> None:
    with pikepdf.open(ROOT / "forms" / "bouwsteen-3a.pdf") as pdf:
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xdp/>")
        pdf.save(tmp_path / "xfa.pdf")
    assert page.locator("#drop-xfa").count() == 0
    page.click("summary >> text=Use the official PDF")
    page.set_input_files("#template-file", str(tmp_path / "xfa.pdf"))
    page.wait_for_selector("#drop-xfa")
    with page.expect_response(lambda answer: answer.url.endswith("/prefill/wishes")):
        page.check("#drop-xfa")
    page.reload()
    assert page.is_checked("#drop-xfa")
    downloaded(page, "#download", tmp_path / "een.pdf")
    with pikepdf.open(tmp_path / "een.pdf") as pdf:
        assert "/XFA" not in pdf.Root.AcroForm
    page.click("#back")
    page.wait_for_selector("text=The worksheet that comes with veldpdf is in use.")
    assert page.locator("#drop-xfa").count() == 0


def test_a_name_in_an_address_is_looked_up_and_nothing_else(page: Any, server: Served) -> None:
    headers = {"origin": origin_of(server)}
    for name in ("Veld99", "../../etc/passwd", "Veld01/x", "%2e%2e"):
        answer = page.request.post(
            f"{server.root}/prefill/fits/{name}", form={f"text:{name}": "x"}, headers=headers, max_redirects=0
        )
        assert answer.status in {307, 404, 405}
    answer = page.request.post(f"{server.root}/prefill/fits/Veld01", form={"text:Veld02": "x"}, headers=headers)
    assert answer.status == 404
    answer = page.request.post(f"{server.root}/prefill/fits/Veld01", form={"text:Veld01": "x"})
    assert answer.status == 403  # asked for by nobody of ours


def test_nothing_to_make_is_told(page: Any, server: Served) -> None:
    answer = page.request.post(f"{server.root}/prefill/partners/zip", headers={"origin": origin_of(server)})
    assert "There is no partner to make a worksheet for." in answer.text()


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_accessible_in_every_state(
    lang: str,
    dark: bool,  # noqa: FBT001 - a parameter of the test
    browser: Any,
    tmp_path: Path,
) -> None:
    with served(lang=lang) as server, opened(browser, server, dark=dark) as page:
        page.goto(f"{server.root}/prefill")
        assert violations(page) == []
        page.fill("#field-1", "a")
        page.wait_for_selector("#told-1 .good")
        page.fill("#field-2", LONG)
        page.wait_for_selector("#told-2 .bad")
        page.wait_for_selector("#too-long a")
        downloaded(page, "#download", tmp_path / "een.pdf")
        page.wait_for_selector("#made li")
        listed(page, a_list(tmp_path, f"partner,Veld01\nGGD,a\nPolitie,{LONG}\n,b\nGGD,\n"))
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == []
        assert not is_wider_than_the_window(page)
        for width in (SIZES["phone"][0], 320):
            page.set_viewport_size({"width": width, "height": 740})
            assert violations(page) == []
            assert not is_wider_than_the_window(page)


def test_the_keyboard_alone_fills_in_and_downloads(page: Any, tmp_path: Path) -> None:
    page.keyboard.press("Tab")
    seen: list[str] = []
    while not seen or seen[-1] != "download":
        seen.append(page.evaluate("document.activeElement.id"))
        if seen[-1] == "field-1":
            page.keyboard.type("Hallo")
        assert len(seen) < 150
        page.keyboard.press("Tab")
    assert [each for each in seen if re.fullmatch(r"field-\d+", each)] == [f"field-{n}" for n in range(1, 24)]
    page.keyboard.press("Shift+Tab")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    waiting.value.save_as(tmp_path / "een.pdf")
    assert veldpdf.read(tmp_path / "een.pdf").answers["Veld01"].text == "Hallo"


def test_files_that_are_being_read_when_a_worksheet_becomes_known_are_read_all_the_same(
    tmp_path: Path, template: Path, returned: Path
) -> None:
    with RunFolder(tmp_path) as folder:
        run = Run(veldpdf.load_form(), folder, language="en", jobs=2)
        try:
            for path in sorted(returned.glob("*.pdf")):
                run.read(run.workspace.add(path.name, path, path.stat().st_size))
            run.know((template,))
            deadline = time.monotonic() + 60
            while run.workspace.is_busy and time.monotonic() < deadline:
                time.sleep(0.05)
            read = [(each.source, each.status.value, each.warnings) for each in run.workspace.submissions()]
        finally:
            run.close()
    expected = [veldpdf.read(path) for path in sorted(returned.glob("*.pdf"))]
    assert read == [(each.source, each.status.value, each.warnings) for each in expected]
