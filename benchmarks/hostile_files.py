"""What reading does with files that were made to harm: the status of each, and how long it took in how much memory.

    python benchmarks/hostile_files.py [FOLDER] [--seconds N] [--memory MB] [--only WORD] [--cut BYTES]

The files are made in FOLDER (by default one that is thrown away); each is read with ``veldpdf.read`` in a process of
its own, which may take so much address space and so long. The slowest stand last. ``crashed`` and ``too slow`` are
what a worker process has to bear; a file that takes more than 5 seconds or 1 GB is marked, and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pikepdf
from pikepdf import Name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

import veldpdf  # noqa: E402 - only found after the line above
from veldpdf.definition import load_form  # noqa: E402

WORKSHEET = ROOT / "samples" / "returned" / "ggd.pdf"
SECONDS, MEGABYTES = 5.0, 1024
CUT = "cut-"

Maker = Callable[[], bytes]
MAKERS: dict[str, Maker] = {}


def hostile(make: Maker) -> Maker:
    """Have a file made under the name of the function that makes it."""
    MAKERS[make.__name__.replace("_", "-")] = make
    return make


# How PDFs are written by hand: objects in order, the catalogue first, and a table of where they are.


def pdf(*objects: bytes, trailer: bytes = b"", size: int | None = None) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue (ISO 32000-2, 7.5)."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    count = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Root 1 0 R/Size %d%b>>\nstartxref\n%d\n%%%%EOF\n" % (size or count, trailer, start)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"", length: bytes | None = None) -> bytes:
    wanted = length if length is not None else b"%d" % len(data)
    return b"<<%b/Length %b>>stream\n%b\nendstream" % (entries, wanted, data)


def zeros(gigabytes: float = 1.0, head: bytes = b"", fill: bytes = b"\0") -> bytes:
    """Return so many bytes, packed."""
    packer = zlib.compressobj(9)
    block = fill * (10_000_000 // len(fill))
    blocks = int(gigabytes * 1e9 / len(block))
    return packer.compress(head) + b"".join(packer.compress(block) for _ in range(blocks)) + packer.flush()


def form(*fields: bytes, more: bytes = b"", page: bytes = b"", acroform: bytes = b"") -> bytes:
    """Return a PDF of one page whose fields are the objects from 4 on; what follows them is in ``more``."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(len(fields)))
    extra = [more] if more else []
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%b]/DA(/Helv 10 Tf 0 g)%b>>>>" % (kids, acroform),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[%b]%b>>" % (kids, page),
        *fields,
        *extra,
    )


def field(name: str, entries: bytes = b"/V(Een antwoord.)") -> bytes:
    return b"<</Type/Annot/Subtype/Widget/FT/Tx/T(%b)/F 4/Rect[50 700 545 750]%b>>" % (name.encode(), entries)


def worksheet(more: bytes = b"", page: bytes = b"", acroform: bytes = b"", **entries: bytes) -> bytes:
    """Return the fields of the worksheet without its looks, some with other entries; ``more`` is object 27."""
    names = [spec.name for spec in load_form().fields]
    fields = [field(name, entries.get(name, b"/V(Een antwoord.)")) for name in names]
    assert len(fields) == 23  # so `more` is object 27
    return form(*fields, more=more, page=page, acroform=acroform)


# Bombs


@hostile
def bomb_in_a_value() -> bytes:
    return worksheet(stream(zeros(), b"/Filter/FlateDecode"), Veld01=b"/V 27 0 R")


@hostile
def bomb_in_formatted_text() -> bytes:
    return worksheet(stream(zeros(fill=b"<p>x</p>"), b"/Filter/FlateDecode"), Veld01=b"/V(x)/RV 27 0 R")


@hostile
def bomb_in_an_appearance() -> bytes:
    form_ = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter/FlateDecode"
    return worksheet(stream(zeros(fill=b"(a) Tj "), form_), Veld01=b"/AP<</N 27 0 R>>")


@hostile
def bomb_in_the_page_with_fields() -> bytes:
    return worksheet(stream(zeros(fill=b"0 0 m "), b"/Filter/FlateDecode"), page=b"/Contents 27 0 R")


@hostile
def bomb_in_the_page_without_fields() -> bytes:
    return form(more=stream(zeros(fill=b"BT (a) Tj ET "), b"/Filter/FlateDecode"), page=b"/Contents 4 0 R")


