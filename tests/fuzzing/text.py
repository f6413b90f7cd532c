"""Targets over texts: their encodings, how they are set in a box, what is the example's in them, names of partners."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pikepdf

from tests.fuzzing.feed import Feed, fed, text_of
from tests.fuzzing.mutations import knowing
from tests.fuzzing.target import Target
from tests.texts import says_something
from veldpdf.completeness import classify, find_gaps
from veldpdf.definition import load_form
from veldpdf.json_text import indented
from veldpdf.judging import judge, own_words
from veldpdf.messages import Message
from veldpdf.model import Answer, FieldSpec, FormDefinition, State, Status, Submission
from veldpdf.partners import awaited_of, known_partner, listed_name, readable_name, unused_rows
from veldpdf.pdf.drawn import drawn_text
from veldpdf.pdf.fonts import DefaultAppearance
from veldpdf.pdf.richtext import plain
from veldpdf.pdf.textstring import decode, encode, end_of_literal, literal
from veldpdf.pdf.tounicode import parse_to_unicode
from veldpdf.recipients import file_names
from veldpdf.typed_text import changed_characters, one_line, typed_again, visible
from veldpdf.typesetting.bidi import order_of, visual_runs
from veldpdf.typesetting.boxes import Alignment, TextBox
from veldpdf.typesetting.characters import clusters
from veldpdf.typesetting.layout import Layout, fitting_length, lay_out, text_width
from veldpdf.typesetting.metrics import widths_for
from veldpdf.typesetting.typeface import Typeface
from veldpdf.typesetting.visual import Gap, settled_order, visual_pieces

_LINE_END = re.compile("\r\n?")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SURROGATE = re.compile("[\ud800-\udfff]")


# Text strings.


def _strings(data: bytes) -> None:
    decoded = decode(data)
    decoded.text.encode("utf-8")  # no halves of pairs are left
    assert "\r" not in decoded.text
    written = literal(data)
    assert end_of_literal(written, 1) == len(written)
    assert decode(encode(decoded.text)).text == decoded.text


def _strings_written(data: bytes) -> None:
    text = text_of(data)
    assert decode(encode(text)).text == _LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text))


def _string_seeds() -> Iterator[bytes]:
    for text in (
        "Wij doen mee.",
        "Reünie\r\nvan € 5",
        "Здравствуй",
        "👩‍👧 ja",
        "þÿ",
        "ï»¿",
        "\x1bnl-NL\x1bHallo",
    ):
        yield encode(text)
        for codec in ("utf-16-le", "utf-16-be", "utf-8"):
            yield {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-8": b"\xef\xbb\xbf"}[
                codec
            ] + text.encode(codec)
    yield b"(\\(\\))\\\r"


def _rich(data: bytes) -> None:
    text = text_of(data)
    assert not plain(text).startswith("\n")
    literal_text = text.replace(">", "")
    made = f"<body><p style='>'>{html.escape(text)}</p><!-- x --><p><![CDATA[{literal_text}]]></p></body>"
    assert plain(made) == f"{_as_shown(text)}\n{_as_shown(literal_text)}".strip("\n")


def _as_shown(text: str) -> str:
    """Return a text as it is shown between tags, where line ends are white space."""
    return text.replace("\r", " ").replace("\n", " ") if text.strip() else ""


def _rich_seeds() -> Iterator[bytes]:
    yield (
        b'<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml" xfa:APIVersion="Acrobat:11"><p'
        b' dir="ltr">'
        b'Een <b>vette</b> regel &amp; een <i>schuine</i>&#8364;</p><p style="x">twee<br/>drie</p><ul><l'
        b"i>a</li></ul></body>"
    )
    yield b"<!-- a --><![CDATA[ x ]]><!DOCTYPE html [<!ENTITY a 'b'>]><? php ?>&a;&#xD800;&#99999999999;&lt"
    yield b"<script>x</script><style>p{}</style><textarea><p>y</textarea><title>&amp;</title><plaintext><p>"


# What others typed, made fit to be looked at.


def _typed(data: bytes) -> None:
    text = text_of(data)
    shown = visible(text)
    assert visible(shown) == shown
    assert changed_characters(shown) == 0
    assert _TURNING.isdisjoint(shown)
    shown.encode("utf-8")
    assert "\r" not in shown
    assert "\n" not in one_line(text)
    assert visible(typed_again(shown, text)) == shown
    Message("{where}: {text}", where=text, text=Message("{n}", n=text))
    content: dict[str, Any] = {text: [text, {"": text}, ()], "b": {}}
    assert indented(content) == json.dumps(content, indent=2, ensure_ascii=False)


# Names.

_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST_FILE_NAME = 255
_MOST_NAMES = 50


def _names(data: bytes) -> None:
    texts = Feed(data).texts()[:_MOST_NAMES]
    made = file_names(texts)
    assert len({name.casefold() for name in made}) == len(made) == len(texts)
    for name in made:
        assert not _NO_FILE_NAME.search(name)
        assert not name.startswith((".", " "))
        assert len(name.encode("utf-8")) <= _LONGEST_FILE_NAME
    for text in texts:
        assert isinstance(readable_name(text), str)
    listed = dict(zip(texts[::2], texts[1::2], strict=False))
    for source in texts:
        assert known_partner(source, listed) in {"", *listed.values()}
        assert isinstance(listed_name(source, listed), str)
    assert set(unused_rows(listed, texts)) <= listed.keys()
    came = list(zip(texts[1::2], texts[::2], strict=False))
    assert set(awaited_of(listed, came)) <= set(listed.values())


def _name_seeds() -> Iterator[bytes]:
    yield fed(
        "ggd.pdf", "GGD", "post.eml/veilig-thuis (1).pdf", "Veilig thuis", "verzameld.pdf#2", "CON", "../x"
    )
    yield fed(
        "Map\\Jongerenwerk_ingevuld_v2.pdf", "Jongerenwerk", "./jongerenwerk.pdf", "x/", "GGZ" * 60, "é" * 99
    )


# Layout.

_FONTS = ("Helvetica", "Times-Roman", "Courier", "Symbol", "ABCDEF+Eigen")
_OWN = {"a": 500.0, "b": 600.0, " ": 250.0, "é": 480.0, "ب": 700.0}
_LONGEST_TEXT = 600
_HIDDEN = "\u00ad\u200b"
_ANY_LINE_END = re.compile("[\n\r\v\f\x85\u2028\u2029]")


def _box(feed: Feed) -> TextBox:
    font = feed.one_of(_FONTS)
    return TextBox(
        width=feed.number(6000) / 10,
        height=feed.number(8000) / 10,
        font=font,
        font_size=feed.one_of((0.0, 0.0, 10.0, 8.5, 0.1, 100.0, 1000.0)),
        border=feed.number(30) / 10,
        multiline=feed.flag(),
        comb_cells=feed.one_of((0, 0, 0, 1, 6, 2**31)),
        alignment=Alignment(feed.number(2)),
        glyph_widths=_OWN if font == _FONTS[-1] else None,
    )


def _layout(data: bytes) -> None:
    feed = Feed(data)
    box = _box(feed)
    text = text_of(feed.rest())[:_LONGEST_TEXT]
    widths = widths_for(box)
    layout = lay_out(text, box, widths)
    assert layout.lines_fit >= 1
    assert _letters("".join(layout.lines)) == _letters(text)
    length = fitting_length(text, box, widths)
    assert 0 <= length <= len(text)
    assert layout.overflows or length == len(text)
    if length:
        assert not lay_out(text[:length], box, widths).overflows
    if box.multiline and not box.comb_cells:
        _check_lines(layout, box, widths)
    _check_seen(layout, widths)


def _letters(text: str) -> str:
    """Return what must stand somewhere: white space and hyphens change at the ends of lines."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "-" + _HIDDEN)


