"""Pages from templates: one Jinja environment per language, escaped, strict about names.

Plain texts, which end with `.txt`, are not HTML and so not escaped.
"""

from collections.abc import Hashable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket, BytecodeCache
from markupsafe import Markup, escape

from server.core import i18n
from server.core.i18n import LOCALES, Locale
from server.web import assets, markdown
from server.web.circle import circle, small_circle
from server.web.icons import icon
from server.web.phrases import phrased
from server.web.plan import seat_places


class _Compiled(BytecodeCache):
    """Templates compiled once in a process, not once for each language."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


class Templates:
    """Renders templates in the reader's language."""

    def __init__(self, *, static_base: str, **shared: Hashable) -> None:
        self._environments = {
            locale: _environment(locale, static_base=static_base, **shared) for locale in LOCALES
        }

    def render(self, name: str, locale: Locale, context: Mapping[str, Any]) -> str:
        """The text of a template.

        Raises:
            jinja2.UndefinedError: the template uses a name that `context` does not give.
        """
        return self._environments[locale].get_template(name).render(context)


@cache  # web and worker may live in one process
def _environment(locale: Locale, **shared: Hashable) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(assets.folder("templates")),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    catalog = i18n.catalog(locale)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # from the extension
        catalog.gettext, catalog.ngettext, newstyle=True, pgettext=catalog.pgettext
    )
    environment.globals.update(
        shared,
        locale=locale,
        icon=icon,
        seat_places=seat_places,
        circle=circle,
        small_circle=small_circle,
    )
    environment.filters.update(_filters(locale))
    return environment


def _filters(locale: Locale) -> dict[str, Any]:
    def phrases(text: str) -> Markup:
        """A heading that breaks between phrases, where a browser cannot find them itself."""
        text = text.unescape() if isinstance(text, Markup) else text  # what `_` has escaped
        return phrased(text) if locale == "ja" else escape(text)

    def text(texts: Mapping[str, str]) -> Markup:
        """An organizer's text, marked with its language where it is not the page's."""
        found = i18n.pick(texts, locale)
        if found.lang == locale:
            return escape(found.body)
        return Markup('<span lang="{}">{}</span>').format(found.lang, found.body)

    def plain(texts: Mapping[str, str]) -> str:
        """An organizer's text without marks, for attributes and titles."""
        return i18n.pick(texts, locale).body

    def formatted(texts: Mapping[str, str]) -> Markup:
        """An organizer's Markdown, marked with its language where it is not the page's."""
        found = i18n.pick(texts, locale)
        written = markdown.html(found.body)
        if found.lang == locale:
            return written
        return Markup('<div lang="{}">{}</div>').format(found.lang, written)

    def clock(moment: datetime, zone: str) -> str:
        """Hours and minutes in a zone."""
        return format_time(moment, "H:mm", tzinfo=ZoneInfo(zone), locale=locale)

    def day(moment: datetime, zone: str, pattern: str = "") -> str:
        """The date in a zone: 2027年2月13日(土), or by a CLDR pattern."""
        standard = "y年M月d日(E)" if locale == "ja" else "EEE d MMM y"
        local = moment.astimezone(ZoneInfo(zone))
        return format_date(local.date(), pattern or standard, locale=locale)

    def zone_name(zone: str) -> str:
        """The zone in words: 日本時間, Japan Time."""
        return get_timezone_name(
            ZoneInfo(zone), width="long", zone_variant="generic", locale=locale
        )

    return {
        "text": text,
        "plain": plain,
        "markdown": formatted,
        "clock": clock,
        "day": day,
        "zone_name": zone_name,
        "phrases": phrases,
    }