@hostile
def bomb_of_paths_in_the_page_without_fields() -> bytes:
    return form(more=stream(zeros(fill=b"0 0 m 9 9 l S "), b"/Filter/FlateDecode"), page=b"/Contents 4 0 R")


@hostile
def bomb_behind_five_filters() -> bytes:
    data = zeros()
    for _ in range(4):
        data = zlib.compress(data, 9)
    return worksheet(stream(data, b"/Filter[" + b"/FlateDecode" * 5 + b"]"), Veld01=b"/V 27 0 R")


@hostile
def bomb_of_a_thousand_filters() -> bytes:
    return worksheet(stream(zeros(0.1), b"/Filter[" + b"/FlateDecode" * 1000 + b"]"), Veld01=b"/V 27 0 R")


@hostile
def bomb_of_run_lengths() -> bytes:
    data = zlib.compress(b"\x81x" * 8_000_000, 9)
    return worksheet(stream(data, b"/Filter[/FlateDecode/RunLengthDecode]"), Veld01=b"/V 27 0 R")


@hostile
def bomb_in_an_object_stream() -> bytes:
    """An object stream (7.5.7) whose objects are needed, and that unpacks to a gigabyte of white space."""
    packed = zeros(head=b"1 0 <</Type/Catalog/Pages 2 0 R>> ", fill=b" ")
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in [(0, 0, 65535), (2, 3, 0), (1, 0, 0), (1, 9, 0), (1, 0, 0)]
    )
    head = b"%PDF-1.7\n"
    body = b"3 0 obj\n" + stream(packed, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode") + b"\nendobj\n"
    start = len(head) + len(body)
    entries = b"/Type/XRef/W[1 4 2]/Size 5/Root 1 0 R"
    return head + body + b"4 0 obj\n" + stream(table, entries) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


@hostile
def bomb_of_a_million_objects() -> bytes:
    """A small object stream that says that it holds ten million objects."""
    index = b"".join(b"%d 0 " % number for number in range(10, 1_000_010))
    packed = zlib.compress(index + b"null", 9)
    object_stream = stream(packed, b"/Type/ObjStm/N 10000000/First %d/Filter/FlateDecode" % len(index))
    return worksheet(object_stream)


def with_table(entries: bytes, packed: bytes) -> bytes:
    """Return a PDF of one cross-reference stream (7.5.8)."""
    head = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    table = stream(packed, b"/Type/XRef/W[1 4 2]/Root 1 0 R/Filter/FlateDecode" + entries)
    return head + b"3 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


@hostile
def bomb_in_the_table_of_objects() -> bytes:
    return with_table(b"/Size 140000000", zeros())


@hostile
def bomb_in_the_table_of_objects_in_use() -> bytes:
    return with_table(b"/Size 20000000", zeros(0.14, fill=b"\1\0\0\0\x09\0\0"))


@hostile
def bomb_in_xfa() -> bytes:
    return worksheet(stream(zeros(fill=b"<a/>"), b"/Filter/FlateDecode"), acroform=b"/XFA[(datasets) 27 0 R]")


@hostile
def bomb_of_entities_in_xfa() -> bytes:
    kinds = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{kinds}]><x><Veld01>&l19;</Veld01></x>'
    return worksheet(stream(xml.encode()), acroform=b"/XFA 27 0 R")


@hostile
def entity_from_outside_in_xfa() -> bytes:
    xml = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x><Veld01>&e;</Veld01></x>'
    return worksheet(stream(xml.encode()), acroform=b"/XFA 27 0 R")


@hostile
def bomb_of_deep_xml_in_xfa() -> bytes:
    return worksheet(stream(b"<a>" * 1_000_000), acroform=b"/XFA 27 0 R")


# Trees of pages


def pages(tree: bytes, *more: bytes) -> bytes:
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", tree, *more)


@hostile
def pages_that_are_their_own_kids() -> bytes:
    return pages(b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")


@hostile
def pages_whose_kid_is_their_parent() -> bytes:
    return pages(
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]/Count 1>>"
    )


@hostile
def pages_that_double_forty_times() -> bytes:
    nodes = [b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (n + 1, n + 1) for n in range(2, 42)]
    return pages(*nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>")


@hostile
def pages_a_hundred_thousand_deep() -> bytes:
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 1) for n in range(2, 100_002)]
    return pages(*nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def many_pages(count: int, entries: bytes, *more: bytes) -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + len(more) + number) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%b>>" % entries
    return pages(b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count), *more, *([page] * count))