def _check_lines(layout: Layout, box: TextBox, widths: Mapping[str, float]) -> None:
    """Make sure that no line is wider than its box, but where a single letter is."""
    room = box.text_width * 1000 / layout.font_size
    for line, source in zip(layout.lines, layout.sources, strict=True):
        assert not _ANY_LINE_END.search(line)
        # The hyphen that shows where a word is broken hangs over the end.
        visible_part = line.removesuffix("-").rstrip()
        if len(list(clusters(visible_part.lstrip()))) > 1 and text_width(visible_part, widths) > room * 1.0001:
            assert _is_joined(visible_part), (line, text_width(visible_part, widths), room)
        assert 0 <= source.start <= source.end <= len(source.paragraph)


def _is_joined(text: str) -> bool:
    return not text.isascii() and any(letter >= "\u0590" for letter in text)


def _check_seen(layout: Layout, widths: Mapping[str, float]) -> None:
    """Make sure that what is drawn of the shown lines is as wide as it was measured."""
    assert isinstance(widths, Typeface)
    orders = layout.orders
    for place, line in enumerate(layout.shown):
        order = settled_order(line, orders[place] if orders else None, widths)
        pieces = list(visual_pieces(line, order, widths, widths))
        assert all(piece.width >= 0 for piece in pieces)
        assert sum(isinstance(piece, Gap) for piece in pieces) == line.count("\t")


