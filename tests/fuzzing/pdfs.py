"""Whole PDFs, broken in any way: reading never raises, and what was filled in is read back.

At the borders of the library a last resort turns whatever went wrong into a status or a `TemplateError`. Here it must
not be needed: what it caught is looked at, and only qpdf's own complaints about a file are an answer. For a mistake of
ours in one field would take all other answers of its file along.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO
from random import Random
from typing import Any
from unittest import mock

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.forms import STRUCTURES, FormBuilder
from tests.fuzzing.pdf_mutations import Object, Parts, Style, mutation, taken_apart, with_update, written
from tests.fuzzing.target import Target
from tests.reading_form import small_form
from veldpdf.batch import read_bytes_of
from veldpdf.completeness import find_gaps
from veldpdf.definition import form_as_toml, parse_form
from veldpdf.errors import VeldpdfError
from veldpdf.model import Status, Submission
from veldpdf.pdf import inspecting, ocr, reading
from veldpdf.pdf.acroform import read_fields
from veldpdf.pdf.defining import define_form
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.evidence import Evidence
from veldpdf.pdf.field_places import field_places
from veldpdf.pdf.filled import WorksheetReader
from veldpdf.pdf.filling.compiling import is_replaceable
from veldpdf.pdf.filling.encryption import FileCipher, Method
from veldpdf.pdf.filling.targets import ButtonTarget, ChoiceTarget, TextTarget
from veldpdf.pdf.filling.targets import Target as FillTarget
from veldpdf.pdf.filling.template import Template, Value
from veldpdf.pdf.flattening import flatten
from veldpdf.pdf.geometry import WorksheetGeometry, read_geometry
from veldpdf.pdf.inspecting import InspectedField, inspect_embedded, inspect_pdf
from veldpdf.pdf.matching import PARTNER_FIELD
from veldpdf.pdf.page_pictures import PagePictureError, picture_of_page
from veldpdf.pdf.reading import Envelope, Knowledge
from veldpdf.pdf.stills import attached_to
from veldpdf.returned_file import ReadingOptions
from veldpdf.submission_json import from_json, to_json

FORM = small_form("Veld01", "Veld02", "Akkoord", "Soort", "Land")
PASSWORD = "geheim"  # noqa: S105 - of files that are made here
_ENVELOPE = Envelope(source="x.pdf", fallback="x")
_PLAIN = {"compress_streams": False, "object_stream_mode": pikepdf.ObjectStreamMode.disable}
# What qpdf and pikepdf say of a file that is broken, and what a worker's limit on memory says.
_ABOUT_THE_FILE = (pikepdf.PdfError, MemoryError, LockedError, UnreadableError, VeldpdfError)
_IN_ONE_FIELD = "This field is damaged and could not be read; look in the PDF."
_TEXTS = (
    *("", "a", "voorbeeld", "Eén regel.\nNog een", "\n\n a \n", "(haakje) \\ )(", "“lijn” • €", "þÿ", "ï»¿", "ÿþ"),
    *("\t", "Łódź", "Ω≈ç", "👨‍👩‍👧 emoji", "اَلعَرَبِيَّةُ", "עברית", "漢字かな", "\x1bnl\x1b", "\ue000", "e\u0301"),
    *("\ufeffx", "a\x00b", "\x7f\xad", "woord " * 60, "x" * 500, "-", "Off", "Yes", "0", "\r\n", "a\rb", "\u2028", "𝔘"),
)  # fmt: skip


# Files to start from


def all_kinds() -> FormBuilder:
    """A form with a field of each kind."""
    form = FormBuilder()
    form.text_field("Veld01", "Een antwoord", TU=String("Uw vraag"), DV=String("voorbeeld"))
    form.text_field("Veld02", MaxLen=40, Q=1, MK=Dictionary(BG=Array([1, 1, 0.5]), BC=Array([0]), R=90))
    on = form.pdf.make_stream(
        b"q 0 g 2 2 9 9 re f Q", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 13, 13])
    )
    pictures = Dictionary(N=Dictionary(Yes=on, Off=on))
    box = form.widget(
        FT=Name.Btn, T=String("Akkoord"), V=Name.Yes, AS=Name.Yes, AP=pictures, MK=Dictionary(CA=String("8"))
    )
    form.fields.append(box)
    radio = form.dictionary(
        FT=Name.Btn, T=String("Soort"), Ff=49152, V=Name("/1"), Opt=Array([String("één"), String("twee")])
    )
    kinds = [Dictionary(N=Dictionary({f"/{place}": on})) for place in range(2)]
    radio.Kids = Array([form.widget(Parent=radio, AP=kind, AS=Name.Off) for kind in kinds])
    form.fields.append(radio)
    options = Array([Array([String("nl"), String("Nederland")]), String("be"), String("(overig)")])
    form.fields.append(form.widget(FT=Name.Ch, T=String("Land"), Ff=131072, Opt=options, V=String("nl")))
    return form


def choices() -> FormBuilder:
    """Lists of each kind, and a button of which each widget is another state."""
    form = FormBuilder()
    options = Array([Array([String("a"), String("Een")]), Array([String("b"), String("Twee")]), String("c")])
    for name, flags in (("Land", 2097152), ("Veld01", 131072 + 262144), ("Veld02", 0)):
        form.fields.append(
            form.widget(
                FT=Name.Ch,
                T=String(name),
                Ff=flags,
                Opt=options,
                TI=1,
                I=Array([1]),
                V=Array([String("a"), String("c")]),
            )
        )
    unison = form.dictionary(FT=Name.Btn, T=String("Soort"), Ff=33554432 + 32768)
    unison.Kids = Array(
        [form.widget(Parent=unison, AS=Name.Off, MK=Dictionary(CA=String("l"))) for _ in range(3)]
    )
    form.fields.append(unison)
    form.fields.append(form.widget(FT=Name.Btn, T=String("Akkoord"), DA=String("/ZaDb 0 Tf 0 g")))
    return form


def drawn() -> FormBuilder:
    """Fields with pictures, a comb, a password, formatted text, notes over them, and a page that is turned."""
    form = FormBuilder(pages=2)
    cmap = form.pdf.make_stream(
        b"1 beginbfrange\n<00> <ff> <0041>\nendbfrange\n1 beginbfchar <41> <00410301> endbfchar"
    )
    font = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/Eigen"), FirstChar=32, LastChar=34,
                      Widths=Array([300, 400, 500]), ToUnicode=cmap)  # fmt: skip
    resources = Dictionary(Font=Dictionary(Helv=form.font, Weg=font))
    picture = form.pdf.make_stream(b"/Tx BMC q BT /Weg 10 Tf 2 5 Td (Getekend) Tj (AB) ' ET Q EMC", Type=Name.XObject,
                                   Subtype=Name.Form, BBox=Array([0, 0, 495, 50]), Resources=resources)  # fmt: skip
    form.text_field("Veld01", AP=Dictionary(N=picture), DA=String("/Weg 0 Tf 1 0 0 rg"))
    form.text_field("Veld02", "12345", MaxLen=8, RV=String("<body><p>1234<b>5</b></p></body>"))
    form.pdf.Root.AcroForm.DR.Font.Weg = font
    comb = form.widget(
        1, FT=Name.Tx, T=String("Land"), Ff=16777216, MaxLen=6, V=String("AB"), BS=Dictionary(W=2, S=Name.B)
    )
    secret = form.widget(1, FT=Name.Tx, T=String("Soort"), Ff=8192, V=String("geheim"))
    form.fields.extend([comb, secret])
    note = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=Array([60, 690, 300, 740]), F=4,
                      Contents=String("Op de bladzijde"), AP=Dictionary(N=picture))  # fmt: skip
    form.pdf.pages[0].obj.Annots.append(form.pdf.make_indirect(note))
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(b"q BT /Helv 12 Tf 50 810 Td (Vraag een) Tj ET")
    form.pdf.pages[0].obj.Resources = resources
    form.pdf.pages[1].obj.update({"/Rotate": 90, "/CropBox": Array([0, 0, 400, 600])})
    form.pdf.Root.Lang = String("nl")
    form.pdf.docinfo["/ModDate"] = String("D:20250102030405+01'00'")
    form.pdf.docinfo["/Title"] = String("Een formulier")
    return form


def with_xfa() -> FormBuilder:
    """A form with its XFA form beside it, a script, and a signature field."""
    form = FormBuilder()
    form.text_field("Veld01", "nee", AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String("1"))))
    form.text_field("Veld02", "ja")
    data = b'<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><f><Veld01>ja</Veld01></f></xfa:data></xfa:datasets>'
    form.pdf.Root.AcroForm.XFA = Array([String("datasets"), form.pdf.make_stream(data)])
    form.pdf.Root.AcroForm.update({"/NeedAppearances": True, "/SigFlags": 1, "/CO": Array([form.fields[0]])})
    form.fields.append(form.widget(FT=Name.Sig, T=String("Handtekening")))
    form.pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript, JS=String("1"))]))
    )
    return form


def a_collection() -> FormBuilder:
    """A worksheet inside a PDF."""
    inner = STRUCTURES["merged"]({"Veld01": "binnenin", "Veld02": "", "Soort": "x"}).bytes(**_PLAIN)
    form = FormBuilder()
    del form.pdf.Root.AcroForm
    file = form.pdf.make_stream(inner, Type=Name.EmbeddedFile)
    specification = Dictionary(Type=Name.Filespec, F=String("b.pdf"), UF=String("b.pdf"), EF=Dictionary(F=file))
    form.pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("b.pdf"), specification])))
    return form


def tagged() -> FormBuilder:
    """Fields in a structure tree, on a page with layers."""
    form = FormBuilder()
    layer = form.dictionary(Type=Name.OCG, Name=String("Laag"))
    form.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(ON=Array([layer]), OFF=Array()))
    tree = form.dictionary(Type=Name.StructTreeRoot, K=Array(), ParentTree=Dictionary(Nums=Array()))
    for place, name in enumerate(("Veld01", "Veld02")):
        field = form.text_field(name, "tekst", StructParent=place, OC=layer)
        kid = Dictionary(Type=Name.OBJR, Obj=field, Pg=form.pdf.pages[0].obj)
        element = form.dictionary(Type=Name.StructElem, S=Name.Form, P=tree, K=kid, Pg=form.pdf.pages[0].obj)
        tree.K.append(element)
        tree.ParentTree.Nums.append(place)
        tree.ParentTree.Nums.append(element)
    form.pdf.Root.update({"/StructTreeRoot": tree, "/MarkInfo": Dictionary(Marked=True)})
    return form


_ID = b"/ID[<31415926535897932384626433832795><31415926535897932384626433832795>]"
_OWNER = b"/O <01cbdb403ecf7bd78eb2d5795d3518c311e3d9c355d82e9223ebff099b671ba2>/P -1028"
_ENCRYPTIONS = (
    (
        Method.RC4,
        b"/V 2/R 3/Length 128%b/U <7c3544869feba985aa44a26fdcbd95fb0021446990b9e4114071a4d9104984c1>" % _OWNER,
        "aa13ae9b1826086691f04ef735ea98ab",
    ),
    (
        Method.AES,
        b"/V 4/R 4/Length 128/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV2/Length 16>>>>/StmF/StdCF/StrF/StdCF"
        b"/EncryptMetadata false%b/U <480ad5c3c42accdb2f750131e93a021e0021446990b9e4114071a4d9104984c1>"
        % _OWNER,
        "e82b7943ceb13079aed06f8e73b40712",
    ),
    (
        Method.AES_256,
        b"/V 5/R 6/Length 256/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>/StmF/StdCF/StrF/StdCF/P -1028"
        b"/Perms <bf039921dc89ab6aa4629429979a7089>"
        b"/O <507c0ebd6d3040b6a769457775924ba02e26ee89fc20151e4e19969e2a0ede0f8196b1e3e066d706a9c1dfecc9fff325>"
        b"/OE <1a6b6017d11f28c2690e53ce2bc0521d037c932baa5f872be1eb3d5884d3d650>"
        b"/U <82c4eeebd6a9c7b2014cb639b34d19c131f0ead97051749eb7d721bf506c6d177bcdbedc6a66153a09c6f5333ffc2c67>"
        b"/UE <9a439e58119d1ecc142ed8840cb9940ba9efa143b642971e45e5aae3cf4283f9>",
        "b4067b0a532025e60174bb54e65e78f93d255b04c1afba10cedd224092caa754",
    ),
)


def encrypted(data: bytes, number: int) -> bytes:
    """Return a file as qpdf once encrypted one, with the same keys: it makes other ones each time."""
    method, entries, key = _ENCRYPTIONS[number]
    cipher = FileCipher(bytes.fromhex(key), method, method)
    parts = taken_apart(data)
    objects = [
        Object(each.number, each.generation, cipher.sealed((each.number, each.generation), each.body))
        for each in parts.objects
    ]
    own = max(each.number for each in objects) + 1
    root = parts.trailer.partition(b"/ID")[0]
    objects.append(Object(own, 0, b"<</Filter/Standard%b>>" % entries))
    return written(Parts(tuple(objects), b"%b/Encrypt %d 0 R%b" % (root, own, _ID)), list(Style)[number % 2])


@cache
def seeds() -> tuple[bytes, ...]:
    """Return small forms of many structures."""
    values = {"Veld01": "Een antwoord", "Veld02": "regel één\nregel twee (\\) €", "Land": "Łódź"}
    forms = [make(values) for make in STRUCTURES.values()]
    forms += [all_kinds(), choices(), drawn(), with_xfa(), a_collection(), tagged()]
    plain = [form.bytes(**_PLAIN) for form in forms]
    kinds = plain[len(STRUCTURES)]
    parts = taken_apart(kinds)
    late = [Object(each.number, 0, each.body.replace(b"Een antwoord", b"Later")) for each in parts.objects[-6:]]
    other_ways = [written(parts, style) for style in Style]
    updated = [with_update(each, late, parts.trailer) for each in (*other_ways, kinds)]
    filled = Template.open(kinds).fill(
        {"Veld01": "Łódź 漢", "Akkoord": "Yes"}, partner="GGD", continuation=True
    )
    ciphers = [encrypted(kinds, number) for number in range(len(_ENCRYPTIONS))]
    return (*plain, *other_ways, *updated, filled, *ciphers)


@cache
def printed_seeds() -> tuple[bytes, ...]:
    """Return printed copies of a small worksheet, and one whose fields were left behind."""
    values = {"Veld01": "Wij doen dit al jaren.", "Veld02": "Nog niet", "Land": "Nederland"}
    copies = [_worksheet().fill(dict(list(values.items())[:count]), flatten=True) for count in range(4)]
    return tuple(
        written(taken_apart(_unpacked(copy)), style) for copy, style in zip(copies, Style, strict=True)
    )


def _unpacked(data: bytes) -> bytes:
    """Return a file in which changes hit contents rather than packed bytes."""
    with pikepdf.open(BytesIO(data)) as pdf:
        buffer = BytesIO()
        pdf.save(buffer, static_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, **_PLAIN)
        return buffer.getvalue()


@cache
def _worksheet() -> Template:
    form = FormBuilder()
    lines = [
        "Werkblad samenwerking in de gemeente",
        "Vraag een: wat doet u nu",
        "Vraag twee: wat gaat u doen",
        "Vraag drie",
    ]
    places = zip((815, 803, 743, 683), lines, strict=True)
    text = b"".join(b"BT /Helv 9 Tf 50 %d Td (%b) Tj ET\n" % (y, line.encode()) for y, line in places)
    for name in ("Veld01", "Veld02", "Land"):
        form.text_field(name)
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(text)
    form.pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(Helv=form.font))
    return Template.open(form.bytes(**_PLAIN), form=FORM)


@cache
def _geometries() -> Sequence[WorksheetGeometry]:
    geometry = read_geometry(_worksheet().fill({}), FORM)
    assert geometry is not None, "a worksheet"
    return (geometry,)


# What must hold


# How qpdf begins what it says of numbers that are too large.
_ABOUT_NUMBERS = ("integer ", "overflow/underflow ")


def _must_be_about_the_file(exc: BaseException | None) -> None:
    """Raise what a last resort caught, where that was a mistake of ours."""
    if exc is None or isinstance(exc, _ABOUT_THE_FILE):
        return
    # Not all of pikepdf's errors have a name that it gives away, and of numbers qpdf complains in Python's own.
    if not type(exc).__module__.startswith("pikepdf") and not str(exc).lower().startswith(_ABOUT_NUMBERS):
        raise AssertionError("a last resort was needed") from exc


def _outcome_of(action: Callable[[], object]) -> BaseException | None:
    try:
        action()
    except Exception as exc:
        return exc
    return None


def _check_submissions(submissions: tuple[Submission, ...], data: bytes, knowledge: Knowledge) -> None:
    assert submissions, "a file is at least one submission"
    assert from_json(to_json(submissions)) == submissions, "submissions come back from JSON as they were"
    for submission in submissions:
        find_gaps(FORM, submission)
        assert submission.status.has_answers == bool(submission.answers), "answers go with their status"
        assert submission.answers or submission.warnings, "what holds no answers says why"
    answers = [answer for submission in submissions for answer in submission.answers.values()]
    if any(submission.status is Status.UNREADABLE for submission in submissions) or any(
        _IN_ONE_FIELD in answer.warnings for answer in answers
    ):
        with mock.patch.object(WorksheetReader, "_guarded", WorksheetReader._answer):
            _must_be_about_the_file(_outcome_of(lambda: reading._read(data, _ENVELOPE, knowledge, 3)))


def run_read(data: bytes) -> None:
    """Reading never raises, and not for want of a last resort."""
    options = ReadingOptions(form=FORM, password=PASSWORD)
    with mock.patch.object(ocr, "is_available", return_value=False):
        _check_submissions(read_bytes_of(data, "x.pdf", options), data, Knowledge(form=FORM, password=PASSWORD))


def run_text(data: bytes) -> None:
    """So it is with printed copies."""
    knowledge = Knowledge(form=FORM, password=PASSWORD, geometries=_geometries)
    # A tiny picture, as if there were Tesseract, which is slow: what it finds does not hang on the file's structure.
    with (
        mock.patch.object(ocr, "is_available", return_value=True),
        mock.patch.object(ocr, "_DOTS_PER_INCH", 5),
        mock.patch.object(ocr, "_recognised", return_value=()),
    ):
        _check_submissions(reading.read_pdf(data, _ENVELOPE, knowledge), data, knowledge)


def run_inspect(data: bytes) -> None:
    """Looking at any form never raises; neither does looking for the places of its fields, and for PDFs inside it."""
    found = inspect_pdf(data, source="x.pdf", forms=(FORM,), password=PASSWORD)
    assert found.fields or found.warnings, "what has no fields says why"
    inspect_embedded(data, source="x.pdf", forms=(FORM,), password=PASSWORD)
    attached_to(data, PASSWORD)
    places = field_places(data, FORM, number=1, has_printed=False, password=PASSWORD)
    assert all(place is None or 0 < place.page <= len(places.sizes) for place in (places.fields or {}).values())
    if found.status is Status.UNREADABLE:
        _must_be_about_the_file(_outcome_of(lambda: _inspected(data)))


def _inspected(data: bytes) -> None:
    with (opened := open_pdf(data, PASSWORD)).pdf:
        inspecting._inspect_opened(opened, "x.pdf", (FORM,), Evidence(data))


def run_define(data: bytes) -> None:
    """A definition made of any form is one that can be read."""
    try:
        form = define_form(data, source="Mijn formulier.pdf", password=PASSWORD)
    except VeldpdfError:
        return
    text = form_as_toml(form)
    again = parse_form(tomllib.loads(text), source="x.toml")
    assert form_as_toml(again) == text, "a definition comes back from TOML as it was"


def run_flatten(data: bytes) -> None:
    """Flattening leaves all pages and no field, or says that it cannot be done."""
    try:
        made = flatten(data, PASSWORD)
    except VeldpdfError as exc:
        _must_be_about_the_file(exc.__cause__)
        return
    _must_be_flat(made, needed_repair=_needs_repair(data))


def _needs_repair(data: bytes) -> bool:
    """Whether a file is damaged: mostly in ways that writing it anew takes away, but not in all of them."""
    with (opened := open_pdf(data, PASSWORD)).pdf:
        return opened.is_repaired


def _must_be_flat(made: bytes, *, needed_repair: bool) -> None:
    assert b"/Size" in made, "a trailer says how many objects there are"
    with (opened := open_pdf(made, PASSWORD)).pdf as pdf:
        assert not read_fields(pdf), "what is flattened has no fields"
        assert not opened.is_repaired or needed_repair, "and is a sound file"


def run_pictures(data: bytes) -> None:
    """A page of any file can be shown, or says that it cannot."""
    try:
        made = picture_of_page(data, 1, width=40, password=PASSWORD)
    except PagePictureError as exc:
        cause = exc.__cause__
        _must_be_about_the_file(None if cause is None else cause.__cause__ or cause.__context__ or cause)
        return
    assert made.startswith(b"\x89PNG"), "a picture"


def run_fill(data: bytes) -> None:
    """What was filled in is read back, and nothing else has changed."""
    template = _template(data)
    if template is not None:
        _filled(template, data, _chance(data))


def run_update(data: bytes) -> None:
    """A file that was filled in is filled in again: appended to, with every byte of it as it was."""
    template = _template(data)
    if template is None:
        return
    chance = _chance(data)
    first = _filled(template, data, chance)
    second = _template(first)
    assert second is not None, "a filled copy can be filled in"
    made = _filled(second, first, chance)
    # Some fields cannot be mended: a form whose tree does not lead to all of them is written anew each time.
    with (opened := open_pdf(first, PASSWORD)).pdf:
        is_sound = is_replaceable(opened.pdf) and not opened.is_repaired
    assert not is_sound or made.startswith(first), "an update is appended"


def _template(data: bytes) -> Template | None:
    """Return a file as a template; None where it says why it is none."""
    try:
        return Template.open(data, password=PASSWORD)
    except VeldpdfError as exc:
        _must_be_about_the_file(exc.__cause__)
        return None


def _chance(data: bytes) -> Random:
    """Return what decides which values go into a file: another one for every file, the same each time."""
    return Random(sha256(data).digest())  # noqa: S311 - nothing is kept secret by it


def _filled(template: Template, data: bytes, chance: Random) -> bytes:
    """Return a filled copy of a file, of which all was checked."""
    targets = template._compiled.targets
    chosen = chance.sample(list(targets), min(len(targets), chance.randint(0, 3)))
    values = {name: _value_for(targets[name], chance) for name in chosen}
    options: dict[str, Any] = {
        "partner": chance.choice(("", "GGD Łódź")),
        "continuation": chance.random() < 0.2,
        "lock": [name for name in chosen if chance.random() < 0.2],
    }
    template.measure(values)
    made = template.fill(values, **options)
    if chance.random() < 0.1:
        assert template.fill(values, **options) == made, "the same input gives the same bytes"
    base = template._compiled.base.data
    assert made.startswith(base), "an update is appended"
    (before, was_damaged), (after, is_damaged) = _read_back(base), _read_back(made)
    # Not all damage can be mended: a page that is a field as well stays both.
    assert not is_damaged or was_damaged or _needs_repair(data), "a filled copy is a sound file"
    for name, value in values.items():
        assert _plain(after[name].value) == _plain(_exported(targets[name], value)), (
            f"{targets[name]} was given {value!r}"
        )
    for name, field in before.items():
        if was_damaged or _needs_repair(data):
            break  # one object may be found under several names there
        # A field below another one takes over what it says; all those without a name are taken for one.
        if name and not any(f"{name}.".startswith(f"{above}.") for above in (*values, PARTNER_FIELD)):
            assert _plain(after[name].value) == _plain(field.value), "what is not named stays as it is"
    if options["partner"] and template.protection.lets_add:
        assert after[PARTNER_FIELD].value == options["partner"], "the partner's name travels along"
    if chance.random() < 0.15:
        _check_flattened(template, values)
    return made


def _check_flattened(template: Template, values: Mapping[str, Value]) -> None:
    try:
        made = template.fill(values, flatten=True)
    except VeldpdfError as exc:
        _must_be_about_the_file(exc.__cause__)
    else:
        _must_be_flat(made, needed_repair=_needs_repair(template._compiled.base.data))


def _read_back(data: bytes) -> tuple[Mapping[str, InspectedField], bool]:
    """Return the fields of a file, and whether it had to be repaired."""
    assert b"/Size" in data, "a trailer says how many objects there are"
    found = inspect_pdf(data, source="x.pdf", forms=(), password=PASSWORD)
    return {field.name: field for field in found.fields}, bool(found.warnings)


def _plain(value: object) -> list[str]:
    """Return a value as what is chosen, or said; no difference is made between nothing and an empty text."""
    several = [value] if isinstance(value, str) else value or ()
    assert isinstance(several, Sequence), "a text or several"
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in several if text]


def _exported(target: FillTarget, value: Value) -> Value:
    """Return what a value is told as: a text of one's own may be what an option shows, and then is that option."""
    if not isinstance(target, ChoiceTarget) or not isinstance(value, str) or not value:
        return value
    exports = {option.export for option in target.options}
    shown = (option.export for option in target.options if option.display == value)
    return value if value in exports else next(shown, value)


def _value_for(target: FillTarget, chance: Random) -> Value:
    """Return a value that a field can have."""
    match target:
        case TextTarget():
            text: str = chance.choice(_TEXTS)
            return text[: target.max_length]
        case ButtonTarget():
            exports = [export for widget in target.widgets.values() for export in widget.states.values()]
            return chance.choice(["", *exports])
        case ChoiceTarget():
            exports = list(dict.fromkeys(option.export for option in target.options if option.export))
            if target.takes_several:
                return tuple(export for export in exports[:20] if chance.random() < 0.5)
            texts: list[str] = ["", *exports, *(_TEXTS if target.is_editable else ())]
            return chance.choice(texts)
    raise AssertionError("a kind of field that nobody fills")


def _target(name: str, run: Callable[[bytes], None], make: Callable[[], Sequence[bytes]] = seeds) -> Target:
    return Target(name=f"pdf-{name}", run=run, seeds=make, mutate=mutation(make))


TARGETS: tuple[Target, ...] = (
    _target("read", run_read),
    _target("text", run_text, printed_seeds),
    _target("inspect", run_inspect),
    _target("define", run_define),
    _target("fill", run_fill),
    _target("update", run_update),
    _target("flatten", run_flatten),
    _target("pictures", run_pictures),
)
