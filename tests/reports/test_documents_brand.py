"""The brand folder: read whole or refused with every fault; contrast checked; a logo is drawn anew."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from pathlib import Path

import pytest
import tagged_pdf
from PIL import Image
from small_survey import questionnaire, results

from reports.documents import authority_report, brand, colours, logos
from reports.documents.brand import BrandFaults
from reports.documents.imprint import Imprint

SQUARE = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='#aa0000'/></svg>"


def folder(tmp_path: Path, text: str, **files: bytes) -> Path:
    (tmp_path / "brand.toml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (tmp_path / name.replace("_", ".")).write_bytes(content)
    return tmp_path


def faults(where: Path) -> tuple[str, ...]:
    with pytest.raises(BrandFaults) as caught:
        logos.png(brand.read(where))
    return caught.value.faults


def test_a_name_is_enough_and_the_colours_are_those_that_ship(tmp_path: Path) -> None:
    found = brand.read(folder(tmp_path, 'name = "Rhwydwaith Digidol Ŵyr"'))
    shipped = brand.default()
    assert (found.name, found.strapline, found.logo) == ("Rhwydwaith Digidol Ŵyr", "", None)
    assert (found.main, found.accent) == (shipped.main, shipped.accent)


def test_the_brand_that_ships_has_a_logo_and_enough_contrast() -> None:
    shipped = brand.default()
    assert shipped.logo is not None
    assert colours.contrast(shipped.main, "#ffffff") >= 4.5
    assert colours.contrast(shipped.accent, "#ffffff") >= 3


def test_all_faults_are_named_at_once_with_their_remedy(tmp_path: Path) -> None:
    """#ffcc00 on white: luminance 0.2126 + 0.7152 x 0.6038 + 0 = 0.644; (1 + 0.05) / (0.644 + 0.05) = 1.51."""
    text = 'slogan = "x"\nstrapline = 5\n[colours]\nmain = "#FFCC00"\naccent = "red"\nthird = "#000000"'
    assert faults(folder(tmp_path, text)) == (
        "brand.toml: slogan is not known. Use name, strapline, contact, logo, logo_text, colours.",
        "brand.toml: colours.third is not known. Use main and accent.",
        'brand.toml: name is missing. Add name = "Who publishes".',
        "brand.toml: strapline is not one line of text. Give at most 120 printable characters.",
        (
            "brand.toml: colours.main: #ffcc00 has a contrast of 1.51 to 1 with white; 4.5 is needed (WCAG 2.2). "
            "Give a darker colour."
        ),
        'brand.toml: colours.accent is no colour. Give six hexadecimal digits, as "#0b4f6c".',
    )


def test_the_accent_may_be_lighter_than_the_main_colour(tmp_path: Path) -> None:
    """#888888: 3.54 to 1, enough for a strip (3), not for words (4.5)."""
    accented = folder(tmp_path, 'name = "x"\n[colours]\naccent = "#888888"')
    assert brand.read(accented).accent == "#888888"
    assert "3.54 to 1" in faults(folder(tmp_path, 'name = "x"\n[colours]\nmain = "#888888"'))[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "', "not readable as TOML"),
        ('name = "x"\ncolours = 3', "colours is not a table"),
        ('name = "x"\nlogo = "nowhere.svg"', "no file in this folder"),
        ('name = "x"\nlogo = "../brand.toml"', "no file in this folder"),
        ('name = "x"\nlogo = "/etc/hostname"', "no file in this folder"),
        ('name = "x\\u0007"', "not one line of text"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    (fault,) = faults(folder(tmp_path, text))
    assert said in fault


def test_a_folder_without_its_file_says_what_is_missing(tmp_path: Path) -> None:
    assert "brand.toml: not there" in faults(tmp_path)[0]


def test_a_logo_is_drawn_anew_as_large_as_its_box_allows(tmp_path: Path) -> None:
    """40 by 20 into 1200 by 400: as high as the box, 800 by 400."""
    found = brand.read(folder(tmp_path, 'name = "x"\nlogo = "logo.svg"', logo_svg=SQUARE))
    drawn = Image.open(io.BytesIO(logos.png(found) or b""))
    assert drawn.format == "PNG"
    assert drawn.size == (800, 400)
    assert drawn.getpixel((400, 200)) == (170, 0, 0, 255)
    assert found.logo_text == "x"


def test_what_else_is_in_a_logo_file_does_not_come_along(tmp_path: Path) -> None:
    secret = b"typed by somebody"
    noted = SQUARE.replace(b"</svg>", b"<!--" + secret + b"--><script>" + secret + b"</script></svg>")
    png = io.BytesIO()
    Image.new("RGB", (8, 8), "#aa0000").save(png, "PNG")
    chunk = b"tEXtComment\x00" + secret
    trailed = png.getvalue()[:-12] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    for name, content in (("logo.svg", noted), ("logo.png", trailed + png.getvalue()[-12:])):
        (tmp_path / name).write_bytes(content)
        found = brand.read(folder(tmp_path, f'name = "x"\nlogo = "{name}"'))
        drawn = logos.png(found)
        assert drawn
        assert secret not in drawn


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "cannot be read as PNG or SVG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>Hi</text></svg>", "letters are text"),
        (b"<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:text x='1'>Hi</s:text></s:svg>", "letters are text"),
        (gzip.compress(SQUARE), "must not be compressed"),
        (SQUARE.replace(b"</svg>", b"<image href='/etc/passwd'/></svg>"), "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x06", "10000 pixels"),
        (SQUARE + b" " * 1_000_000, "larger than 1000 kB"),
        (b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;', "cannot be read"),
    ],
)  # fmt: skip
def test_a_logo_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (fault,) = faults(folder(tmp_path, 'name = "x"\nlogo = "logo.svg"', logo_svg=content))
    assert said in fault


def test_a_report_carries_the_publishers_name_colour_and_logo(tmp_path: Path) -> None:
    text = 'name = "Rhwydwaith Môn"\nlogo = "logo.svg"\nlogo_text = "A red square"\n[colours]\nmain = "#5a1e6e"'
    own = brand.read(folder(tmp_path, text, logo_svg=SQUARE))
    pdf = authority_report.authority(
        results().frames, questionnaire(), code="A01", name="Authority 1", imprint=Imprint("1"), publisher=own
    )
    found = tagged_pdf.read(pdf)
    assert next(found.every("Figure")).alt == "A red square"
    assert "Rhwydwaith Môn" in found.text
    assert "Council Digital Network" not in found.text


def test_a_logo_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_bytes(SQUARE)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "logo.svg").symlink_to(tmp_path / "secret.svg")
    assert "no file in this folder" in faults(folder(inner, 'name = "x"\nlogo = "logo.svg"'))[0]