@hostile
def a_hundred_thousand_empty_pages() -> bytes:
    return many_pages(100_000, b"")


@hostile
def twenty_thousand_pages_of_text() -> bytes:
    text = b"BT /F 10 Tf 1 0 0 1 50 700 Tm (Een antwoord van een partner.) Tj ET "
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return many_pages(20_000, b"/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>", stream(text), font)


@hostile
def a_page_of_a_million_words() -> bytes:
    text = b"BT /F 1 Tf " + b"1 0 0 1 50 700 Tm (woord) Tj " * 1_000_000 + b"ET"
    font = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    packed = stream(zlib.compress(text, 9), b"/Filter/FlateDecode")
    return form(more=packed, page=b"/Contents 4 0 R" + font)


@hostile
def a_count_of_a_thousand_million_pages() -> bytes:
    return pages(b"<</Type/Pages/Kids[3 0 R]/Count 1000000000>>", b"<</Type/Page/MediaBox[0 0 9 9]>>")


# Trees of fields


@hostile
def a_hundred_thousand_fields() -> bytes:
    return form(*(field(f"Veld{number:06}") for number in range(100_000)))


@hostile
def a_hundred_thousand_widgets_of_one_field() -> bytes:
    count = 100_000
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(count))
    parent = b"<</FT/Tx/T(Veld01)/V(x)/Kids[%b]>>" % kids
    widget = b"<</Type/Annot/Subtype/Widget/Parent 4 0 R/Rect[50 700 545 750]>>"
    return form(parent, *([widget] * count))


def nested(count: int) -> list[bytes]:
    inner = [
        b"<</T(a)/Parent %d 0 R/Kids[%d 0 R]>>" % (number - 1, number + 1) for number in range(5, 4 + count)
    ]
    return [b"<</T(a)/Kids[5 0 R]>>", *inner, field("a", b"/V(x)/Parent %d 0 R" % (3 + count))]


@hostile
def ten_thousand_kids_in_kids() -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[%d 0 R]>>" % (4 + 10_000),
        *nested(10_000),
    )


@hostile
def kids_that_double_forty_times() -> bytes:
    nodes = [b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (number + 1, number + 1) for number in range(4, 44)]
    return form(*nodes, field("a"))


@hostile
def kids_that_are_their_own_kids() -> bytes:
    return form(b"<</T(a)/Kids[4 0 R 4 0 R 5 0 R]/Parent 5 0 R>>", b"<</T(b)/Kids[4 0 R]/Parent 4 0 R>>")


@hostile
def a_parent_that_is_its_own_parent() -> bytes:
    return worksheet(Veld01=b"/V(x)/Parent 4 0 R", Veld02=b"/V(x)/Parent 6 0 R", Veld03=b"/Parent 5 0 R")


@hostile
def a_million_annotations() -> bytes:
    note = b"<</Type/Annot/Subtype/Text/Contents(x)/Rect[0 0 9 9]>>"
    return form(page=b"/Annots[%b]" % (note * 1_000_000))


@hostile
def a_million_text_boxes_over_the_fields() -> bytes:
    note = b"<</Type/Annot/Subtype/FreeText/Contents(x)/Rect[60 710 90 740]>>"
    return worksheet(b"[%b]" % (note * 1_000_000)).replace(b"/Annots[", b"/Annots 27 0 R/X[", 1)


@hostile
def a_million_times_the_same_annotation() -> bytes:
    return form(field("Veld01"), page=b"/Annots[%b]" % (b"4 0 R " * 1_000_000))


# Numbers, strings and names


@hostile
def numbers_without_end() -> bytes:
    return worksheet(
        Veld01=b"/V(x)/Ff " + b"9" * 100_000 + b"/MaxLen -" + b"9" * 400 + b"/Q 1e999",
        Veld02=b"/V(x)/Rect[-" + b"9" * 400 + b" 0." + b"0" * 10_000 + b"1 " + b"9" * 400 + b" 1]",
        Veld03=b"/V(x)/DA(/Helv " + b"9" * 100_000 + b" Tf)",
    )


@hostile
def a_value_of_fifty_megabytes() -> bytes:
    return worksheet(Veld01=b"/V(" + b"antwoord " * 5_500_000 + b")")


@hostile
def a_value_of_a_million_lines() -> bytes:
    return worksheet(Veld01=b"/V(" + b"a\\n" * 1_000_000 + b")")