def _layout_seeds() -> Iterator[bytes]:
    for font, kind, text in (
        (0, 0, "De gemeente voert de regie-taak uit, samen met de GGD/jeugdzorg.\n\n- een\n- twee\tdrie"),
        (0, 2, "samen\u00adwerking sa\u200bmen https://example.org/een/heel/lang/adres-met-streepjes"),
        (
            0,
            0,
            "De gemeente voert de regie-taak uit, samen met jeugdgezondheidszorg/jeugdzorg en anderen. " * 3,
        ),
        (1, 2, "een שלום twee العربية 123 (drie)"),
        (4, 0, "ab é بب 👨‍👩‍👧 🇳🇱 e\u0301"),
    ):
        yield fed(font, 2040, 1000, kind, 10, 1, 0, 0, text)
        yield fed(font, 300, 140, 0, 10, 0, 0, 1, text)
        yield fed(font, 300, 140, 0, 10, 0, 4, 1, text)
        yield fed(font, 5, 140, 5, 10, 1, 0, 1, text)


def _bidi(data: bytes) -> None:
    text = "".join(text_of(data).splitlines())
    order = order_of(text)
    assert len(order.levels) == len(text)
    runs = visual_runs(order)
    assert sorted(place for start, end, _ in runs for place in range(start, end)) == list(range(len(text)))


def _bidi_seeds() -> Iterator[bytes]:
    for text in (
        "car (שלום) 12%",
        "\u202eabc\u2067שלום [a\u2069]\u202c",
        "العربية 1,5 - ١٢٣ «x»",
        "a\u200fb\u2068ש\u2069",
    ):
        yield text.encode()


# Examples.


@cache
def _form() -> FormDefinition:
    return load_form()


def _judging(data: bytes) -> None:
    feed = Feed(data)
    form = _form()
    chosen = feed.number(len(form.fields))
    spec = (
        FieldSpec(name="A", section="a", label="a", question="a", example=feed.text())
        if chosen == len(form.fields)
        else form.fields[chosen]
    )
    text = text_of(feed.rest())
    judgement = judge(spec, text, form.thin)
    passages = judgement.passages
    assert "".join(passage.text for passage in passages) == text
    assert all(passage.text for passage in passages)
    assert all(one.is_example != other.is_example for one, other in pairwise(passages))
    assert classify(spec, text) is judgement.state
    assert (judgement.state is State.EMPTY) == (not says_something(text))
    if judgement.state is State.EXAMPLE:
        assert [passage.is_example for passage in passages] == [True]
    elif judgement.state is not State.PARTLY_EXAMPLE:
        assert not any(passage.is_example for passage in passages)
    if judgement.state in (State.EMPTY, State.EXAMPLE):
        assert not own_words(judgement)
    assert judge(spec, spec.example).state in (State.EXAMPLE, State.EMPTY, State.ANSWERED)
    if spec in form.fields:
        _check_gaps(form, spec, text, judgement.state)


def _check_gaps(form: FormDefinition, spec: FieldSpec, text: str, state: State) -> None:
    answers = {spec.name: Answer(text=text, state=state)}
    found = find_gaps(
        form, Submission(source="a.pdf", partner="A", status=Status.READ, form=form.id, answers=answers)
    )
    assert found.states == {spec.name: state}
    assert (spec.name in found.missing) <= (state in (State.EMPTY, State.EXAMPLE))
    assert (spec.name in found.own_words) == (state is State.PARTLY_EXAMPLE)


def _judging_seeds() -> Iterator[bytes]:
    form = _form()
    for number, spec in enumerate(form.fields):
        if spec.example:
            half = len(spec.example) // 2
            yield fed(number, spec.example[:800])
            yield fed(number, spec.example[:half][:800] + "\nEn wij doen meer: 3 keer per jaar (zie boven).")
    yield fed(
        len(form.fields),
        "Een zin. Nog een zin!\n- een bullet\n- twee bullets",
        "Een zin. Wij ook.\n- een bullet",
    )
    yield fed(0, "n.v.t.")
    yield fed(0, "\u200b \u00ad\ufeff\x00")


# What a PDF says in strings and streams.


def _default_appearance(data: bytes) -> None:
    appearance = DefaultAppearance.parse(data)
    assert 0 <= appearance.size <= 1000
    if data[-1:] == b" ":  # long ones take another way
        assert DefaultAppearance.parse(data + b" " * 200) == appearance


