"""The page of the report: what is chosen there is what comes out, and it is what the command line makes."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote, urlencode

import pytest

import veldpdf
from tests.test_several import with_pikepdf
from tests.test_web_guarding import Client
from tests.web import (
    SAMPLES,
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
from veldpdf.errors import ValuesError
from veldpdf.language import catalogue
from veldpdf.limits import Limits
from veldpdf.messages import Message, counted
from veldpdf.model import NameFrom
from veldpdf.partners import Addresses, awaited_of, listed_name
from veldpdf.report.wording import summary_of
from veldpdf.spreadsheets import read_table
from veldpdf.web import reporting
from veldpdf.web.downloads import download, zipped
from veldpdf.web.reports import PartnerList, ReportState, ReportWishes, included, report_file, under_name
from veldpdf.web.workspace import Workspace

FORMATS = ("pdf", "docx", "xlsx", "html", "json", "md")
NAMES = ["Basisschool", "GGD", "Jongerenwerk", "Politie", "Sportclub", "Veilig thuis"]
LIST = (
    "file,partner,email\n"
    "ggd.pdf,GGD,a@ggd.example\n"
    "politie.pdf,Politie,b@politie.example\n"
    "wijk.pdf,Wijkteam Zuid,c@wijk.example\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    folder = tmp_path / "tijdelijk"
    folder.mkdir()
    with served(folder=folder) as running:
        yield running


@pytest.fixture
def client(server: Served) -> Client:
    """Return a client of a run into which the samples were dropped."""
    made = Client(server)
    sent(made, SAMPLES)
    return made


def sent(client: Client, paths: Sequence[Path]) -> None:
    for path in paths:
        modified = int(path.stat().st_mtime) * 1000
        address = f"/files?{urlencode({'name': path.name, 'modified': modified})}"
        assert client.ask("POST", address, path.read_bytes())[0] == 204
    end = monotonic() + 60
    while b'class="worksheet waiting"' in client.ask("GET", "/")[2]:
        assert monotonic() < end
        sleep(0.1)


def post(client: Client, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    """Send a form as a browser does."""
    return client.ask("POST", path, urlencode(fields).encode())


def changed(client: Client, path: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    """Send a form as the page itself does when something in it changes."""
    return client.ask("POST", path, urlencode(fields).encode(), HX_Request="true")


def text_of(body: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body.decode()).split())


def command(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "veldpdf", "--lang", "nl", *map(str, arguments)],
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr


# The report.


def test_every_format_is_what_the_command_line_makes(client: Client, tmp_path: Path) -> None:
    wishes = {
        "title": "Alles bij elkaar",
        "municipality": "Waterrijk",
        "date": "2026-03-14",
        "hide_examples": "on",
    }
    status, headers, _ = post(client, "/report", **wishes)
    assert status == 303
    assert headers["location"].endswith("/report")
    outputs = [tmp_path / f"uit.{ending}" for ending in FORMATS]
    options = [
        "--title",
        "Alles bij elkaar",
        "--municipality",
        "Waterrijk",
        "--date",
        "2026-03-14",
        "--hide-examples",
    ]
    command("merge", *SAMPLES, *(each for path in outputs for each in ("-o", path)), *options)
    for ending, path in zip(FORMATS, outputs, strict=True):
        status, headers, body = client.ask("GET", f"/report/file/{ending}")
        assert status == 200
        assert f'filename="Alles bij elkaar.{ending}"' in headers["content-disposition"]
        assert body == path.read_bytes(), ending
    assert client.ask("GET", "/report/preview")[2] == outputs[3].read_bytes()


def test_the_pages_that_came_back_stand_behind_the_pdf_as_the_command_line_puts_them(
    client: Client, tmp_path: Path
) -> None:
    post(client, "/report", title="", annex="on")
    command("merge", *SAMPLES, "-o", tmp_path / "uit.pdf", "--annex")
    assert client.ask("GET", "/report/file/pdf")[2] == (tmp_path / "uit.pdf").read_bytes()
    # The other formats have no place for them.
    assert client.ask("GET", "/report/file/md")[0] == 200


def test_pages_out_of_a_zip_file_stand_behind_the_pdf_as_well(server: Served, tmp_path: Path) -> None:
    packed = tmp_path / "post.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.write(SAMPLES[1], "map/ggd.pdf")
    client = Client(server)
    sent(client, [packed])
    without = client.ask("GET", "/report/file/pdf")[2]
    post(client, "/report", title="", annex="on")
    assert len(client.ask("GET", "/report/file/pdf")[2]) > len(without) * 1.2
    assert client.ask("GET", "/report/told/report")[2].count(b"<li>") == 0


def test_what_the_annex_lacks_is_told_on_the_page(server: Served, tmp_path: Path) -> None:
    form_data = tmp_path / "ggd.xfdf"
    command("extract", SAMPLES[1], "--format", "xfdf", "-o", form_data)
    client = Client(server)
    sent(client, [form_data, SAMPLES[3]])
    post(client, "/report", title="", annex="on")
    assert client.ask("GET", "/report/told/report", HX_Request="true")[0] == 204  # nothing was made yet
    client.ask("GET", "/report/file/pdf")
    status, _, body = client.ask("GET", "/report/told/report", HX_Request="true")
    assert status == 200
    assert "ggd.xfdf" in text_of(body)
    number = re.search(rb"number=(\d+)", body)
    assert number is not None
    assert client.ask("GET", f"/report/told/report?number={number[1].decode()}")[0] == 204
    assert client.ask("GET", "/report/told/iets")[0] == 404


def test_the_preview_may_do_nothing_but_be_looked_at_by_this_page(client: Client) -> None:
    status, headers, _ = client.ask("GET", "/report/preview")
    assert status == 200
    rules = [rule.strip() for rule in headers["content-security-policy"].split(";")]
    assert {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(rules)
    assert not any(rule.startswith(("script-src", "connect-src")) for rule in rules)
    assert b"<iframe" in client.ask("GET", "/report")[2]


def partners_in(client: Client) -> list[str]:
    return [each["partner"] for each in json.loads(client.ask("GET", "/report/file/json")[2])["partners"]]


def test_who_is_left_out_is_not_in_it_and_who_comes_in_later_is(client: Client, tmp_path: Path) -> None:
    page = client.ask("GET", "/report")[2].decode()
    keys = re.findall(r'name="row-([^"]+)"', page)
    assert len(keys) == len(NAMES)
    kept = {f"row-{key}": "on" for key in keys if key != keys[1]}
    status, _, body = changed(client, "/report", title="", rows=" ".join(keys), **kept)
    assert status == 200
    assert partners_in(client) == [name for name in NAMES if name != "GGD"]
    assert f'id="row-{keys[1]}" name="row-{keys[1]}" type="checkbox">' in body.decode()
    later = tmp_path / "wijkteam.pdf"
    later.write_bytes(veldpdf.Template.open().fill({"Veld01": "Later"}, partner="Wijkteam"))
    sent(client, [later])
    assert partners_in(client) == [*(name for name in NAMES if name != "GGD"), "Wijkteam"]
    # All ticked again.
    keys = re.findall(r'name="row-([^"]+)"', client.ask("GET", "/report")[2].decode())
    post(client, "/report", title="", rows=" ".join(keys), **{f"row-{key}": "on" for key in keys})
    assert partners_in(client) == [*NAMES, "Wijkteam"]


def test_a_date_that_is_none_is_told_with_what_was_typed_still_there(client: Client) -> None:
    post(client, "/report", title="Eerst")
    status, _, body = post(client, "/report", title="Nieuw <b>", date="morgen", annex="on")
    assert status == 400
    assert b'class="problem"' in body
    assert b'value="Nieuw &lt;b&gt;"' in body
    assert b'name="annex" type="checkbox" checked' in body
    assert b'value="Eerst"' in client.ask("GET", "/report")[2]  # nothing of it was kept
    assert changed(client, "/report", title="", date="2026-02-30")[0] == 400
    status, _, body = post(client, "/letters", sender="Jansen", deadline="ooit")
    assert status == 400
    assert b'value="Jansen"' in body


def test_a_form_that_did_not_come_over_changes_nothing(client: Client) -> None:
    post(client, "/report", title="Eerst")
    body = urlencode([("title", "Nieuw"), *((f"row-{number}-0", "on") for number in range(3000))]).encode()
    assert client.ask("POST", "/report", body)[0] == 400
    assert b'value="Eerst"' in client.ask("GET", "/report")[2]


def test_nothing_is_sent_where_nothing_changed(client: Client) -> None:
    status, _, body = changed(client, "/report", title="Een")
    version = re.search(rb"version=([\d-]+)", body)
    assert status == 200
    assert version is not None
    assert changed(client, "/report", title="Een")[0] == 204
    address = f"/report?version={version[1].decode()}"
    assert client.ask("GET", address, HX_Request="true")[0] == 204
    post(client, "/report", title="Twee")
    assert client.ask("GET", address, HX_Request="true")[0] == 200


def test_before_anything_was_dropped_there_is_a_way_back_and_nothing_to_download(server: Served) -> None:
    client = Client(server)
    status, _, body = client.ask("GET", "/report")
    assert status == 200
    assert re.search(rb'class="button" href="[^"]*/"', body)
    assert b"<iframe" not in body
    for address in ("/report/file/pdf", "/letters"):
        status, headers, _ = client.ask("GET", address)
        assert status in (200, 303)
        assert "content-disposition" not in headers
    assert post(client, "/letters", sender="")[0] == 400
    assert client.ask("GET", "/report?version=none", HX_Request="true")[1].get("hx-refresh") is None
    sent(client, SAMPLES[:1])
    assert client.ask("GET", "/report?version=none", HX_Request="true")[1]["hx-refresh"] == "true"
    for address in ("/report/file/exe", "/report/file/..%2fpdf", "/report/file/"):
        assert client.ask("GET", address)[0] == 404


def test_a_format_that_cannot_be_made_here_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [kind.missing for kind in reporting._kinds()] == [None] * 6
    monkeypatch.setitem(sys.modules, "docx", None)
    missing = {kind.suffix: kind.missing for kind in reporting._kinds() if kind.missing}
    assert list(missing) == [".docx"]
    assert missing[".docx"].remedy == "Install it with: pip install 'veldpdf[office]'."


def workspace_of(*paths: Path) -> Workspace:
    workspace = Workspace(load_form())
    for path in paths:
        file = workspace.add(path.name, path, path.stat().st_size)
        workspace.arrived(file.key, veldpdf.read_many([path]))
    return workspace


def test_with_a_worksheet_that_is_left_out_go_those_that_it_replaces(tmp_path: Path) -> None:
    again = tmp_path / "ggd-2.pdf"
    again.write_bytes(SAMPLES[1].read_bytes() + b"\n")
    workspace = workspace_of(SAMPLES[1], again, SAMPLES[3])
    for row in workspace.rows()[:2]:
        workspace.rename(row.key, "GGD Noord")
    rows = workspace.rows()
    assert [bool(row.submission.superseded_by) for row in rows].count(True) == 1
    counting = next(row for row in rows[:2] if not row.submission.superseded_by)
    assert included(rows, ReportWishes()) == rows
    assert included(rows, ReportWishes(left_out=frozenset({counting.key}))) == rows[2:]
    replaced = next(row for row in rows[:2] if row.submission.superseded_by)
    assert included(rows, ReportWishes(left_out=frozenset({replaced.key}))) == rows


def test_only_rows_that_stood_on_the_page_can_be_left_out() -> None:
    workspace = workspace_of(*SAMPLES[:4])
    before = ReportWishes(left_out=frozenset({"4-0", "99-0"}))
    form = {"title": " a \n b ", "rows": "1-0 2-0 77-0 ../x", "row-2-0": "on", "date": "2026-12-01"}
    # The third came in since; the fourth was left out on another page.
    assert reporting._report_wishes(form, before, workspace) == ReportWishes(
        title="a b", date=date(2026, 12, 1), left_out=frozenset({"1-0", "4-0"})
    )


def test_of_more_partners_than_a_form_holds_none_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, state = workspace_of(*SAMPLES[:2]), ReportState()
    offered = [each.name for each in reporting._overview(state, workspace, "", "nl").partners]
    assert offered == NAMES[:2]
    monkeypatch.setattr(reporting, "_MOST_OFFERED", 1)
    assert reporting._overview(state, workspace, "", "nl").partners == ()


def test_a_report_is_made_anew_when_an_answer_is_corrected() -> None:
    workspace, state = workspace_of(SAMPLES[1]), ReportState()
    first = state.merged(workspace)
    assert state.merged(workspace) is first
    workspace.correct("1-0", "Veld01", "Met de hand verbeterd")
    made = report_file(state, workspace, ".md", catalogue("nl"), limits=Limits(), jobs=1)
    assert "Met de hand verbeterd" in made.data.decode()


def test_a_partner_whose_file_came_under_another_name_is_not_awaited() -> None:
    asked = {
        "ggd.pdf": "GGD",
        "politie.pdf": "Politie",
        "oud.pdf": "Politie",
        "a.pdf": "School",
        "b.pdf": "School",
    }
    assert awaited_of(asked, [("ggd.pdf", "GGD Noord"), ("post.eml/werkblad.pdf", "Politie")]) == ("School",)


def test_the_summary_points_to_what_this_page_has(tmp_path: Path) -> None:
    cut = tmp_path / "kapot.pdf"
    cut.write_bytes(b"%PDF-1.7\n")
    workspace, state = workspace_of(SAMPLES[1], cut), ReportState()
    overview = reporting._overview(state, workspace, "", "nl")
    assert overview.unread == "1 could not be read; the list of files says why."
    assert overview.unread in overview.summary
    assert "annex" not in " ".join(overview.summary)
    assert len(overview.summary) == len(summary_of(state.merged(workspace).report))
    everything = reporting._overview(state, workspace_of(SAMPLES[1]), "", "nl")
    assert everything.unread is None
    assert everything.summary == summary_of(state.merged(workspace_of(SAMPLES[1])).report)


def test_why_a_file_could_not_be_read_is_one_link_away(server: Served) -> None:
    client = Client(server)
    sent(client, SAMPLES[:1])
    assert client.ask("POST", "/files?name=kapot.pdf", b"%PDF-1.7\n")[0] == 204
    end = monotonic() + 60
    while b"#list" not in client.ask("GET", "/report")[2]:
        assert monotonic() < end
        sleep(0.1)
    assert b'id="list"' in client.ask("GET", "/")[2]
    assert "bijlage" not in text_of(client.ask("GET", "/report")[2])


def test_where_everybody_is_left_out_there_is_nothing_to_download(client: Client) -> None:
    keys = re.findall(r'name="row-([^"]+)"', client.ask("GET", "/report")[2].decode())
    status, _, piece = changed(client, "/report", title="", rows=" ".join(keys))
    assert status == 200
    for body in (piece, client.ask("GET", "/report")[2]):
        assert b"/report/file/" not in body
        assert b"<iframe" not in body
        assert b'id="row-' in body
    status, headers, body = client.ask("GET", "/report/file/pdf")
    assert status == 400
    assert "content-disposition" not in headers
    assert b'class="problem"' in body
    status, _, piece = changed(client, "/report", title="", rows=" ".join(keys), **{f"row-{keys[0]}": "on"})
    assert b"/report/file/pdf" in piece
    assert b"<iframe" in piece


# The list of partners.


def test_the_list_names_partners_on_all_pages_as_the_command_line_does(client: Client, tmp_path: Path) -> None:
    listed = tmp_path / "lijst.csv"
    listed.write_text(
        'file,partner,email\npolitie.pdf,"Politie, basisteam Waterrijk",b@politie.example\n'
        "GGD.pdf,GGD Waterrijk,\nwijk.pdf,Wijkteam Zuid,\n,Kerk,\n",
        "utf-8",
    )
    assert client.ask("POST", "/letters/list?name=lijst.csv", listed.read_bytes())[0] == 204
    command("merge", *SAMPLES, "-o", tmp_path / "uit.json", "--partners", listed)
    assert client.ask("GET", "/report/file/json")[2] == (tmp_path / "uit.json").read_bytes()
    for page in ("/", "/answers", "/report"):
        assert b"Politie, basisteam Waterrijk" in client.ask("GET", page)[2], page
    command("check", *SAMPLES, "--letters", tmp_path / "brieven", "--partners", listed)
    assert files_in(post(client, "/letters")[2]) == folder_of(tmp_path / "brieven")
    changed(client, "/letters/list/forget")
    assert partners_in(client) == NAMES


def test_who_was_named_by_hand_keeps_that_name_and_who_comes_in_later_is_named_by_the_list() -> None:
    workspace, state = workspace_of(*SAMPLES[:2]), ReportState()
    names = {
        "basisschool.pdf": "De Regenboog",
        "ggd.pdf": "GGD Waterrijk",
        "politie.pdf": "Politie",
        "": "Kerk",
    }
    listed = PartnerList(name="lijst.csv", names=names, addresses=Addresses(by_file={}, by_partner={}))
    workspace.rename("2-0", "GGD Noord")
    state.keep_list(listed, workspace)
    assert [each.partner for each in workspace.submissions()] == ["De Regenboog", "GGD Noord"]
    overview = reporting._overview(state, workspace, "", "nl")
    assert overview.named == "1 partner here has its name from it."
    assert overview.silent == "Politie, Kerk"
    assert listed.count == 4
    file = workspace.add("politie.pdf", SAMPLES[3], 1)
    workspace.arrived(file.key, veldpdf.read_many([SAMPLES[3]]))
    assert workspace.submissions()[2].name_from is NameFrom.OFFICER
    assert reporting._overview(state, workspace, "", "nl").named == "2 partners here have their names from it."
    workspace.rename("2-0", "")
    assert workspace.submissions()[1].partner == "GGD Waterrijk"
    state.keep_list(None, workspace)
    assert [each.partner for each in workspace.submissions()] == [*NAMES[:2], "Politie"]
    assert workspace.submissions()[2].name_from is NameFrom.FILE
    overview = reporting._overview(state, workspace, "", "nl")
    assert (overview.named, overview.silent) == (None, "")


def test_of_several_worksheets_in_one_file_each_is_named_by_the_list_as_when_it_is_read() -> None:
    names = {"verzameld.pdf": "Wijkteam", "verzameld.pdf#3": "Kerk", "post.eml": "School"}
    assert [listed_name(f"verzameld.pdf#{number}", names) for number in (1, 2, 3)] == [
        "Wijkteam (1)",
        "Wijkteam (2)",
        "Kerk",
    ]
    assert listed_name("post.eml/werkblad.pdf#2", names) == "School (2)"
    assert listed_name("post.eml/werkblad.pdf", names) == "School"
    assert listed_name("ander.pdf#2", names) == ""


@pytest.mark.parametrize(
    "names",
    [
        {"post.zip": "School"},
        {"verzameld.pdf": "Wijkteam"},
        {"post.zip/map/verzameld.pdf": "Wijkteam", "ggd.pdf": "GGD Noord"},
        {"verzameld.pdf#2": "Kerk", "post.zip": "School"},
        {"2026/map/ggd.pdf": "GGD Zuid", "iets.pdf": "Iets"},
    ],
)
def test_the_list_names_what_was_read_before_as_what_is_read_after(
    names: dict[str, str], tmp_path: Path
) -> None:
    joined, packed = tmp_path / "verzameld.pdf", tmp_path / "post.zip"
    with_pikepdf(SAMPLES[:2], joined)
    with zipfile.ZipFile(packed, "w") as file:
        file.write(joined, "map/verzameld.pdf")
        file.write(SAMPLES[1], "map/ggd.pdf")
    expected = read_file(packed, ReadingOptions(form=load_form(), partners=names))
    assert len(expected) == 3
    workspace = workspace_of(packed)
    workspace.name_by(names)
    assert [(each.partner, each.name_from) for each in workspace.submissions()] == [
        (each.partner, each.name_from) for each in expected
    ]


def test_a_partner_on_the_list_without_a_file_counts_as_one(client: Client) -> None:
    rows = b"file,partner,email\nggd.pdf,GGD,\nggd-2.pdf,GGD,\npolitie.pdf,Politie,\n,Kerk,k@kerk.example\n"
    assert client.ask("POST", "/letters/list?name=lijst.csv", rows)[0] == 204
    page = client.ask("GET", "/report")[2]
    known = re.search(rb"<p><strong>lijst.csv.*?</p>", page, re.DOTALL)
    assert known is not None
    assert re.findall(r"\d+", text_of(known[0])) == ["3", "2"]
    assert text_of(page).count("Kerk") == 2  # in the summary, and where no letter is made


def test_a_pdf_in_the_place_of_the_list_is_told_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    for begin in (b"", b"\xef\xbb\xbf\r\n"):
        path.write_bytes(begin + SAMPLES[1].read_bytes())
        with pytest.raises(ValuesError) as caught:
            read_table(path)
        assert caught.value.what == f"{path}: this is a PDF, not a table."
    path.write_bytes(b"file,partner\nover %PDF-1.7,B\n")
    assert [row.cells for row in read_table(path)] == [("file", "partner"), ("over %PDF-1.7", "B")]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'file,partner\n"a.pdf,A\n', "a quote is not closed"),
        (b'file,partner\n"a.pdf"x,A\n', "something stands behind a closing quote"),
    ],
)
def test_why_a_table_is_no_csv_is_a_sentence_that_can_be_translated(
    raw: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes(raw)
    with pytest.raises(ValuesError) as caught:
        read_table(path)
    assert isinstance(caught.value.what, Message)
    told = caught.value.what.values["reason"]
    assert isinstance(told, Message)
    assert told == reason


# Letters.


def files_in(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def folder_of(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.iterdir()}


def test_the_letters_are_those_of_the_command_line(client: Client, tmp_path: Path) -> None:
    wishes = {"sender": "Jansen", "deadline": "2026-12-01", "attach": "on"}
    status, headers, body = post(client, "/letters", **wishes)
    assert status == 200
    assert headers["content-type"] == "application/zip"
    options = ["--sender", "Jansen", "--deadline", "2026-12-01", "--attach"]
    command("check", *SAMPLES, "--letters", tmp_path / "brieven", *options)
    expected = folder_of(tmp_path / "brieven")
    assert sorted(path.rpartition(".")[2] for path in expected) == ["pdf"] * 5 + ["txt"] * 5
    assert files_in(body) == expected
    assert post(client, "/letters", **wishes)[2] == body
    page = client.ask("GET", "/report")[2]
    assert b'name="sender" value="Jansen"' in page
    assert b'value="2026-12-01"' in page


def test_with_a_list_of_partners_there_are_e_mails_and_the_report_tells_who_sent_nothing(
    client: Client, tmp_path: Path
) -> None:
    listed = tmp_path / "lijst.csv"
    listed.write_text(LIST, "utf-8")
    assert client.ask("POST", f"/letters/list?name={quote('Mijn lijst.CSV')}", listed.read_bytes())[0] == 204
    body = post(client, "/letters", sender="Jansen")[2]
    command("check", *SAMPLES, "--letters", tmp_path / "brieven", "--sender", "Jansen", "--partners", listed)
    assert files_in(body) == folder_of(tmp_path / "brieven")
    assert "Politie.eml" in files_in(body)
    told = text_of(client.ask("GET", "/report/told/letters")[2])
    assert "Basisschool, Jongerenwerk, Sportclub, Veilig thuis" in told
    page = client.ask("GET", "/report")[2].decode()
    assert "Mijn lijst.CSV" in page
    assert "b@politie.example" in page
    assert json.loads(client.ask("GET", "/report/file/json")[2])["awaited"] == ["Wijkteam Zuid"]
    status, _, piece = changed(client, "/letters/list/forget")
    assert status == 200
    assert b"Mijn lijst.CSV" not in piece
    assert json.loads(client.ask("GET", "/report/file/json")[2])["awaited"] == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lijst.csv", b"partner,email\nGGD,a@b.nl\n"),
        ("lijst.csv", b"file,partner,email\na.pdf,GGD,geen adres\n"),
        ("lijst.csv", b""),
        ("../../etc/lijst.xlsx", b"PK\x03\x04 and no more"),
        ("lijst.ods", b"PK"),
        ("ggd.pdf", SAMPLES[1].read_bytes()),
    ],
)
def test_a_list_of_no_use_is_told_by_the_name_that_the_user_knows(
    name: str, data: bytes, server: Served, tmp_path: Path
) -> None:
    client = Client(server)
    status, _, body = client.ask("POST", f"/letters/list?name={quote(name, safe='')}", data)
    assert status == 400
    told = text_of(body)
    assert name.removeprefix("../../") in told
    assert "veldpdf-web-" not in told
    (folder,) = (tmp_path / "tijdelijk").glob("veldpdf-web-*")
    assert [path.name for path in folder.iterdir()] == ["in-use"]


def test_what_a_letter_asks_is_counted_as_above_on_the_page() -> None:
    workspace, state = workspace_of(SAMPLES[0], SAMPLES[4]), ReportState()
    overview = reporting._overview(state, workspace, "", "nl")
    assert [(each.open, each.again) for each in overview.addressees] == [
        ("13 questions open", "1 to look at once more"),
        ("13 questions open", None),
    ]
    assert [each.open for each in overview.addressees] == [words for _, words in overview.open]
    # Only something to look at; and nothing that can be counted.
    complete = workspace_of(SAMPLES[1])
    complete.correct("1-0", "Veld01", "Veel te lang. " * 300)
    (only,) = reporting._overview(state, complete, "", "nl").addressees
    assert (only.open, only.again) == (None, "1 to look at once more")


def test_no_letter_is_made_where_nothing_is_to_be_asked(server: Served) -> None:
    client = Client(server)
    sent(client, [SAMPLES[1]])
    status, headers, body = post(client, "/letters", sender="Jansen")
    assert status == 400
    assert "content-disposition" not in headers
    assert b'class="problem"' in body


def test_an_error_about_a_file_is_told_under_another_name() -> None:
    path = Path("000003.csv")
    problem = ValuesError(
        counted("{path}: {n} cell.", "{path}: {n} cells.", 3, path=path),
        Message("Mend {path}.", path=str(path)),
    )
    assert str(under_name(problem, path, "lijst.csv")) == "lijst.csv: 3 cells.\nMend lijst.csv."


def test_a_zip_file_is_the_same_on_any_day_and_system() -> None:
    made = zipped({"één.txt": b"1", "b.eml": b"2"})
    assert made == zipped({"één.txt": b"1", "b.eml": b"2"})
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        found = [(info.filename, info.date_time, info.create_system) for info in file.infolist()]
    assert found == [("één.txt", (1980, 1, 1, 0, 0, 0), 3), ("b.eml", (1980, 1, 1, 0, 0, 0), 3)]


def test_a_download_has_a_plain_name_and_its_own() -> None:
    response = download(b"x", "Rapport één – 日本.pdf", "application/pdf")
    assert response.headers["content-disposition"] == (
        "attachment; filename=\"Rapport een  .pdf\"; filename*=UTF-8''"
        "Rapport%20%C3%A9%C3%A9n%20%E2%80%93%20%E6%97%A5%E6%9C%AC.pdf"
    )


def test_a_title_that_is_no_file_name_is_none_of_a_download(client: Client) -> None:
    post(client, "/report", title='../../"x"\r\nSet-Cookie: a=b')
    headers = client.ask("GET", "/report/file/md")[1]
    assert headers["content-disposition"].startswith('attachment; filename="')
    assert "/" not in headers["content-disposition"]
    assert "set-cookie" not in headers


# In a browser.


def on_the_page(page: Any, server: Served, paths: Sequence[Path] = SAMPLES) -> None:
    dropped(page, list(paths))
    page.goto(f"{server.root}/report")


def preview_of(page: Any) -> Any:
    return page.frame_locator("iframe.sheet")


def test_from_drop_to_download(browser: Any, server: Served, tmp_path: Path) -> None:
    with opened(browser, server) as page:
        dropped(page)
        page.click(".next .button")
        page.wait_for_url("**/report")  # and until its scripts have run
        page.fill("#title", "Wat wij willen bereiken")
        preview_of(page).locator("h1", has_text="Wat wij willen bereiken").wait_for()
        page.check("#hide_examples")
        page.fill("#date", "2026-03-14")
        preview_of(page).locator("time[datetime='2026-03-14']").wait_for()
        assert page.input_value("#title") == "Wat wij willen bereiken"
        page.reload()
        assert page.input_value("#title") == "Wat wij willen bereiken"
        assert page.is_checked("#hide_examples")
        # The report's own choices work in its frame, which may do nothing.
        preview_of(page).locator("#fp").select_option(index=2)
        preview_of(page).locator(".partial span").wait_for()
        with page.expect_download() as started:
            page.click("#get-pdf")
        assert started.value.suggested_filename == "Wat wij willen bereiken.pdf"
        options = ["--title", "Wat wij willen bereiken", "--date", "2026-03-14", "--hide-examples"]
        command("merge", *SAMPLES, "-o", tmp_path / "uit.pdf", *options)
        assert Path(started.value.path()).read_bytes() == (tmp_path / "uit.pdf").read_bytes()
        page.wait_for_selector("#told-report p")


def test_a_second_tab_shows_what_the_first_one_chose(browser: Any, server: Served) -> None:
    with opened(browser, server) as page:
        on_the_page(page, server, SAMPLES[:2])
        other = page.context.new_page()
        other.goto(f"{server.root}/report")
        page.click("#who summary")
        page.uncheck("#partners input[type=checkbox] >> nth=0")
        other.click("#who summary")
        other.wait_for_selector("#partners input[type=checkbox]:not(:checked)")
        assert other.locator("#partners input:checked").count() == 1
        other.locator(".addressees, #addressees p").first.wait_for()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_no_word_on_a_button_is_broken_and_all_bullets_stand_in_line(
    size: str, browser: Any, server: Served, tmp_path: Path
) -> None:
    more = [tmp_path / f"{name}.pdf" for name in ("a", "b")]
    for path in more:
        path.write_bytes(veldpdf.Template.open().fill({}, partner=path.stem))
    with opened(browser, server, size=size) as page:
        on_the_page(page, server, [*SAMPLES, *more])
        measured = page.evaluate(
            "[...document.querySelectorAll('.kinds .button')].map(each => {"
            " const box = document.createRange(); box.selectNodeContents(each);"
            " return [box.getClientRects().length, each.scrollWidth > each.clientWidth, each.offsetWidth]})"
        )
        assert [each[:2] for each in measured] == [[1, False]] * 6
        assert len({each[2] for each in measured}) == 1
        lefts = page.evaluate(
            "[...document.querySelectorAll('.open li')].map(each => each.getBoundingClientRect().left)"
        )
        assert len(lefts) == 6
        assert len(set(lefts)) == 1


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_with_nobody_chosen_the_page_says_so_and_who_ticks_one_has_it_back(
    size: str, browser: Any, server: Served
) -> None:
    with opened(browser, server, size=size, dark=size == "phone") as page:
        on_the_page(page, server, SAMPLES[:1])
        page.click("#who summary")
        page.focus("#partners input[type=checkbox]")
        page.keyboard.press("Space")
        page.wait_for_selector("iframe.sheet", state="detached")
        page.wait_for_selector("#get-pdf", state="detached")
        assert violations(page) == []
        assert page.evaluate("document.activeElement.id").startswith("row-")
        page.keyboard.press("Space")
        page.wait_for_selector("#get-pdf")
        preview_of(page).locator("h1").wait_for()


def test_a_choice_made_by_keyboard_keeps_the_focus(browser: Any, server: Served) -> None:
    with opened(browser, server) as page:
        on_the_page(page, server, SAMPLES[:2])
        page.focus("#who summary")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.id")
        assert focused.startswith("row-")
        with page.expect_response(lambda answer: answer.url.endswith("/report")):
            page.keyboard.press("Space")
        preview_of(page).locator("h1").wait_for()
        page.wait_for_function("document.getElementById('report-said').textContent !== ''")
        assert page.evaluate("document.activeElement.id") == focused
        assert not page.is_checked(f"#{focused}")
        assert page.locator("#who").get_attribute("open") is not None


def test_a_list_is_dropped_and_letters_are_downloaded(browser: Any, server: Served, tmp_path: Path) -> None:
    good, wrong = tmp_path / "lijst.csv", tmp_path / "fout.csv"
    good.write_text(LIST, "utf-8")
    wrong.write_text("naam\nGGD\n", "utf-8")
    with opened(browser, server) as page:
        on_the_page(page, server)
        page.set_input_files("#list-file", str(good))
        page.wait_for_selector("#list-of-partners strong")
        page.locator("#addressees li", has_text="b@politie.example").wait_for()
        assert page.locator("#addressees .bad").count() == 4
        assert violations(page) == []
        page.fill("#sender", "Jansen")
        with page.expect_download() as started:
            page.click("#get-letters")
        made = files_in(Path(started.value.path()).read_bytes())
        assert {"Politie.eml", "Politie.txt", "Sportclub.txt"} <= set(made)
        assert b"Jansen" in made["Politie.txt"]
        page.locator("#told-letters .warnings li").first.wait_for()
        assert violations(page) == []
        assert page.locator("#list-of-partners").inner_text().count("3 partners") == 1
        page.click("#forget-list")
        page.wait_for_selector("#list-of-partners strong", state="detached")


def test_a_list_is_dropped_anywhere_and_one_of_no_use_is_told_on_top(server: Served, browser: Any) -> None:
    context = browser.new_context()  # a refusal is an error on the browser's console
    page = context.new_page()
    enter(page, server)
    on_the_page(page, server, SAMPLES[:1])
    drop = """text => {
        const all = new DataTransfer();
        all.items.add(new File([text], "lijst.csv"));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: all, bubbles: true, cancelable: true}));
    }"""
    page.evaluate(drop, "naam\nGGD\n")
    page.locator("#problems .problem", has_text="lijst.csv").wait_for()
    assert violations(page) == []
    page.evaluate(drop, LIST)
    page.wait_for_selector("#list-of-partners strong")
    assert page.locator("#problems .problem").count() == 0
    context.close()


def test_the_page_appears_by_itself_when_the_first_file_is_read(browser: Any, server: Served) -> None:
    with opened(browser, server) as page:
        page.goto(f"{server.root}/report")
        page.wait_for_selector(".lead")
        assert violations(page) == []
        other = page.context.new_page()
        other.goto(f"{server.root}/")
        dropped(other, SAMPLES[:1])
        page.wait_for_selector("#preview")
        other.click(".worksheet .actions button >> nth=-1")
        page.wait_for_selector("#preview", state="detached")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_nobody_is_kept_out(lang: str, browser: Any, tmp_path: Path) -> None:
    with served(folder=tmp_path, lang=lang) as server:
        link = server
        for size, dark in [("wide", False), ("wide", True), ("phone", False), ("phone", True)]:
            with opened(browser, link, size=size, dark=dark) as page:
                if (size, dark) == ("wide", False):
                    dropped(page)
                page.goto(f"{server.root}/report")
                page.click("#who summary")
                preview_of(page).locator("h1").wait_for()
                assert violations(page) == [], (size, dark)
                assert not is_wider_than_the_window(page)
                if size == "phone":
                    page.set_viewport_size({"width": 320, "height": 640})
                    assert not is_wider_than_the_window(page)
                    small = page.evaluate(
                        "[...document.querySelectorAll('main :is(a, button, input, summary):not(.hidden)')]"
                        ".filter(each => each.getClientRects().length && !each.matches('p a:not(.button)'))"
                        ".filter(each => each.getBoundingClientRect().height < 24).map(each => each.outerHTML)"
                    )
                    assert small == []
            link = replace(server, link=server.next_link())
