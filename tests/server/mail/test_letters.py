"""How mails look: what mail programs can show, in both languages, with nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest

from server.core.i18n import LOCALES, Locale
from server.mail.rules import address_in
from tests.support.letters import DESK, event, letters, written
from tests.support.letters import NAMES as NAMES_OF

pytestmark = pytest.mark.pure

NAMES = sorted(letters("ja"))
# What no mail program can be trusted with, or would have to be fetched.
FOREIGN = {"img", "svg", "script", "link", "form", "button", "iframe", "picture", "object"}


class _Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins (the name is the library's)."""
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_a_letter_has_one_button_and_its_link_in_plain_and_needs_no_picture(
    name: str, locale: Locale
) -> None:
    letter = letters(locale)[name]
    rendered = written(letter, locale)
    found = tags(rendered.html)
    assert {tag for tag, _ in found} & FOREIGN == set()
    assert "url(" not in rendered.html
    link = letter.context["link"]
    to_link = [attrs for tag, attrs in found if tag == "a" and attrs["href"] == link]
    assert [str(attrs.get("class")) for attrs in to_link] == ["go", "plain"]
    assert f">{link}</a>" in rendered.html
    assert link in rendered.text
    assert "<" not in rendered.text
    assert "\n\n\n\n" not in rendered.text


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_a_letter_carries_its_looks_on_its_tags_and_those_of_the_dark_beside(
    name: str, locale: Locale
) -> None:
    html = written(letters(locale)[name], locale).html
    (kept,) = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    assert "@media (prefers-color-scheme: dark)" in kept
    assert f'<html lang="{locale}"' in html
    styled = {str(attrs["class"]) for _, attrs in tags(html) if "class" in attrs}
    bare = {str(a["class"]) for _, a in tags(html) if "class" in a and not a.get("style")}
    assert {"sheet", "go", "button", "foot"} <= styled - bare
    assert 'width="640"' in html


def test_a_name_is_shown_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES_OF, "ja", "森 & <木>")
    html = written(letters("ja")["registration-seated"], "ja").html
    heading = re.sub("<wbr>|</?h1[^>]*>", "", re.findall(r"<h1.*?</h1>", html)[0])
    assert heading == "森 &amp; &lt;木&gt;さんの席をご用意しました"


def test_a_moved_time_is_shown_alone() -> None:
    html = written(letters("ja")["session-moved"], "ja").html
    assert re.findall(r"\d{1,2}:\d{2}", html.split("</h1>")[1])[:2] == ["12:00", "13:30"]
    assert "<s>" not in html
    assert "<del" not in html


def test_a_letter_says_whether_it_can_be_answered() -> None:
    answered = written(letters("ja")["registration-seated"], "ja")
    alone = written(letters("ja")["registration-two-days"], "ja")
    assert (answered.reply_to, alone.reply_to) == (DESK, "")
    sentence = "このメールには返信できます"
    assert sentence in answered.html
    assert sentence in answered.text
    assert sentence not in alone.html + alone.text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (event().contact["ja"], DESK),
        ("係へ（forum@tsunagi.example）まで。", "forum@tsunagi.example"),
        ("ｆｏｒｕｍ＠ｔｓｕｎａｇｉ．ｅｘａｍｐｌｅ", "forum@tsunagi.example"),
        ("mail forum@tsunagi.example.", "forum@tsunagi.example"),
        ("電話 000-0000-0000", ""),
        ("a..b@tsunagi.example", "b@tsunagi.example"),
        ("x@localhost", ""),
        ("", ""),
    ],
)
def test_the_address_in_what_organizers_wrote(text: str, address: str) -> None:
    assert address_in(text) == address
