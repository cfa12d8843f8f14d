"""Where a Japanese heading may break, for browsers that cannot find its phrases themselves."""

from functools import cache

import budoux
from markupsafe import Markup


def phrased(text: str) -> Markup:
    """The text with `<wbr>` between its phrases, escaped."""
    return Markup("<wbr>").join(_parser().parse(text))


@cache
def _parser() -> budoux.Parser:
    return budoux.load_default_japanese_parser()