@hostile
def a_name_of_a_million_bytes() -> bytes:
    return worksheet(Veld01=b"/V/" + b"n" * 1_000_000 + b"/" + b"k" * 1_000_000 + b" 1")


@hostile
def a_field_name_of_a_million_bytes() -> bytes:
    return form(field("n" * 1_000_000), *(field(f"Veld{number:02}") for number in range(1, 24)))


@hostile
def a_million_brackets() -> bytes:
    return worksheet(Veld01=b"/V " + b"[" * 1_000_000 + b"]" * 1_000_000)


@hostile
def a_million_dictionaries() -> bytes:
    return worksheet(b"<</A" * 1_000_000 + b" 1" + b">>" * 1_000_000)


# Lies about lengths and places


@hostile
def lengths_that_lie() -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/XFA 5 0 R>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[5 0 R 6 0 R 7 0 R 8 0 R]/Annots[4 0 R]>>",
        field("Veld01", b"/V 7 0 R"),
        stream(b"x", length=b"-1"),
        stream(b"x", length=b"999999999999"),
        stream(b"x", length=b"7 0 R"),
        stream(b"x", length=b"1 0 R"),
    )


@hostile
def ten_thousand_lengths_that_lie() -> bytes:
    return worksheet(b"null\nendobj\n" + b"\nendobj\n".join(
        b"%d 0 obj\n" % number + stream(b"x" * 100, length=b"99999") for number in range(100, 10_100)
    ))  # fmt: skip


@hostile
def a_table_that_is_its_own_past() -> bytes:
    plain = worksheet()
    return plain.replace(b"/Size", b"/Prev %d/Size" % plain.rindex(b"xref\n0 "))


@hostile
def ten_thousand_pasts() -> bytes:
    data = bytearray(worksheet())
    for _ in range(10_000):
        before = int(data[data.rindex(b"startxref") :].split()[1])
        place = len(data)
        trailer = b"<</Root 1 0 R/Size 28/Prev %d>>" % before
        data += b"xref\n0 0\ntrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (trailer, place)
    return bytes(data)


@hostile
def a_size_of_two_thousand_million() -> bytes:
    plain = worksheet()
    return plain.replace(b"/Size 27", b"/Size 2147483647")


@hostile
def a_table_that_says_it_is_endless() -> bytes:
    return worksheet().replace(b"xref\n0 27\n", b"xref\n0 2147483647\n")


@hostile
def no_table_and_a_million_objects() -> bytes:
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj\nnull\nendobj\n" % number for number in range(1, 1_000_001))


@hostile
def a_megabyte_of_obj() -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj<<" * 1_000_000


# What acts, and what is hidden


@hostile
def javascript_launch_and_attachments() -> bytes:
    with pikepdf.open(WORKSHEET) as opened:
        script = pikepdf.Dictionary(S=Name.JavaScript, JS=pikepdf.String("while(true){}"))
        opened.Root.OpenAction = script
        launch = pikepdf.Dictionary(S=Name.Launch, F=pikepdf.String("/bin/sh"))
        opened.pages[0].obj.AA = pikepdf.Dictionary(O=launch)
        opened.Root.AcroForm.Fields[0].AA = pikepdf.Dictionary(K=script, F=script, V=script, C=script)
        opened.attachments["kwaad.exe"] = b"MZ" * 1000
        return saved(opened)


@hostile
def an_unknown_password() -> bytes:
    with pikepdf.open(WORKSHEET) as opened:
        return saved(opened, encryption=pikepdf.Encryption(owner="eigenaar", user="gebruiker", R=6))


def portfolio(*inside: bytes) -> bytes:
    with pikepdf.new() as opened:
        opened.add_blank_page()
        for number, data in enumerate(inside):
            opened.attachments[f"{number}.pdf"] = data
        opened.Root.Collection = pikepdf.Dictionary(Type=Name.Collection)
        return saved(opened)


@hostile
def a_portfolio_in_a_portfolio() -> bytes:
    data = WORKSHEET.read_bytes()
    for _ in range(10):
        data = portfolio(data)
    return data


@hostile
def a_portfolio_of_ten_times_ten_times_ten() -> bytes:
    data = WORKSHEET.read_bytes()
    for _ in range(3):
        data = portfolio(*[data] * 10)
    return data


@hostile
def a_portfolio_of_a_thousand() -> bytes:
    return portfolio(*[WORKSHEET.read_bytes()] * 1000)


