"""Organizers' Markdown: Japanese emphasis, links, and nothing that runs."""

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from server.web.markdown import html, may_lead
from server.web.templates import Templates

pytestmark = pytest.mark.pure


class Seen(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def inline(source: str) -> str:
    """The HTML of a single paragraph."""
    written = html(source).strip()
    assert written.startswith("<p>")
    assert written.endswith("</p>")
    return str(written[3:-4])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("これは**「強調」**です", "これは<strong>「強調」</strong>です"),
        (
            "当日は**13時から（開場12時30分）**始まります。",
            "当日は<strong>13時から（開場12時30分）</strong>始まります。",
        ),
        (
            "**受付は15時まで。**遅れる方はお電話を。",
            "<strong>受付は15時まで。</strong>遅れる方はお電話を。",
        ),
        (
            "テーマは**『関わりしろ』**と**「二地域居住」**。",
            "テーマは<strong>『関わりしろ』</strong>と<strong>「二地域居住」</strong>。",
        ),
        ("合言葉は*“帰る”*です", "合言葉は<em>“帰る”</em>です"),
        ('合言葉は**"帰る"**です', "合言葉は<strong>&quot;帰る&quot;</strong>です"),
        ("参加費は**100%**町の負担です", "参加費は<strong>100%</strong>町の負担です"),
        ("**参加無料！**どなたでも", "<strong>参加無料！</strong>どなたでも"),
        ("**ふるさと**の輪", "<strong>ふるさと</strong>の輪"),
        ("葛\U000e0100**「城」**市", "葛\U000e0100<strong>「城」</strong>市"),
        ("これは***とても***大事", "これは<em><strong>とても</strong></em>大事"),
        ("한국어**(강조)**입니다", "한국어<strong>(강조)</strong>입니다"),
    ],
)
def test_emphasis_in_japanese_sentences(source: str, expected: str) -> None:
    assert inline(source).replace('"', "&quot;") == expected


def test_emphasis_of_commonmark_alone_fails_in_japanese() -> None:
    assert "<strong>" not in MarkdownIt("commonmark").render("これは**「強調」**です")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a **bold** word", "a <strong>bold</strong> word"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ('a**"b"**c', 'a**"b"**c'),  # as CommonMark has it between Latin letters
        ("_so_ (_so_)", "<em>so</em> (<em>so</em>)"),
        ("**閉じない", "**閉じない"),
        ("** 空白 **", "** 空白 **"),
        (r"\*\*そのまま\*\*", "**そのまま**"),
    ],
)
def test_emphasis_elsewhere_is_as_commonmark_has_it(source: str, expected: str) -> None:
    assert inline(source) == expected


def test_links_lead_out_and_carry_no_recommendation() -> None:
    assert inline("[町のページ](https://town.example/a)へ") == (
        '<a href="https://town.example/a" rel="nofollow">町のページ</a>へ'
    )
    assert inline("<desk@town.example>") == (
        '<a href="mailto:desk@town.example" rel="nofollow">desk@town.example</a>'
    )


def test_an_address_written_out_ends_where_japanese_goes_on() -> None:
    link = '<a href="https://town.example/a?b=1" rel="nofollow">https://town.example/a?b=1</a>'
    written = inline("くわしくはhttps://town.example/a?b=1。（https://town.example/a?b=1）")
    assert written.replace("&amp;", "&") == f"くわしくは{link}。（{link}）"
    assert inline("(https://town.example/x).") == (
        '(<a href="https://town.example/x" rel="nofollow">https://town.example/x</a>).'
    )


def test_headings_begin_below_the_page_s_own() -> None:
    assert html("# 持ちもの\n\n## 服装\n\n##### 細則\n") == (
        "<h3>持ちもの</h3>\n<h4>服装</h4>\n<h5>細則</h5>\n"
    )
    assert html("### 細則\n\n# 次\n") == "<h3>細則</h3>\n<h3>次</h3>\n"


def test_lists_and_hard_breaks() -> None:
    assert html("- 帽子\n- 飲みもの\n") == "<ul>\n<li>帽子</li>\n<li>飲みもの</li>\n</ul>\n"
    assert html("3. 三つめ\n4. 四つめ\n") == (
        '<ol start="3">\n<li>三つめ</li>\n<li>四つめ</li>\n</ol>\n'
    )
    assert inline("一行め\n二行め") == "一行め<br>\n二行め"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        "![絵](https://elsewhere.example/track.png)",
        "[押す](javascript:alert(1))",
        "[押す](JaVaScRiPt:alert(1))",
        "[押す](data:text/html;base64,PHNjcmlwdD4=)",
        "[押す](&#106;avascript:alert(1))",
        "[押す](/logout)",
        "[押す](//elsewhere.example)",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "<javascript:alert(1)>",
        '[x](https://x.example "onmouseover=alert(1)")',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_runs_and_no_picture_is_fetched(source: str) -> None:
    seen = Seen()
    seen.feed(html(source))
    assert {tag for tag, _ in seen.tags} <= {"p", "a"}
    assert {name for _, facts in seen.tags for name in facts} <= {"href", "rel"}
    assert all(may_lead(facts["href"]) for tag, facts in seen.tags if tag == "a")


def test_a_picture_becomes_a_link_so_that_its_words_are_not_lost() -> None:
    assert inline("![地図](https://town.example/map.png)") == (
        '!<a href="https://town.example/map.png" rel="nofollow">地図</a>'
    )


def test_without_the_walls_the_same_sources_would_run() -> None:
    open_house = MarkdownIt("commonmark", {"html": True})
    assert "<script>" in open_house.render("<script>alert(1)</script>")
    assert "onerror" in open_house.render('<img src="x" onerror="alert(1)">')
    assert "<img" in open_house.render("![絵](https://elsewhere.example/track.png)")
    open_house.validateLink = lambda url: True  # type: ignore[method-assign]
    assert 'href="javascript:' in open_house.render("[押す](javascript:alert(1))")


def test_markdown_as_filter_marks_another_language() -> None:
    pages = Templates(static_base="/static", development=True)
    template = "{{ texts|markdown }}"
    environment = pages._environments["en"]
    written = environment.from_string(template).render(texts={"ja": "**強調**"})
    assert written == '<div lang="ja"><p><strong>強調</strong></p>\n</div>'
    same = environment.from_string(template).render(texts={"ja": "日", "en": "day"})
    assert same == "<p>day</p>\n"
    assert environment.from_string(template).render(texts={}) == ""
