"""A returned file → pages that show what it showed, and do nothing.

They are put behind the report that people hand round and publish. So everything that can act stays behind:
annotations with their links, scripts, launched programs, attached files, media. What annotations *draw* stays, for
a partner may have typed an answer in a text box over the field: an appearance stream is drawn in the same way
whatever annotation it belongs to (ISO 32000-2, 12.5.5), so they are flattened together with the form's widgets.

Each page is drawn by one form XObject (8.10), in which whatever it left open ends: the report then says in its own
structure tree what that picture is. Marks of the file's own tree would be lost or lie there, so they go; layers
stay, as they showed on a screen.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Mapping, Sequence
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
from veldpdf.pdf.layers import brought_along
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    as_name,
    copied,
    dictionaries_of,
    get,
    get_bytes,
    get_dictionary,
    get_name,
    get_number,
    identity,
    items_of,
    owner_of_inherited,
    pages_of,
)
from veldpdf.pdf.streams import read_limited

# A worksheet has a dozen pages; with annexes and scans, some hundreds.
MOST_PAGES = 500
# The name by which each page draws its picture.
PICTURE = "/Returned"

# Bytes of a content stream; more than any has.
_LONGEST_CONTENTS = 64 * 1024 * 1024
# Annotations that have no picture of their own on the page: a popup shows on demand, a link is its border.
_WITHOUT_PICTURE = frozenset({"/Popup", "/Link"})
# Annotation flags of what nobody sees on a screen (12.5.3), and goes without a word.
_UNSEEN = 1 << 0 | 1 << 1 | 1 << 5
_DEEPEST_FIELD = 32  # levels
# Containers in containers: a glyph of a font of a picture in a picture is no thirty deep.
_DEEPEST = 150
# What resources may hold (table 34). Anything else would only be carried along.
_CATEGORIES = frozenset(
    {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/Properties", "/ProcSet"}
)
# Entries of streams that lead out of what shows: to a structure tree, other files, other programs' data.
_LEADING_OUT = (
    *("/StructParent", "/StructParents", "/AF", "/Metadata", "/PieceInfo", "/Ref", "/OPI", "/LastModified"),
    *("/F", "/FFilter", "/FDecodeParms", "/Alternates", "/A", "/AA"),
)
# What no page shows, and what nothing in a published report may hold.
_ACTING = frozenset({"/Filespec", "/EmbeddedFile", "/Action", "/Annot", "/Sig", "/JavaScript"})
# Marked content, but for the mark that each text field has (12.7.4.3): it says nothing outside a form.
_MARKS = re.compile(rb"(?<!/Tx )\b(?:BMC|BDC|MP|DP)\b")
_EMPTY_BOX = (0, 0, 612, 792)
_CORNERS = 4


class UnshowableError(Exception):
    """The pages of a file cannot be shown.

    Attributes:
        reason: Why, as the end of a sentence.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


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
    except UnshowableError:
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
        texts = _without_picture(pdf)
    if texts:
        data = _with_pictures(data, password, texts)
    with open_pdf(data, password).pdf as pdf:
        total = len(pdf.pages)
        del pdf.pages[most:]
        unseen = sum(map(_take_for_widgets, pages_of(pdf)))
        return _saved(pdf), total, unseen


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
    for obj in flat.objects:
        if isinstance(obj, pikepdf.Stream):
            _clean_stream(flat, obj)
        elif isinstance(obj, pikepdf.Dictionary) and as_name(get(obj, "/Type")) in _ACTING:
            _empty(obj)
    pages = pages_of(flat)
    seen: set[ObjectId] = set()
    for page in pages:
        picture = _picture(flat, page)
        _check_depth(picture, seen)
        target.pages.append(_still(target, page, picture))
    layers = brought_along(flat, target, seen)
    if layers is not None:
        target.Root["/OCProperties"] = layers
    return len(pages)


