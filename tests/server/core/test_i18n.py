"""Languages of browsers and of organizers' texts."""

import pytest

from server.core.i18n import Text, negotiate, pick

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "ja"),
        ("en-US,en;q=0.9", "en"),
        ("fr,en;q=0.5,ja;q=0.7", "ja"),
        ("de", "ja"),
        ("en;q=nonsense,ja;q=0.1", "ja"),
    ],
)
def test_negotiate(header: str, expected: str) -> None:
    assert negotiate(header) == expected


def test_pick_falls_back_with_the_right_language() -> None:
    assert pick({"ja": "屋根", "en": "Roof"}, "en") == Text("Roof", "en")
    assert pick({"ja": "屋根", "en": ""}, "en") == Text("屋根", "ja")
    assert pick({"en": "Roof"}, "ja") == Text("Roof", "en")
    assert pick({}, "ja") == Text("", "ja")