def _to_unicode(data: bytes) -> None:
    with pikepdf.new() as pdf:
        mapped, width = parse_to_unicode(pikepdf.Stream(pdf, data))
    assert all(isinstance(text, str) and code >= 0 for code, text in mapped.items())
    assert width >= 0
    assert len(mapped) <= 65_536 + len(data)


def _to_unicode_seeds() -> Iterator[bytes]:
    yield (
        b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"2 beginbfchar <0003> <0020> <0004> <D83DDE00> endbfchar\n"
        b"2 beginbfrange <0010> <0020> <0041> <0030> <0032> [<0061> <0062> <00660069>] endbfrange endcmap"
    )
    yield b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <00><FFFFFFFF><0000> endbfrange"


def _drawn(data: bytes) -> None:
    feed = Feed(data)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    with pikepdf.new() as pdf:
        inner = pikepdf.Stream(pdf, feed.part(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font), XObject=pikepdf.Dictionary(F=inner))
        stream = pikepdf.Stream(pdf, feed.rest(), Resources=resources)
        assert isinstance(drawn_text(pikepdf.Dictionary(AP=pikepdf.Dictionary(N=stream))), str)


def _drawn_seeds() -> Iterator[bytes]:
    yield fed(
        b"BT /Helv 10 Tf (binnen) Tj ET",
        b"/Tx BMC q 0 0 100 20 re W n BT /Helv 10 Tf 0 g 2 6 Td (Wij doen) Tj 12 TL T* [(m) -250 (ee) 30"
        b" <2E>] TJ ET Q EMC",
    )
    yield fed(
        b"/F Do",
        b"q 1 0 0 1 5 5 cm BT /Helv 9 Tf 1 0 0 1 2 30 Tm (een)Tj 0 -11 TD (twee)' 1 2 (drie)\" ET /F Do Q",
    )


TARGETS = (
    Target(
        name="text-strings",
        run=_strings,
        seeds=_string_seeds,
        mutate=knowing(b"\xfe\xff", b"\xff\xfe", "\x1bnl\x1b"),
    ),
    Target(
        name="text-strings-written",
        run=_strings_written,
        seeds=_string_seeds,
        mutate=knowing("\x1bnl\x1b", "þÿ"),
    ),
    Target(
        name="rich-text",
        run=_rich,
        seeds=_rich_seeds,
        mutate=knowing(
            "<p>", "</p>", "<br/>", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "<?", "&#x", "&#", "&amp;"
        ),
    ),
    Target(name="typed-text", run=_typed, seeds=_string_seeds, mutate=knowing("[U+202E]", "\u202e", "\u2066")),
    Target(
        name="names",
        run=_names,
        seeds=_name_seeds,
        mutate=knowing(".pdf", "#2", " (1)", "_ingevuld", "/", "\\", b"\xff"),
    ),
    Target(
        name="layout",
        changes=400,
        run=_layout,
        seeds=_layout_seeds,
        mutate=knowing("\u00ad", "\u200b", "\t", "- ", "/", "ש", "ب"),
    ),
    Target(
        name="bidi",
        run=_bidi,
        seeds=_bidi_seeds,
        mutate=knowing("\u202a", "\u202b", "\u202c", "\u2066", "(", ")", "ש", "ب", "1"),
    ),
    Target(
        name="judging",
        changes=600,
        run=_judging,
        seeds=_judging_seeds,
        mutate=knowing(". ", "\n- ", "? ", "“", "”", "Voorbeelden:", "n.v.t."),
    ),
    Target(
        name="default-appearance",
        run=_default_appearance,
        seeds=lambda: [
            b"/Helv 0 Tf 0 g",
            b"0.1 0 0 rg /Times#20Roman 12.5 Tf % x\n",
            b"0 0 0 1 k/F -1 Tf",
            b"/F .5 Tf",
        ],
        mutate=knowing("/", " Tf ", " g ", " rg ", " k ", "#20", "%", "\0"),
    ),
    Target(
        name="to-unicode",
        changes=200,
        run=_to_unicode,
        seeds=_to_unicode_seeds,
        mutate=knowing("beginbfrange", "endbfrange", "beginbfchar", "endbfchar", "<FFFF>", "<00>", "[", "]"),
    ),
    Target(
        name="drawn-text",
        run=_drawn,
        seeds=_drawn_seeds,
        mutate=knowing(
            " Tj ",
            " TJ ",
            " Td ",
            " Tm ",
            " Tf ",
            "/F Do ",
            "BT ",
            "ET ",
            "q ",
            "Q ",
            "(",
            ")",
            "[",
            "]",
            "BI ID EI ",
        ),
    ),
)