def saved(opened: pikepdf.Pdf, **settings: pikepdf.Encryption) -> bytes:
    buffer = BytesIO()
    opened.save(buffer, deterministic_id="encryption" not in settings, **settings)  # type: ignore[arg-type]
    return buffer.getvalue()


def make_all(folder: Path, wanted: str, step: int) -> Iterator[Path]:
    """Yield the files, made."""
    for name, make in MAKERS.items():
        if wanted in name:
            path = folder / f"{name}.pdf"
            path.write_bytes(make())
            yield path
    whole = WORKSHEET.read_bytes()
    for place in range(step, len(whole), step):
        path = folder / f"{CUT}{place:07}.pdf"
        if wanted in path.name:
            path.write_bytes(whole[:place])
            yield path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one file did.

    Attributes:
        name: Which file.
        size: Its bytes.
        status: The submission's status, or what became of the process.
        seconds: How long reading took; the start of the process does not count.
        megabytes: The most memory that the process held.
    """

    name: str
    size: int
    status: str
    seconds: float
    megabytes: float

    @property
    def is_over(self) -> bool:
        """Whether it took more than one file may."""
        known = self.status in ("read", "recovered", "scan", "locked", "other", "unreadable")
        return not known or self.seconds > SECONDS or self.megabytes > MEGABYTES


def read_limited(path: Path, memory: int) -> None:
    """Read one file in this process, which may take so many MB, and print what became of it."""
    veldpdf.read(WORKSHEET)  # what is only loaded when it is needed
    resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
    begin = time.perf_counter()
    try:
        status = str(veldpdf.read(path).status)
    except MemoryError:
        status = "no memory"
    seconds = time.perf_counter() - begin
    print(json.dumps([status, seconds, peak_megabytes()]))


def peak_megabytes() -> float:
    """Return the most memory that this process has held."""
    # Linux counts in what `getrusage` says the process that started this one, too.
    known = Path("/proc/self/status")
    lines = known.read_text().splitlines() if known.exists() else []
    peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return (peaks[0] if peaks else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def outcome(path: Path, *, seconds: float, memory: int) -> Outcome:
    """Return what became of one file in a process of its own."""
    begin = time.perf_counter()
    size = path.stat().st_size
    try:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(path), "--memory", str(memory)],
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(path.stem, size, "too slow", time.perf_counter() - begin, 0)
    if done.returncode or not done.stdout:
        status = f"crashed ({done.returncode})"
        return Outcome(path.stem, size, status, time.perf_counter() - begin, 0)
    return Outcome(path.stem, size, *json.loads(done.stdout))


def shown(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield the lines of the table; of the cut files only what they became, and the slowest."""
    cut = [each for each in outcomes if each.name.startswith(CUT)]
    rest = [each for each in outcomes if not each.name.startswith(CUT)]
    if cut:
        counts = ", ".join(
            f"{count} {status}" for status, count in Counter(e.status for e in cut).most_common()
        )
        yield f"{len(cut)} times cut off: {counts}; the slowest stands in the table"
        rest.append(max(cut, key=lambda each: each.seconds))
    yield f"{'file':44} {'size, kB':>9} {'status':14} {'seconds':>8} {'peak, MB':>9}"
    for each in sorted(rest, key=lambda each: each.seconds):
        mark = "  OVER" if each.is_over else ""
        size = each.size / 1000
        yield f"{each.name:44} {size:9.0f} {each.status:14} {each.seconds:8.2f} {each.megabytes:9.0f}{mark}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=60, help="after which a process is ended")
    parser.add_argument("--memory", type=int, default=2048, help="MB of address space that a process may take")
    parser.add_argument("--only", default="", metavar="WORD", help="files with this in their name")
    parser.add_argument("--cut", type=int, default=1000, metavar="BYTES", help="cut a worksheet every so often")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        read_limited(asked.one, asked.memory)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        paths = list(make_all(folder, asked.only, asked.cut))
        with ThreadPool() as pool:
            outcomes = pool.map(
                lambda path: outcome(path, seconds=asked.seconds, memory=asked.memory), paths, chunksize=1
            )
    print(*shown(outcomes), sep="\n")
    over = sum(each.is_over for each in outcomes)
    print(f"{over} of {len(outcomes)} files took more than {SECONDS:.0f} seconds or {MEGABYTES} MB")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
