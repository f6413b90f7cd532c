"""A returned file → pages that show what it showed, and do nothing.

They are put behind the report that people hand round and publish. So everything that can act stays behind:
annotations with their links, scripts, launched programs, attached files, media. What annotations *draw* stays, for
a partner may have typed an answer in a text box over the field: an appearance stream is drawn in the same way
whatever annotation it belongs to (ISO 32000-2, 12.5.5), so they are flattened together with the form's widgets.

Each page is drawn by one form XObject (8.10), in which whatever it left open ends: the report then says in its own
structure tree what that picture is. Marks of the file's own tree would be lost or lie there, so they go; layers
stay, as they showed on a screen.

What pages unpack to is measured before anything is made of it. A file of a megabyte may hold gigabytes: it would
take the memory of whoever makes the report, and then of everybody who opens it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import pikepdf

from veldpdf.errors import TemplateError, VeldpdfError
from veldpdf.messages import Message
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import FieldType, read_fields
from veldpdf.pdf.attachments import EmbeddedFile, embedded_pdfs
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.flattening import flatten
from veldpdf.pdf.flattening.pictures import appearance
from veldpdf.pdf.layers import brought_along, leave_bare
from veldpdf.pdf.measuring import ACTING, Measuring, UnshowableError, contents_of, held, read_measured
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    copied,
    dictionaries_of,
    get,
    get_bytes,
    get_dictionary,
    get_name,
    get_number,
    identity,
    numbers_of,
    owner_of_inherited,
    pages_of,
)

# A worksheet has a dozen pages; with annexes and scans, some hundreds.
MOST_PAGES = 500
# The name by which each page draws its picture.
PICTURE = "/Returned"

# Annotations that have no picture of their own on the page: a popup shows on demand, a link is its border.
_WITHOUT_PICTURE = frozenset({"/Popup", "/Link"})
# Annotation flags of what nobody sees on a screen (12.5.3), and goes without a word.
_UNSEEN = 1 << 0 | 1 << 1 | 1 << 5
_DEEPEST_FIELD = 32  # levels
# Containers in containers: a glyph of a font of a picture in a picture is no thirty deep.
_DEEPEST = 150
# What resources may hold (table 34), but for the procedure sets of old printers. Anything else would only be
# carried along.
_CATEGORIES = frozenset(
    {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/Properties"}
)
# What graphics state parameter dictionaries may hold (table 57).
_STATE = frozenset(
    {
        "/Type",
        "/LW",
        "/LC",
        "/LJ",
        "/ML",
        "/D",
        "/RI",
        "/OP",
        "/op",
        "/OPM",
        "/Font",
        "/BG",
        "/BG2",
        "/UCR",
        "/UCR2",
    }
    | {
        "/TR",
        "/TR2",
        "/HT",
        "/FL",
        "/SM",
        "/SA",
        "/BM",
        "/SMask",
        "/CA",
        "/ca",
        "/AIS",
        "/TK",
        "/UseBlackPtComp",
    }
    | {"/HTO"}
)
# Entries of streams that lead out of what shows: to a structure tree, other files, other programs' data.
_LEADING_OUT = (
    *("/StructParent", "/StructParents", "/AF", "/Metadata", "/PieceInfo", "/Ref", "/OPI", "/LastModified"),
    *("/F", "/FFilter", "/FDecodeParms", "/Alternates", "/A", "/AA", "/PS", "/Subtype2"),
)
# Actions need not say that they are (table 196): these are their names (table 201). Nothing that draws is called so.
_ACTIONS = frozenset(
    {
        "/GoTo",
        "/GoToR",
        "/GoToE",
        "/GoToDp",
        "/Launch",
        "/Thread",
        "/URI",
        "/Sound",
        "/Movie",
        "/Hide",
        "/Named",
    }
    | {"/SubmitForm", "/ResetForm", "/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/Trans"}
    | {"/GoTo3DView", "/RichMediaExecute"}
)
# Marked content, but for the mark that each text field has (12.7.4.3): it says nothing outside a form.
_MARKS = re.compile(rb"(?<!/Tx )\b(?:BMC|BDC|MP|DP)\b")
_EMPTY_BOX = (0.0, 0.0, 612.0, 792.0)
_CORNERS = 4
# Width and height of a page, in its units (annex C.2), and what one of them may be, in points: more than viewers
# take.
_LARGEST_PAGE = 14_400
_LARGEST_UNIT = 75_000
_QUARTER, _CIRCLE = 90, 360
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stills:
    """Pages that only show.

    Attributes:
        data: A PDF that holds them.
        count: How many there are.
        total: How many the file had.
        unseen: How many texts were typed into it that do not show: the program that saved the file left out their
            pictures, and they cannot be drawn anew.
    """

    data: bytes
    count: int
    total: int
    unseen: int = 0


def stills_of(data: bytes, password: str = "", *, most: int = MOST_PAGES) -> Stills:
    """Return the pages of a returned file, flattened, of which nothing is left that can act.

    The same input gives the same bytes. Nothing of it is encrypted, whatever the file was.

    Args:
        data: The file.
        password: To open it with, where it is encrypted.
        most: How many pages to show at most, from the first.

    Raises:
        UnshowableError: It cannot be opened, or is too damaged to say what its pages show.
    """
    try:
        prepared, total, unseen = _prepared(data, password, most)
        with pikepdf.open(io.BytesIO(flatten(prepared))) as flat, pikepdf.new() as target:
            count = _fill(target, flat)
            return Stills(data=_saved(target), count=count, total=total, unseen=unseen)
    except (UnshowableError, MemoryError):  # the worker that runs out of memory says so itself
        raise
    except LockedError as exc:
        raise UnshowableError(Message("it needs a password")) from exc
    except UnreadableError as exc:
        raise UnshowableError(Message("it is damaged beyond repair")) from exc
    except TemplateError as exc:
        raise UnshowableError(Message("no page of it can be shown")) from exc
    except Exception as exc:  # a file may be broken in ways that nobody has thought of
        raise UnshowableError(Message("it is damaged, and its pages cannot be shown")) from exc


def attached_to(data: bytes, password: str = "") -> tuple[EmbeddedFile, ...]:
    """Return the PDFs inside a PDF; none where it cannot be opened."""
    try:
        with open_pdf(data, password).pdf as pdf:
            return tuple(embedded_pdfs(pdf))
    except (LockedError, UnreadableError):
        return ()


def _prepared(data: bytes, password: str, most: int) -> tuple[bytes, int, int]:
    """Return the file as flattening is to take it, how many pages it has, and how many texts do not show."""
    with open_pdf(data, password).pdf as pdf:
        total = len(pdf.pages)
        if total > most:
            data, password = _first_pages(pdf, most), ""
    with open_pdf(data, password).pdf as pdf:
        Measuring().check(pdf)
        texts = _without_picture(pdf)
    if texts:
        data = _with_pictures(data, password, texts)
    with open_pdf(data, password).pdf as pdf:
        unseen = sum(map(_take_for_widgets, pages_of(pdf)))
        return _saved(pdf), total, unseen


def _first_pages(pdf: pikepdf.Pdf, most: int) -> bytes:
    """Return a file without the pages behind the first so many.

    qpdf looks through all that are left for each that goes: some thousands would take half a minute.
    """
    # When the first goes, it makes one list of the page tree, and gives each page what it inherited.
    del pdf.pages[-1]
    tree = pdf.Root.Pages
    tree["/Kids"] = pikepdf.Array(list(tree.Kids)[:most])
    tree["/Count"] = most
    return _saved(pdf)


def _without_picture(pdf: pikepdf.Pdf) -> dict[str, str]:
    """Return the texts of the fields that leave it to viewers to draw them, by qualified name."""
    texts: dict[str, str] = {}
    if not any(_is_unseen(each) for page in pages_of(pdf) for each in dictionaries_of(page, "/Annots")):
        return texts  # as in nearly every file
    for field in read_fields(pdf):
        if field.type is not FieldType.TEXT:
            continue
        value = field.inherited("/V")
        is_seen = all(appearance(widget.obj) is not None for widget in field.widgets)
        if isinstance(value, pikepdf.String) and bytes(value).strip() and not is_seen:
            texts.setdefault(field.name, textstring.decode(bytes(value)).text)
    return texts


def _with_pictures(data: bytes, password: str, texts: Mapping[str, str]) -> bytes:
    """Return a file in which some fields are drawn, as it will be where it cannot be filled.

    Programs that cannot set a letter of a text leave its picture out, and the next viewer draws it.
    """
    try:
        template = Template.open(data, password=password, drop_xfa=True, drop_rights=True)
        return template.fill({name: text for name, text in texts.items() if name in template.fields})
    except VeldpdfError:
        return data


def _take_for_widgets(page: pikepdf.Dictionary) -> int:
    """Have the annotations of a page flattened as if they were widgets, in the order in which they are drawn.

    Returns:
        How many of them hold a text and no picture of it.
    """
    kept, unseen = [], 0
    for annotation in dictionaries_of(page, "/Annots"):
        if get_name(annotation, "/Subtype") in _WITHOUT_PICTURE:
            continue
        unseen += _is_unseen(annotation)
        # Flattening takes for a widget whatever says it is a field. And qpdf warns of widgets without a form.
        annotation["/Subtype"] = pikepdf.Name.Stamp
        if get(annotation, "/FT") is None:
            annotation["/FT"] = pikepdf.Name.Tx
        kept.append(annotation)
    page["/Annots"] = pikepdf.Array(kept)
    return unseen


def _is_unseen(annotation: pikepdf.Dictionary) -> bool:
    """Return whether there is a text where an annotation is, in a text box or a field (12.7.4), and no picture."""
    if int(get_number(annotation, "/F") or 0) & _UNSEEN or appearance(annotation) is not None:
        return False
    if get_name(annotation, "/Subtype") == "/FreeText":
        return bool((get_bytes(annotation, "/Contents") or b"").strip())
    node: pikepdf.Dictionary | None = annotation
    for _ in range(_DEEPEST_FIELD):
        if node is None:
            break
        value = get(node, "/V")
        if value is not None:
            return isinstance(value, pikepdf.Stream) or (
                isinstance(value, pikepdf.String) and bool(bytes(value).strip())
            )
        node = get_dictionary(node, "/Parent")
    return False


def _saved(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True, encryption=False)
    return buffer.getvalue()


def _fill(target: pikepdf.Pdf, flat: pikepdf.Pdf) -> int:
    """Put the pages of a flattened file in a new one, and return how many there are."""
    pages = pages_of(flat)
    seen: set[ObjectId] = set()
    for page in pages:
        picture = _picture(flat, page)
        _clean_all(flat, picture, seen)
        target.pages.append(_still(target, page, picture))
    layers = brought_along(flat, target, seen)
    if layers is not None:
        target.Root["/OCProperties"] = layers
    leave_bare(target)
    return len(pages)


def _clean_all(pdf: pikepdf.Pdf, top: pikepdf.Object, seen: set[ObjectId]) -> None:
    """Take what can act from a picture and all that it leads to, and make sure that this has an end.

    qpdf and pypdf follow references as deep as they lead.

    Raises:
        UnshowableError: It lies deeper than anything that a page shows.
    """
    waiting = [iter([top])]
    while waiting:
        for obj in waiting[-1]:
            if not isinstance(obj, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
                continue
            if identity(obj) != DIRECT:
                if identity(obj) in seen:
                    continue
                seen.add(identity(obj))
            if not isinstance(obj, pikepdf.Array):
                _clean(pdf, obj)
            waiting.append(iter(held(obj)))
            break
        else:
            waiting.pop()
        if len(waiting) > _DEEPEST:
            raise UnshowableError(Message("it is damaged, and its pages cannot be shown"))


def _still(target: pikepdf.Pdf, page: pikepdf.Dictionary, picture: pikepdf.Stream) -> pikepdf.Page:
    """Return a page of the new file that shows what a page of the flattened one does."""
    own = target.copy_foreign(picture)
    made = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=own.BBox,
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary({PICTURE: own})),
    )
    _, crop = _boxes(page)
    if crop is not None:
        made["/CropBox"] = pikepdf.Array(crop)
    turned = get_number(owner_of_inherited(page, "/Rotate"), "/Rotate") or 0
    if turned % _CIRCLE and turned % _QUARTER == 0:
        made["/Rotate"] = int(turned % _CIRCLE)
    unit = get_number(page, "/UserUnit") or 1
    if 0 < unit <= _LARGEST_UNIT and unit != 1:
        made["/UserUnit"] = unit if unit % 1 else int(unit)
    made["/Contents"] = target.make_stream(f"{PICTURE} Do\n".encode())
    return pikepdf.Page(target.make_indirect(made))


def _boxes(page: pikepdf.Dictionary) -> tuple[_Box, _Box | None]:
    """Return the media box of a page and, where there is one within it, its crop box (14.11.2).

    A page larger than viewers take keeps what its crop box shows, or its lower left.
    """
    media = _box(page, "/MediaBox") or _EMPTY_BOX
    crop = _box(page, "/CropBox")
    crop = None if crop is None else _common(crop, media)
    left, bottom, right, top = media
    if max(right - left, top - bottom) > _LARGEST_PAGE:
        left, bottom, right, top = crop or media
        media = (left, bottom, min(right, left + _LARGEST_PAGE), min(top, bottom + _LARGEST_PAGE))
        crop = None
    return media, crop


def _common(one: _Box, other: _Box) -> _Box | None:
    """Return what two rectangles share; None where that has no area."""
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _box(page: pikepdf.Dictionary, key: str) -> _Box | None:
    """Return a box of a page, its own or inherited (7.7.3.3); None where it has no area."""
    numbers = numbers_of(owner_of_inherited(page, key), key)
    if len(numbers) != _CORNERS:
        return None
    (left, right), (bottom, top) = sorted(numbers[::2]), sorted(numbers[1::2])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _picture(flat: pikepdf.Pdf, page: pikepdf.Dictionary) -> pikepdf.Stream:
    """Return the contents of a page, which were measured, as a form XObject."""
    # An operator may not run on from one content stream into the next, but its operands may (7.8.2).
    made = flat.make_stream(b"\n".join(read_measured(stream) for stream in contents_of(page)))
    made["/Type"], made["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    made["/BBox"] = pikepdf.Array(_boxes(page)[0])
    # Pages may share their resources.
    made["/Resources"] = copied(get(owner_of_inherited(page, "/Resources"), "/Resources"))
    group = get_dictionary(page, "/Group")
    if group is not None:
        made["/Group"] = group
    return made


def _clean(pdf: pikepdf.Pdf, obj: pikepdf.Object) -> None:
    """Take from a dictionary or stream what leads out of what it shows."""
    if _acts(obj):
        _empty(obj)
        return
    if isinstance(obj, pikepdf.Stream):
        _clean_stream(pdf, obj)
    elif get_name(obj, "/Subtype") != "/Type3":
        return
    resources = get_dictionary(obj, "/Resources")
    if resources is not None:
        _clean_resources(resources)


def _acts(obj: pikepdf.Object) -> bool:
    """Return whether it is an action (12.6.2), a file (7.11.3), or what else pages are without."""
    return (
        get_name(obj, "/Type") in ACTING
        or get_name(obj, "/S") in _ACTIONS
        or (get_dictionary(obj, "/EF") is not None and any(get_bytes(obj, key) for key in ("/F", "/UF")))
    )


def _clean_stream(pdf: pikepdf.Pdf, stream: pikepdf.Stream) -> None:
    for key in _LEADING_OUT:
        if key in stream:
            del stream[key]
    if get_name(stream, "/Subtype") == "/Form" or get(stream, "/PatternType") == 1:
        content = read_measured(stream)
        if _MARKS.search(content):
            stream.write(_unmarked(pdf, content))


def _clean_resources(resources: pikepdf.Dictionary) -> None:
    for category in list(resources.keys()):
        named = get_dictionary(resources, category)
        if category not in _CATEGORIES or named is None:
            del resources[category]
            continue
        if category == "/Properties":
            named = resources[category] = copied(named)
        for name in list(named.keys()):
            value = get(named, name)
            if category == "/ExtGState" and isinstance(value, pikepdf.Dictionary):
                _keep(value, _STATE)
            elif category in _WANTED and not _WANTED[category](value):
                del named[name]


def _is_layer(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary) and get_name(value, "/Type") in ("/OCG", "/OCMD")


def _is_drawn(value: object) -> bool:
    """Return whether an external object is a picture or a form, and no program for a printer (8.8.2)."""
    return isinstance(value, pikepdf.Stream) and get_name(value, "/Subtype") != "/PS"


# What of these categories pages draw with.
_WANTED: Mapping[str, Callable[[object], bool]] = {"/Properties": _is_layer, "/XObject": _is_drawn}


def _keep(obj: pikepdf.Dictionary, keys: Collection[str]) -> None:
    for key in list(obj.keys()):
        if key not in keys:
            del obj[key]


def _unmarked(pdf: pikepdf.Pdf, content: bytes) -> bytes:
    """Return contents without the marks of a structure tree; those of layers stay."""
    page = pikepdf.Dictionary(Type=pikepdf.Name.Page, Contents=pdf.make_stream(content))
    return pikepdf.Page(page).get_filtered_contents(_WithoutMarks())


class _WithoutMarks(pikepdf.TokenFilter):
    """Drops marked-content operators (14.6), but for those of optional content (8.11.3.2)."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[pikepdf.Token] = []
        self._kept: list[bool] = []

    def handle_token(self, token: pikepdf.Token) -> list[pikepdf.Token]:
        """Let an operator through with its operands, or neither."""
        self._waiting.append(token)
        if token.type_ not in (pikepdf.TokenType.word, pikepdf.TokenType.eof, pikepdf.TokenType.inline_image):
            return []
        tokens, self._waiting = self._waiting, []
        return tokens if self._stays(token.raw_value, tokens) else []

    def _stays(self, operator: bytes, tokens: Sequence[pikepdf.Token]) -> bool:
        if operator in (b"BMC", b"BDC"):
            tag = next((token.value for token in tokens if token.type_ == pikepdf.TokenType.name_), b"")
            self._kept.append(operator == b"BDC" and tag in ("/OC", b"/OC"))
            return self._kept[-1]
        if operator == b"EMC":
            return self._kept.pop() if self._kept else False
        return operator not in (b"MP", b"DP")


def _empty(obj: pikepdf.Object) -> None:
    if isinstance(obj, pikepdf.Stream):
        obj.write(b"")
    for key in list(obj.keys()):
        if key not in ("/Length", "/Filter", "/DecodeParms"):
            del obj[key]