def _check_depth(top: pikepdf.Object, seen: set[ObjectId]) -> None:
    """Make sure that what is to be copied has an end: qpdf and pypdf follow references as deep as they lead.

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
            waiting.append(iter(_held(obj)))
            break
        else:
            waiting.pop()
        if len(waiting) > _DEEPEST:
            raise UnshowableError(Message("it is damaged, and its pages cannot be shown"))


def _held(obj: pikepdf.Object) -> list[pikepdf.Object]:
    return list(obj) if isinstance(obj, pikepdf.Array) else [value for _, value in obj.items()]


def _still(target: pikepdf.Pdf, page: pikepdf.Dictionary, picture: pikepdf.Stream) -> pikepdf.Page:
    """Return a page of the new file that shows what a page of the flattened one does."""
    own = target.copy_foreign(picture)
    made = pikepdf.Dictionary(
        Type=pikepdf.Name.Page,
        MediaBox=own.BBox,
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary({PICTURE: own})),
    )
    crop = _box(page, "/CropBox")
    if crop is not None:
        made["/CropBox"] = pikepdf.Array(crop)
    for key in ("/Rotate", "/UserUnit"):
        number = get(owner_of_inherited(page, key) if key == "/Rotate" else page, key)
        if isinstance(number, int) and number:
            made[key] = number
    made["/Contents"] = target.make_stream(f"{PICTURE} Do\n".encode())
    return pikepdf.Page(target.make_indirect(made))


def _box(page: pikepdf.Dictionary, key: str) -> tuple[float, float, float, float] | None:
    """Return a box of a page, its own or inherited (7.7.3.3); None where it has no area."""
    owner = owner_of_inherited(page, key)
    numbers = [float(item) for item in items_of(owner, key) if not isinstance(item, pikepdf.Object)]
    if len(numbers) != _CORNERS:
        return None
    (left, right), (bottom, top) = sorted(numbers[::2]), sorted(numbers[1::2])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _picture(flat: pikepdf.Pdf, page: pikepdf.Dictionary) -> pikepdf.Stream:
    """Return the contents of a page as a form XObject."""
    pikepdf.Page(page).contents_coalesce()
    contents = get(page, "/Contents")
    stream = contents if isinstance(contents, pikepdf.Stream) else flat.make_stream(b"")
    resources = copied(get(owner_of_inherited(page, "/Resources"), "/Resources"))
    # Pages may share their contents, each with resources of its own.
    made: pikepdf.Stream = flat.make_indirect(copy.copy(stream))
    for key in list(made.keys()):
        if key not in ("/Filter", "/DecodeParms", "/Length"):
            del made[key]
    made["/Type"], made["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    made["/BBox"] = pikepdf.Array(_box(page, "/MediaBox") or _EMPTY_BOX)
    made["/Resources"] = resources
    group = get_dictionary(page, "/Group")
    if group is not None:
        made["/Group"] = group
    _clean_stream(flat, made)
    return made


def _clean_stream(pdf: pikepdf.Pdf, stream: pikepdf.Stream) -> None:
    """Take from a stream what leads out of what it shows."""
    if as_name(get(stream, "/Type")) in _ACTING:
        _empty(stream)
        return
    for key in _LEADING_OUT:
        if key in stream:
            del stream[key]
    if get_name(stream, "/Subtype") == "/Form" or get(stream, "/PatternType") == 1:
        content = read_limited(stream, _LONGEST_CONTENTS)
        if content is not None and _MARKS.search(content):
            stream.write(_unmarked(pdf, content))
        resources = get_dictionary(stream, "/Resources")
        if resources is not None:
            _clean_resources(resources)


def _clean_resources(resources: pikepdf.Dictionary) -> None:
    for category in list(resources.keys()):
        if category not in _CATEGORIES:
            del resources[category]
    properties = copied(get(resources, "/Properties"))
    for name in list(properties.keys()):
        listed = get_dictionary(properties, name)
        if listed is None or get_name(listed, "/Type") not in ("/OCG", "/OCMD"):
            del properties[name]
    if "/Properties" in resources:
        resources["/Properties"] = properties


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
