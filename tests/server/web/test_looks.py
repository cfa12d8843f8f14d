"""What templates write: icons, phrases, and the light that a person chose."""

import re

import pytest

from server.app import create_app
from server.core.config import Settings
from server.web import assets
from server.web.icons import icon
from server.web.phrases import phrased
from tests.support.web import Site


def test_icon_is_hidden_from_readers_and_takes_the_colour_of_the_text() -> None:
    drawn = icon("check", 18)
    assert drawn.startswith('<svg class="icon" width="18" height="18"')
    assert 'aria-hidden="true"' in drawn
    assert 'stroke="currentColor"' in drawn
    assert "<path" in drawn


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_phrases_are_found_and_the_text_stays_safe() -> None:
    assert (
        phrased("この部屋は、ここにはありません") == "この<wbr>部屋は、<wbr>ここには<wbr>ありません"
    )
    assert "<b>" not in phrased("<b>席</b>をととのえています")


async def test_the_style_sheet_comes_as_one_with_all_it_imports(site: Site) -> None:
    folder = assets.folder("static") / "css"
    imported = re.findall(r'@import url\("(.+)"\);', (folder / "app.css").read_text("utf-8"))
    async with site.browser() as browser:
        answer = await browser.get(f"/static/{assets.build()}/css/app.css")
        other = await browser.client.options(f"/static/{assets.build()}/css/app.css")
    assert other.status_code == 405
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert "@import" not in answer.text
    texts = [(folder / name).read_text("utf-8") for name in imported]
    assert len(texts) > 30
    places = [answer.text.index(text) for text in texts]
    assert places == sorted(places)


async def test_headings_break_by_phrase_in_japanese_only(site: Site) -> None:
    async with site.browser() as browser:
        japanese = (await browser.get("/nowhere", headers={"accept-language": "ja"})).text
        english = (await browser.get("/nowhere", headers={"accept-language": "en"})).text
    assert "<wbr>" in japanese
    assert "<wbr>" not in english


@pytest.mark.parametrize("theme", ["dark", "light", "auto"])
async def test_a_chosen_light_comes_with_the_page_itself(site: Site, theme: str) -> None:
    async with site.browser() as browser:
        assert 'data-theme="auto"' in (await browser.get("/")).text
        await browser.submit("/", "/preferences", theme=theme, next="/")
        shown = (await browser.get("/")).text
    assert f'data-theme="{theme}"' in shown
    assert f'value="{theme}" aria-describedby="themes" aria-pressed="true"' in shown


def test_the_component_page_is_for_development_only(settings: Settings) -> None:
    paths = {
        environment: {
            getattr(route, "path", "")
            for route in create_app(settings.model_copy(update={"environment": environment})).routes
        }
        for environment in ("development", "production")
    }
    assert paths["development"] - paths["production"] == {"/styleguide"}
