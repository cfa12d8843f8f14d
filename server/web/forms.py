"""Untrusted form input → typed values, or errors beside their fields."""

from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request

from server.core import i18n
from server.core.i18n import N_, Locale
from server.web import csrf
from server.web.visitor import visitor

MAX_FIELDS: Final = 100

# pydantic's error types → our sentences; `{…}` are the details pydantic gives.
_TEXTS: Final[dict[str, str]] = {
    "missing": N_("ここを記入してください。"),
    "string_too_short": N_("{min_length}文字以上で記入してください。"),
    "string_too_long": N_("{max_length}文字までで記入してください。"),
    "mail_address": N_("メールアドレスの形になっていません。「@」の前後をお確かめください。"),
    "string_pattern_mismatch": N_("使えない文字が入っています。"),
    "enum": N_("一覧の中から選んでください。"),
    "uuid_parsing": N_("一覧の中から選んでください。"),
    "int_parsing": N_("数字を記入してください。"),
    "greater_than_equal": N_("{ge}以上の数を記入してください。"),
    "less_than_equal": N_("{le}までの数を記入してください。"),
    "warnings": N_("「5:00, 1:00, 0:10」のように、60:00までを5つまで記入してください。"),
    "day": N_("日付を「2027-02-13」のように記入してください。"),
    "clock": N_("時刻を「14:05」のように記入してください。"),
    "ends_first": N_("終わりを、始まりより後にしてください。"),
}
_OTHERWISE: Final = N_("この内容では受けとれませんでした。もう一度お確かめください。")

Values = TypeVar("Values", bound="Form")


class Form(BaseModel):
    """The typed values of a form."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


@dataclass(frozen=True)
class Bound(Generic[Values]):
    """What came in: values, or errors by field, and the raw text to show again."""

    values: Values | None
    errors: dict[str, str] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)


async def bind(request: Request, form: type[Values]) -> Bound[Values]:
    """Read and check the form of a request.

    Raises:
        FormExpired: the form's token is not this browser's.
    """
    raw = await texts(request)
    try:
        return Bound(
            form.model_validate({name: text for name, text in raw.items() if text}), {}, raw
        )
    except ValidationError as error:
        return Bound(None, _errors(error, visitor(request).locale), raw)


async def texts(request: Request, *, most: int = MAX_FIELDS) -> dict[str, str]:
    """The fields of a form as they were typed, at most so many.

    Raises:
        FormExpired: the form's token is not this browser's.
    """
    async with request.form(max_files=0, max_fields=most) as data:
        csrf.check(request, data.get(csrf.FIELD))
        return _texts(data)


def _texts(data: FormData) -> dict[str, str]:
    return {name: value for name, value in data.items() if isinstance(value, str)}


def _errors(error: ValidationError, locale: Locale) -> dict[str, str]:
    return {str(each["loc"][0]): _sentence(each, locale) for each in reversed(error.errors())}


def _sentence(error: Any, locale: Locale) -> str:
    text = i18n.catalog(locale).gettext(_TEXTS.get(error["type"], _OTHERWISE))
    return text.format(**error.get("ctx", {}))
