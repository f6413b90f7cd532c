"""Files that are partly one thing and partly another: nothing of either is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from pikepdf import Array, Name, String

import veldpdf
from tests.conftest import Run
from tests.engines import ENGINES
from tests.forms import FormBuilder
from tests.needs import need
from tests.printing import PRINTERS
from veldpdf.batch import ReadingOptions, read_bytes_of
from veldpdf.definition import load_form
from veldpdf.model import Origin, Status, Submission
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.inspecting import inspect_pdf
from veldpdf.superseding import settle

NAMES = load_form().names


@pytest.fixture(scope="module")
def filled() -> bytes:
    return Template.open().fill({name: f"Ingevuld bij {name}." for name in NAMES})


@pytest.fixture(scope="module")
def printed() -> bytes:
    """The pages of another worksheet, without fields."""
    return flattened(Template.open().fill({name: f"Afgedrukt bij {name}." for name in NAMES}))


def flattened(data: bytes) -> bytes:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        document.bake()
        return bytes(document.tobytes())


def together(parts: Sequence[tuple[bytes, slice]]) -> bytes:
    """Return some pages of some files in one, fields and all."""
    with pikepdf.new() as whole:
        for data, pages in parts:
            with pikepdf.open(BytesIO(data)) as part:
                numbers = list(range(len(part.pages)))
                for number in sorted(set(numbers) - set(numbers[pages]), reverse=True):
                    del part.pages[number]
                whole.add_pages_from(part)
        buffer = BytesIO()
        whole.save(buffer)
        return buffer.getvalue()


def read(data: bytes) -> tuple[Submission, ...]:
    return read_bytes_of(data, "verzameld.pdf", ReadingOptions(form=load_form()))


ALL = slice(None)


def test_a_printed_worksheet_behind_a_filled_one_is_a_submission_of_its_own(
    filled: bytes, printed: bytes
) -> None:
    first, second = read(together([(filled, ALL), (printed, ALL)]))
    assert (first.source, first.status) == ("verzameld.pdf#1", Status.READ)
    assert (second.source, second.status) == ("verzameld.pdf#2", Status.RECOVERED)
    assert first.answers["Veld01"].text == "Ingevuld bij Veld01."
    assert {second.answers[name].text for name in NAMES} == {f"Afgedrukt bij {name}." for name in NAMES}


def test_worksheets_are_numbered_as_their_pages_stand(filled: bytes, printed: bytes) -> None:
    first, second = read(together([(printed, ALL), (filled, ALL)]))
    assert (first.status, second.status) == (Status.RECOVERED, Status.READ)


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
def test_a_worksheet_of_which_some_pages_were_printed_is_one(filled: bytes, printed: bytes) -> None:
    (submission,) = read(together([(filled, slice(0, 6)), (printed, slice(6, None))]))
    assert submission.status is Status.READ
    assert list(submission.answers) == list(NAMES)
    assert submission.answers["Veld01"].origin is Origin.FIELD
    assert submission.answers["Veld23"].origin is Origin.PAGE_TEXT
    assert submission.answers["Veld23"].text == "Afgedrukt bij Veld23."
    assert not any("lacks" in warning for warning in submission.warnings)


@pytest.mark.parametrize(
    ("partners", "names"),
    [
        ({}, ["Verzameld (1)", "Verzameld (2)"]),
        ({"verzameld.pdf": "GGD"}, ["GGD (1)", "GGD (2)"]),
        ({"a.pdf": "GGD", "b.pdf": "Politie"}, ["GGD", "Politie"]),
    ],
)
def test_two_worksheets_in_a_portfolio_are_of_two_partners(partners: dict[str, str], names: list[str]) -> None:
    with pikepdf.new() as portfolio:
        portfolio.add_blank_page()
        for name in ("a.pdf", "b.pdf"):
            own = Template.open().fill({"Veld01": name})
            portfolio.attachments[name] = pikepdf.AttachedFileSpec(portfolio, own, filename=name)
        buffer = BytesIO()
        portfolio.save(buffer)
    options = ReadingOptions(form=load_form(), partners=partners)
    submissions = settle(read_bytes_of(buffer.getvalue(), "verzameld.pdf", options))
    assert [submission.partner for submission in submissions] == names
    assert [submission.source for submission in submissions] == ["verzameld.pdf/a.pdf", "verzameld.pdf/b.pdf"]
    assert not any(submission.superseded_by for submission in submissions)


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["werkblad.pdf", "werkblad (1).pdf"], 2),
        (["Formulier Bouwsteen 3 A.pdf", "Formulier Bouwsteen 3 A (1).pdf"], 2),
        (["bouwsteen-3a.pdf", "bouwsteen-3a - kopie.pdf"], 2),
        (["ggd.pdf", "ggd (1).pdf"], 1),
    ],
)
def test_a_name_that_says_nothing_of_the_partner_makes_no_two_submissions_one(
    names: list[str], left: int
) -> None:
    """Mail programs save what two partners sent as werkblad.pdf and werkblad (1).pdf."""
    options = ReadingOptions(form=load_form())
    files = [Template.open().fill({"Veld01": name}) for name in names]
    submissions = [
        one for data, name in zip(files, names, strict=True) for one in read_bytes_of(data, name, options)
    ]
    assert sum(not one.superseded_by for one in settle(submissions)) == left


def test_text_boxes_and_notes_on_a_printed_copy_are_kept() -> None:
    empty = flattened(Template.open().fill({}, examples=False))
    box = next(field for field in Template.open()._compiled.targets.values() if field.name == "Veld01")
    assert box.parts[0].look is not None
    with pymupdf.open(stream=empty, filetype="pdf") as document:
        page = document[1]
        page.add_freetext_annot(pymupdf.Rect(60, 200, 500, 230), "Getypt in een tekstvak", fontsize=11)
        page.add_text_annot(pymupdf.Point(700, 40), "Een gele notitie")
        data = bytes(document.tobytes())
    (submission,) = read(data)
    assert submission.answers["Veld01"].text == "Getypt in een tekstvak"
    assert submission.notes == ("Een gele notitie",)


def test_a_file_that_lost_its_fields_and_pictures_says_so() -> None:
    """``mutool merge`` leaves neither."""
    with pikepdf.open(BytesIO(Template.open().fill({"Veld01": "weg"}))) as pdf:
        del pdf.Root.AcroForm
        for page in pdf.pages:
            if "/Annots" in page:
                del page.obj.Annots
        buffer = BytesIO()
        pdf.save(buffer)
    (submission,) = read(buffer.getvalue())
    assert submission.status is Status.RECOVERED
    assert "all boxes are empty" in submission.warnings[0]


def test_a_printed_answer_that_fills_its_box_with_blank_lines_is_told() -> None:
    need(PRINTERS["cairo"].missing())
    (submission,) = read(PRINTERS["cairo"].print(Template.open().fill({"Veld04": "- een punt\n\n" * 40})))
    assert submission.answers["Veld04"].is_cut_off
    assert "Veld04" in veldpdf.check(submission).overflow


@pytest.mark.parametrize("engine", ["pdfium", "pdftk", "mupdf"])
def test_of_a_file_without_its_end_the_fields_that_arrived_are_read(engine: str, template: Path) -> None:
    """Programs that write a file anew put the catalogue at its end."""
    need(ENGINES[engine].missing())
    typed = {name: f"Getypt bij {name}." for name in NAMES}
    saved = ENGINES[engine].fill(template.read_bytes(), typed)
    counts = []
    for share in (0.5, 0.7, 0.9):
        submission = veldpdf.read(saved[: int(len(saved) * share)])
        assert submission.status in (Status.READ, Status.UNREADABLE)
        assert submission.warnings
        assert all(answer.text == typed[name] for name, answer in submission.answers.items())
        counts.append(len(submission.answers))
    assert max(counts) > 0


def test_a_choice_that_a_viewer_wrote_on_the_widget_is_the_choice() -> None:
    """Poppler and pdf.js 3 leave the old one on the field, as with texts."""
    form = FormBuilder()
    field = form.dictionary(
        FT=Name.Ch, Ff=1 << 17, T=String("keuze"), V=String("oud"), Opt=Array([String("oud"), String("nieuw")])
    )
    field.Kids = Array([form.widget(Parent=field, V=String("nieuw"))])
    form.fields.append(field)
    (found,) = inspect_pdf(form.bytes(), source="x.pdf", forms=()).fields
    assert found.value == "nieuw"


def test_inspect_looks_into_a_portfolio(tmp_path: Path, run: Run) -> None:
    with pikepdf.new() as portfolio:
        portfolio.add_blank_page()
        own = Template.open().fill({})
        portfolio.attachments["a.pdf"] = pikepdf.AttachedFileSpec(portfolio, own, filename="a.pdf")
        portfolio.save(tmp_path / "map.pdf")
    (found,) = json.loads(run("inspect", str(tmp_path / "map.pdf"), "--format", "json").out)["files"]
    assert (found["source"], found["form"], len(found["fields"])) == ("map.pdf/a.pdf", "bouwsteen-3a", 23)
