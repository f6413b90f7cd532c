"""A house style: what is read from its file, and every mistake told with what to do about it."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import veldpdf
from tests.conftest import Run
from veldpdf.branding import ready_for
from veldpdf.errors import HouseStyleError, InputError
from veldpdf.house_style import HouseStyle, Logo, LogoKind, load_house_style
from veldpdf.house_style.colours import contrast_with_white, darkened, parse_colour
from veldpdf.house_style.drawing import drawing_of
from veldpdf.house_style.logos import LARGEST_LOGO, read_logo
from veldpdf.resources import fonts_folder

SAMPLE = Path(__file__).parent.parent / "samples" / "huisstijl" / "house.toml"
FONT = (fonts_folder() / "NotoSans-Regular.ttf").read_bytes()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" {size}>{content}</svg>'
SIZE = 'viewBox="0 0 200 80"'


def svg(content: str = '<rect width="9" height="9"/>', size: str = SIZE) -> bytes:
    return SVG.format(size=size, content=content).encode()


def png(width: int = 40, height: int = 20) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (width, height), (20, 73, 107, 128)).save(buffer, format="PNG")
    return buffer.getvalue()


def patched(table: str, offset: int, value: bytes, font: bytes = FONT) -> bytes:
    """Return a font with other bytes in one of its tables."""
    (count,) = struct.unpack_from(">H", font, 4)
    rows = [struct.unpack_from(">4s3L", font, 12 + 16 * row) for row in range(count)]
    begin = next(begin for tag, _, begin, _ in rows if tag.decode() == table)
    place = begin + offset
    return font[:place] + value + font[place + len(value) :]


def renamed(table: bytes, name: bytes, font: bytes = FONT) -> bytes:
    """Return a font in which a table has another name."""
    place = font.index(table, 12)
    return font[:place] + name + font[place + 4 :]


def style(folder: Path, text: str, **files: bytes) -> Path:
    """Write a house style with its files, whose names have an underscore for the full stop."""
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    path = folder / "house.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> list[str]:
    """Return what is told of a house style, without the folder."""
    with pytest.raises(HouseStyleError) as told:
        load_house_style(path)
    return str(told.value).replace(f"{path.parent}/", "").splitlines()


def test_the_sample_is_one() -> None:
    loaded = load_house_style(SAMPLE)
    assert (loaded.name, loaded.main, loaded.second, loaded.fonts) == (
        "Gemeente Waterrijk",
        "#14496b",
        "#b3005e",
        None,
    )
    assert loaded.logo is not None
    # Without any extra, so that the manual's command works for everybody.
    assert loaded.logo.kind is LogoKind.PNG
    vector = read_logo(SAMPLE.with_name("logo.svg").read_bytes(), "logo.svg")
    assert (vector.kind, vector.width, vector.height) == (LogoKind.SVG, 180, 80)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    path = style(
        tmp_path,
        'name = "  Gemeente\\tWaterrijk "\nlogo = "LOGO.PNG"\n[colours]\nmain = "#14B"\nsecond = "#B3005E"\n'
        '[fonts]\nfamily = "Eigen Letter"\nregular = "letters\\\\gewoon.ttf"\nbold = "vet.ttf"\n',
        LOGO_PNG=png(),
        vet_ttf=(fonts_folder() / "NotoSans-Bold.ttf").read_bytes(),
    )
    (tmp_path / "letters" / "gewoon.ttf").write_bytes(FONT)

    loaded = load_house_style(path)

    assert (loaded.name, loaded.main, loaded.second) == ("Gemeente Waterrijk", "#1144bb", "#b3005e")
    assert loaded.logo == Logo(
        data=png(), kind=LogoKind.PNG, width=40, height=20, png=png(), source=str(tmp_path / "LOGO.PNG")
    )
    assert loaded.fonts is not None
    assert loaded.fonts.family == "Eigen Letter"
    assert (loaded.fonts.regular, loaded.fonts.italic) == (FONT, FONT)
    assert loaded.fonts.bold == (fonts_folder() / "NotoSans-Bold.ttf").read_bytes()
    assert loaded.warnings == ()


@pytest.mark.parametrize("text", ["", "[colours]\n", "\ufeffname = ''"])
def test_what_is_left_out_stays_ours(tmp_path: Path, text: str) -> None:
    loaded = load_house_style(style(tmp_path, text))
    assert loaded == HouseStyle(name="")


def test_one_colour_serves_for_both(tmp_path: Path) -> None:
    loaded = load_house_style(style(tmp_path, '[colours]\nmain = "#800000"'))
    assert (loaded.main, loaded.second) == ("#800000", "#800000")


class TestColours:
    @pytest.mark.parametrize(
        ("text", "colour"),
        [
            ("#14496b", "#14496b"),
            (" #ABCDEF ", "#abcdef"),
            ("#1aF", "#11aaff"),
            ("14496b", None),
            ("#14496", None),
            ("#14496g", None),
            ("blue", None),
            ("#١٢٣٤٥٦", None),
        ],
    )
    def test_a_colour_is_hexadecimal(self, text: str, colour: str | None) -> None:
        assert parse_colour(text) == colour

    @pytest.mark.parametrize(
        ("colour", "contrast"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#777777", 4.48)]
    )
    def test_contrast_is_that_of_wcag(self, colour: str, contrast: float) -> None:
        assert round(contrast_with_white(colour), 2) == contrast

    @pytest.mark.parametrize("colour", ["#ffffff", "#ffff00", "#00ff00", "#ff9900", "#777777", "#77bbff"])
    def test_what_is_too_light_is_made_darker_and_no_darker_than_needed(self, colour: str) -> None:
        used = darkened(colour)
        assert 4.5 <= contrast_with_white(used) < 4.7
        before, after = bytes.fromhex(colour[1:]), bytes.fromhex(used[1:])
        assert np.argsort(before, kind="stable").tolist() == np.argsort(after, kind="stable").tolist()

    def test_what_can_be_read_stays(self) -> None:
        assert darkened("#767676") == "#767676"

    def test_a_colour_made_darker_is_told(self, tmp_path: Path) -> None:
        path = style(tmp_path, '[colours]\nmain = "#ff9900"\nsecond = "#ff0"')
        loaded = load_house_style(path)
        assert loaded.second == "#ffff00"
        assert loaded.warnings == (
            f"{path}: text in #ff9900 cannot be read well on white (contrast 2.1 to 1, of the 4.5 that are needed);"
            f" the darker {loaded.main} stands in its place.",
        )


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("name = ", "this is not TOML", "Mend that line"),
        ("nmae = 'x'", "unknown key 'nmae'", "Did you mean 'name'?"),
        ("name = 3", "name has a value of the wrong type", "Write a text between quotes"),
        ("name = 'a\\u202eb'".replace("'", '"'), "name is longer than 120", "fits on one line"),
        (f"name = '{'x' * 121}'", "name is longer than 120", "fits on one line"),
        ("colours = '#fff'", "colours has a value of the wrong type", "below a line [colours]"),
        ("[colors]\nmain = '#fff'", "unknown key 'colors'", "Did you mean 'colours'?"),
        ("[colours]\nmian = '#fff'", "[colours]: unknown key 'mian'", "Did you mean 'main'?"),
        ("[colours]\nmain = 'blauw'", "[colours]: main is no colour: 'blauw'", 'main = "#14496b"'),
        ("logo = 'weg.png'", "logo: the file weg.png cannot be read", "in the folder of this file"),
        ("logo = '../weg.png'", "logo leads out of the folder of this file: '../weg.png'", "beside this one"),
        ("logo = '/etc/passwd'", "logo leads out of the folder of this file: '/etc/passwd'", "beside this"),
        ("logo = 'C:\\\\weg.png'", "logo leads out of the folder of this file", "beside this one"),
        ("logo = 'a\\u0000b'".replace("'", '"'), "logo leads out of the folder of this file", "beside this"),
        ("logo = '.'", "logo: the file", "in the folder of this file"),
        ("[fonts]\nregular = 'a.ttf'", "[fonts]: family is not there", 'family = "…"'),
        ("[fonts]\nfamily = 'A'", "[fonts]: regular is not there", 'regular = "…"'),
        ("[fonts]\nfamily = 'A'\nregular = 'a.ttf'", "[fonts]: regular: the file a.ttf cannot be read", "name"),
    ],
)
def test_every_mistake_is_told_with_what_to_do(tmp_path: Path, text: str, problem: str, remedy: str) -> None:
    what, to_do = refusal(style(tmp_path, text))
    assert what.startswith(f"house.toml: {problem}")
    assert remedy in to_do


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_house_style(tmp_path / "weg.toml")


class TestLogos:
    @pytest.mark.parametrize(
        ("size", "shape"),
        [
            (SIZE, (200, 80)),
            ('viewBox="-10,-10 , 30 15"', (30, 15)),
            ('width="10mm" height="5mm"', (96 / 2.54, 48 / 2.54)),
            ('width="100%" height="100%" viewBox="0 0 4 3"', (4, 3)),
            ('width="3in" height="72pt"', (288, 96)),
            ('width="64" height="32" viewBox="0 0 1 1"', (64, 32)),
        ],
    )
    def test_an_svg_says_how_large_it_is(self, size: str, shape: tuple[float, float]) -> None:
        logo = read_logo(svg(size=size), "logo.svg")
        assert (logo.width, logo.height) == pytest.approx(shape)

    @pytest.mark.parametrize("size", ["", 'viewBox="0 0 0 5"', 'width="1" height="-2"', 'viewBox="0 0 nan 1"'])
    def test_an_svg_without_size_is_refused(self, size: str) -> None:
        with pytest.raises(HouseStyleError, match="does not say how large"):
            read_logo(svg(size=size), "logo.svg")

    @pytest.mark.parametrize(
        "content",
        [
            '<linearGradient id="a"/><rect fill="url(#a)"/><use href="#b"/><g id="b"><path d="M0 0h5z"/></g>',
            "<style>.a { fill: url('#x'); stroke: #123 }</style><title>Gemeente url(x)</title>",
            '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
            '<text font-family="Arial">image (1)</text>',
        ],
    )
    def test_what_logos_are_made_of_is_taken(self, content: str) -> None:
        assert read_logo(svg(content), "logo.svg").data == svg(content)

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            ("<script>alert(1)</script>", "an element that does something: script"),
            ('<s:script xmlns:s="http://www.w3.org/1999/xhtml"/>', "an element that does something: script"),
            ("<foreignObject/>", "an element that does something: foreignObject"),
            ('<rect onclick="x()"/>', "a script: onclick"),
            ('<rect OnLoad="x()"/>', "a script: OnLoad"),
            ('<animate attributeName="href" to="x"/>', "an element that does something: animate"),
            ('<set attributeName="href" to="x"/>', "an element that does something: set"),
            ('<image href="data:image/png;base64,AAAA"/>', "a picture made of pixels"),
            ('<feImage href="#a"/>', "a picture made of pixels"),
            ('<a href="https://example.org"><rect/></a>', "a link"),
            ('<use href="other.svg#a"/>', "a reference to another file"),
            (
                '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="http://example.org/a.svg#a"/>',
                "a reference to another file",
            ),
            ('<rect fill="url(http://example.org/#a)"/>', "a reference to another file"),
            ("<rect style=\"fill: URL( 'x.svg#a')\"/>", "a reference to another file"),
            ('<rect style="fill: u\\72l(x)"/>', "a reference to another file"),
            ("<style>@import 'x.css';</style>", "a reference to another file"),
            ("<style>a{b:image-set('x.png')}</style>", "a reference to another file"),
            ('<g xml:base="http://example.org/"><use href="#a"/></g>', "a reference to another file"),
            ('<?xml-stylesheet href="x.css"?>', "a style sheet of another file"),
            (
                '<use xmlns:x="http://www.w3.org/1999/xlink" xmlns:z="urn:z" x:href="/x/y.svg#q" z:href="#a"/>',
                "a reference to another file",
            ),
            (
                '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="/x/y.svg#q" href="#a"/>',
                "a reference to another file",
            ),
            (
                '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="#a" href="/x/y.svg#q"/>',
                "a reference to another file",
            ),
            (
                '<style xmlns="http://www.w3.org/1999/xhtml">@import "x.css";</style>',
                "a reference to another file",
            ),
            ('<g id="a"/><g id="b"/><rect id="a"/>', "two elements of the same name (id): a"),
        ],
    )
    def test_what_can_do_something_is_refused(self, content: str, what: str) -> None:
        with pytest.raises(HouseStyleError) as told:
            read_logo(svg(content), "logo.svg")
        assert str(told.value).splitlines() == [
            f"logo.svg: this SVG holds {what}",
            "Have the logo saved as plain SVG, or as PNG.",
        ]

    @pytest.mark.parametrize(
        "document_type",
        [
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
            '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>',
        ],
    )
    def test_a_document_type_is_refused(self, document_type: str) -> None:
        with pytest.raises(HouseStyleError, match="DOCTYPE"):
            read_logo(document_type.encode() + svg(), "logo.svg")

    def test_what_draws_itself_is_refused(self) -> None:
        looping = '<g id="a"><use href="#a"/></g>'
        steps = ((f'<g id="g{number + 1}">', f'<use href="#g{number}"/>' * 10, "</g>") for number in range(9))
        growing = '<rect id="g0"/>' + "".join(map("".join, steps))
        for content in (looping, growing, "<g>" * 100 + "</g>" * 100, "<g/>" * 30_000):
            with pytest.raises(HouseStyleError, match="more than a logo can"):
                read_logo(svg(content), "logo.svg")

    @pytest.mark.parametrize(
        "reference",
        [
            'href="#g{0}"',
            'x:href="#g{0}"',
            'href="#g{0}" x:href="#none"',
            'x:href="#g{0}" href="#none"',
            'href="#g{0}" z:href="#none"',
            'href="#%67{0}"',
            'href="#g&#10;{0}"',
            'href=" #g{0} "',
        ],
    )
    def test_however_it_is_referred_to_what_draws_itself_is_refused(self, reference: str) -> None:
        size = f'{SIZE} xmlns:x="http://www.w3.org/1999/xlink" xmlns:z="urn:z"'
        use = f"<use {reference}/>"
        growing = '<rect id="g0"/>' + "".join(
            f'<g id="g{number + 1}">{use.format(number) * 2}</g>' for number in range(30)
        )
        with pytest.raises(HouseStyleError, match="more than a logo can"):
            read_logo(svg(growing, size), "logo.svg")

    @pytest.mark.parametrize(
        ("css", "content"),
        [
            (".a g rect:not(.b) { fill: red }" * 20_000, '<rect class="a"/>' * 15_000),
            (".a{fill:red}" * 1_100, "<rect/>" * 1_000),
            (".a,.b,.c,.d,.e,.f,.g,.h,.i,.j,.k{fill:red}" * 100, "<rect/>" * 1_000),
            ("g g g g g g rect{fill:red}", "<g>" * 50 + "<rect/>" + "</g>" * 50),
            (".x>g>g>g>g>g>g{fill:red}", "<g>" * 50 + "<rect/>" + "</g>" * 50),
            ("rect~rect~a rect{fill:red}", "<rect/>" * 500),
            (":is(a,g) " * 6 + "x rect{fill:red}", "<g>" * 50 + "<rect/>" + "</g>" * 50),
            ("a[x=';}'] g g g g g g {fill:red}", "<g>" * 50 + "<rect/>" + "</g>" * 50),
            ("a[x='/*'] g g g g g g[x='*/']{fill:red}", "<g>" * 50 + "<rect/>" + "</g>" * 50),
        ],
    )
    def test_style_sheets_that_take_for_ever_are_refused(self, css: str, content: str) -> None:
        with pytest.raises(HouseStyleError, match="more than a logo can"):
            read_logo(svg(f"<style>{css}</style>{content}"), "logo.svg")

    def test_style_sheets_of_drawing_programs_are_taken(self) -> None:
        css = (
            "/* Generator: Adobe Illustrator 28.0, SVG Export Plug-In . SVG Version: 6.00 Build 0 */\n"
            ".st0, .st1 { fill : #fff; stroke: #123456 }\n.st2 path:hover { opacity: .5 }\n"
        )
        picture = svg(f"<style>{css * 20}</style><g>{'<path/>' * 100}</g>")
        assert read_logo(picture, "logo.svg").data == picture

    @pytest.mark.parametrize(
        "data",
        [
            svg(size='width="999999" height="0.0001"'),
            svg(size='width="1" height="999999"'),
            svg(size='viewBox="0 0 51 1"'),
            png(1, 51),
            png(2000, 39),
        ],
    )
    def test_what_is_a_line_rather_than_a_picture_is_refused(self, data: bytes) -> None:
        with pytest.raises(HouseStyleError) as told:
            read_logo(data, "logo")
        assert str(told.value).splitlines() == [
            "logo: one side of this picture is more than 50 times as long as the other",
            "Have it saved once more, cut to the logo itself.",
        ]
        assert read_logo(svg(size='width="100" height="2"'), "logo").width == 100
        assert read_logo(png(1, 50), "logo").height == 50

    @pytest.mark.parametrize("data", [svg()[:-3], b"<svg>\xff</svg>", b"<svg a=1/>"])
    def test_what_is_not_well_formed_is_refused(self, data: bytes) -> None:
        with pytest.raises(HouseStyleError, match="not well-formed"):
            read_logo(data, "logo.svg")

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (b"\xff\xd8\xff\xe0JFIF", "this is a JPEG picture"),
            (b"GIF89a", "this is a GIF picture"),
            (b"%PDF-1.7", "this is a PDF"),
            (b"\x1f\x8b\x08", "this is a compressed file"),
            (b"<html><body/></html>", "this is neither a PNG nor an SVG"),
            (b"", "this is neither a PNG nor an SVG"),
            (b"hallo", "this is neither a PNG nor an SVG"),
        ],
    )
    def test_another_kind_of_picture_is_refused(self, data: bytes, problem: str) -> None:
        with pytest.raises(HouseStyleError) as told:
            read_logo(data, "logo")
        assert str(told.value).startswith(f"logo: {problem}")
        assert str(told.value).endswith("Give the logo as PNG or SVG.")

    @pytest.mark.parametrize(
        "data", [png()[:30], png()[:-40], b"\x89PNG\r\n\x1a\n", png().replace(b"IDAT", b"IDOT")]
    )
    def test_a_damaged_png_is_refused(self, data: bytes) -> None:
        with pytest.raises(HouseStyleError, match="this PNG is damaged"):
            read_logo(data, "logo.png")

    def test_a_png_that_unpacks_to_gigabytes_is_refused_unopened(self) -> None:
        header = struct.pack(">LLBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
        chunk = struct.pack(">L", 13) + b"IHDR" + header + struct.pack(">L", zlib.crc32(b"IHDR" + header))
        with pytest.raises(HouseStyleError, match="60000 × 60000 pixels"):
            read_logo(b"\x89PNG\r\n\x1a\n" + chunk, "logo.png")

    def test_a_large_file_is_refused_unread(self, tmp_path: Path) -> None:
        path = style(tmp_path, "logo = 'l.svg'", l_svg=bytes(LARGEST_LOGO + 1))
        assert refusal(path) == ["l.svg: this file has 2 MB; logo may have 2 at most", "Give a smaller one."]


class TestFonts:
    TEXT = '[fonts]\nfamily = "A"\nregular = "a.ttf"'

    @pytest.mark.parametrize(
        ("data", "problem"),
        [
            (
                b"OTTO" + FONT[4:],
                "this font has PostScript outlines (CFF), of which a report cannot hold a part",
            ),
            (
                renamed(b"glyf", b"CFF "),
                "this font has PostScript outlines (CFF), of which a report cannot hold a part",
            ),
            (b"ttcf" + FONT[4:], "this is a collection of fonts"),
            (b"wOF2" + FONT[4:], "this is a font for websites (WOFF2)"),
            (b"hallo", "this is no TrueType font"),
            (b"", "this is no TrueType font"),
            (FONT[:200], "this font is damaged"),
            (FONT[: len(FONT) // 2], "this font is damaged"),
            (FONT[:10], "this font is damaged"),
            (renamed(b"cmap", b"xmap"), "this font is damaged"),
            (patched("loca", 8, b"\xff\xff\xff\xff"), "this font is damaged"),
            (patched("head", 50, b"\x00\x07"), "this font is damaged"),
            (patched("maxp", 4, b"\xff\xff"), "this font is damaged"),
            (patched("hhea", 34, b"\x00\x00"), "this font is damaged"),
            (patched("OS/2", 8, b"\x00\x02"), "this font says that it may not be embedded in documents"),
            (patched("OS/2", 8, b"\x02\x00"), "this font says that it may not be embedded in documents"),
            (
                patched("OS/2", 8, b"\x01\x08"),
                "this font says that no part of it may be embedded, only all of it",
            ),
        ],
    )
    def test_what_a_report_cannot_or_may_not_hold_is_refused(
        self, tmp_path: Path, data: bytes, problem: str
    ) -> None:
        assert refusal(style(tmp_path, self.TEXT, a_ttf=data))[0] == f"a.ttf: {problem}"

    # Of several permissions the widest counts: fonts of before 2001 have several.
    @pytest.mark.parametrize("rights", [b"\x00\x00", b"\x00\x04", b"\x00\x08", b"\x00\x0e"])
    def test_what_allows_printing_or_editing_is_taken(self, tmp_path: Path, rights: bytes) -> None:
        data = patched("OS/2", 8, rights)
        loaded = load_house_style(style(tmp_path, self.TEXT, a_ttf=data))
        assert loaded.fonts is not None
        assert loaded.fonts.regular == data

    @pytest.mark.parametrize("path", sorted(fonts_folder().glob("*.ttf")), ids=lambda path: str(path.name))
    def test_our_own_fonts_are_taken(self, tmp_path: Path, path: Path) -> None:
        assert load_house_style(style(tmp_path, self.TEXT, a_ttf=path.read_bytes())).fonts


def sample_with_svg(folder: Path) -> Path:
    """Return a copy of the sample whose logo is the SVG."""
    copied = folder / "house.toml"
    copied.write_text(SAMPLE.read_text("utf-8").replace('"logo.png"', '"logo.svg"'), encoding="utf-8")
    (folder / "logo.svg").write_bytes(SAMPLE.with_name("logo.svg").read_bytes())
    return copied


class TestDrawing:
    def test_an_svg_becomes_a_picture_for_formats_that_cannot_hold_it(self, tmp_path: Path) -> None:
        loaded = load_house_style(sample_with_svg(tmp_path))
        assert loaded.logo is not None
        assert loaded.logo.png == b""
        for suffixes in ([".docx"], [".html", ".PDF"]):
            logo = ready_for(loaded, suffixes).logo
            assert logo is not None
            with Image.open(io.BytesIO(logo.png)) as picture:
                assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (1000, 445))
                assert picture.getpixel((0, 0)) == (255, 255, 255, 0)
                assert picture.getpixel((100, 180)) == (0x14, 0x49, 0x6B, 255)
        assert ready_for(loaded, [".html", ".md"]) == loaded
        assert ready_for(loaded, [".docx"]) == ready_for(loaded, [".docx"])

    def test_a_png_is_its_own_picture(self, tmp_path: Path) -> None:
        loaded = load_house_style(style(tmp_path, "logo = 'l.png'", l_png=png()))
        assert ready_for(loaded, [".docx"]) is loaded

    def test_a_drawing_is_as_large_as_the_svg(self, tmp_path: Path) -> None:
        logo = load_house_style(sample_with_svg(tmp_path)).logo
        assert logo is not None
        drawing = drawing_of(logo)
        assert drawing.width / drawing.height == pytest.approx(180 / 80)

    def test_without_svglib_the_remedy_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "svglib.svglib", None)
        with pytest.raises(HouseStyleError) as told:
            ready_for(load_house_style(sample_with_svg(tmp_path)), [".pdf"])
        what, remedy = str(told.value).splitlines()
        assert what.endswith("logo.svg: to draw an SVG takes svglib, which is not installed")
        assert remedy == "Run: pip install 'veldpdf[svg]' – or give the logo as PNG."


class TestUse:
    def test_a_report_is_in_the_house_style(
        self, returned: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        style(tmp_path, '[colours]\nmain = "#ff9900"')
        used = load_house_style(tmp_path / "house.toml").main
        outcome = run("--lang", "en", "merge", returned / "ggd.pdf", "--style", "house.toml", "-o", "uit.html")
        # A colour is no matter of what came back: nothing there asks for attention.
        assert outcome.status == 0
        assert outcome.err.splitlines() == [
            "house.toml: text in #ff9900 cannot be read well on white (contrast 2.1 to 1, of the 4.5 that are"
            f" needed); the darker {used} stands in its place.",
            "Written: uit.html.",
        ]
        html = (tmp_path / "uit.html").read_text(encoding="utf-8")
        assert used in html

    def test_a_mistake_stops_before_anything_is_read_or_written(
        self, returned: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        style(tmp_path, "logo = 'weg.png'")
        outcome = run("--lang", "en", "merge", returned, "--style", "house.toml", "-o", "uit.html")
        assert outcome.status == 2
        assert outcome.err.splitlines() == [
            "Error: house.toml: logo: the file weg.png cannot be read",
            "Check its name: it is looked for in the folder of this file.",
        ]
        assert not (tmp_path / "uit.html").exists()

    def test_python_takes_a_path_or_a_style(self, returned: Path, tmp_path: Path) -> None:
        path = style(tmp_path, '[colours]\nmain = "#123456"')
        submissions = [veldpdf.read(returned / "ggd.pdf")]
        texts = [
            veldpdf.merge(submissions, style=given).render(".html")
            for given in (path, str(path), veldpdf.load_house_style(path))
        ]
        assert texts[0] == texts[1] == texts[2] != veldpdf.merge(submissions).render(".html")
        assert b"#123456" in texts[0]

    def test_a_layout_goes_with_a_format_that_can_have_one(
        self, returned: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "eigen").mkdir()
        (tmp_path / "eigen" / "report.md").write_text("# {{ title }} van ons\n", encoding="utf-8")
        merge = ("--lang", "en", "merge", returned / "ggd.pdf", "--title", "Alles", "--layout", "eigen")
        assert run(*merge, "-o", "uit.md").status == 0
        assert (tmp_path / "uit.md").read_text(encoding="utf-8") == "# Alles van ons\n"
        outcome = run(*merge, "-o", "uit.json")
        assert outcome.status == 2
        assert outcome.err.splitlines()[0] == "Error: --layout goes with an output that ends in .html or .md."
        outcome = run(*merge, "-o", "eigen/report.md", "--force")
        assert outcome.status == 2
        assert "van ons" in (tmp_path / "eigen" / "report.md").read_text(encoding="utf-8")
        report = veldpdf.merge([veldpdf.read(returned / "ggd.pdf")], title="Alles", layout="eigen")
        assert report.render(".md") == b"# Alles van ons\n"
