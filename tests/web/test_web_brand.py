"""The publisher's brand on pages: name, colours and logo of one folder, and nothing of it where none is named."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from survey import config
from survey.config import SettingFault, Settings
from survey.web.application import create_app

LOGO = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='30'><script>alert(1)</script><rect width='90' height='30' fill='#aa0000'/></svg>"


def branded(settings: Settings, tmp_path: Path, logo: str = LOGO) -> Settings:
    folder = tmp_path / "brand"
    folder.mkdir(exist_ok=True)
    (folder / "logo.svg").write_text(logo)
    (folder / "brand.toml").write_text(
        'name = "Rhwydwaith <b>Digidol</b>"\nlogo = "logo.svg"\n[colours]\nmain = "#5a1e6e"\naccent = "#c2410c"\n'
    )
    return config.read(
        {
            "SOUNDINGS_DATA": str(settings.data),
            "DATABASE_URL": settings.database_url,
            "SOUNDINGS_BRAND": str(folder),
        }
    )


def test_pages_wear_the_name_the_colours_and_the_logo(web_settings, web_database, tmp_path):
    client = create_app(branded(web_settings, tmp_path), database=web_database).test_client()
    page = client.get("/").text
    assert "Rhwydwaith &lt;b&gt;Digidol&lt;/b&gt;" in page
    assert '<meta name="theme-color" content="#5a1e6e">' in page
    (style,) = re.findall(r'<link rel="stylesheet" href="(/static/brand/[^"]+)">', page)
    (logo,) = re.findall(r'<img class="app-header__logo" src="(/static/brand/[^"]+)" alt=""', page)
    with client.get(style) as sheet:
        assert sheet.text == ":root{--app-brand:#5a1e6e;--app-accent:#c2410c}\n"
        assert sheet.headers["Content-Type"].startswith("text/css")
        assert "immutable" in sheet.headers["Cache-Control"]
    with client.get(logo) as picture:
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(picture.data)).size == (1200, 400)  # 90 by 30, as wide and high as its box
        assert b"alert" not in picture.data


def test_a_second_start_writes_the_same_files(web_settings, web_database, tmp_path):
    settings = branded(web_settings, tmp_path)
    for _ in range(2):
        create_app(settings, database=web_database)
    names = sorted(path.name for path in (settings.data / "brand").iterdir())
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in names] == ["brand.css", "logo.png"]


def test_a_logo_that_cannot_be_drawn_stops_the_start(web_settings, web_database, tmp_path):
    settings = branded(web_settings, tmp_path, "<svg")
    with pytest.raises(SettingFault, match="SOUNDINGS_BRAND: logo: cannot be read as PNG or SVG"):
        create_app(settings, database=web_database)


def test_without_a_brand_pages_keep_their_own_look(browser):
    page = browser.get("/").text
    assert "/static/brand/" not in page
    assert '<meta name="theme-color" content="#0b3c52">' in page
