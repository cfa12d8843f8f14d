"""CSV: Japanese comes back intact, and no cell runs as a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.sheet import csv_response, csv_text

pytestmark = pytest.mark.pure

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def test_a_file_has_bom_crlf_and_its_name() -> None:
    response = csv_response("出席 1.csv", ["名前", "分"], [["早瀬 彩", 45], ['「"」,\n', 0]])
    assert (
        bytes(response.body) == ("\ufeff名前,分\r\n早瀬 彩,45\r\n" + '"「""」,\n",0\r\n').encode()
    )
    assert response.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E5%87%BA%E5%B8%AD%201.csv"
    )
    assert response.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("start", DANGEROUS)
def test_what_runs_as_a_formula_is_made_harmless(start: str) -> None:
    body = csv_text([f"{start}a"], [[f"{start}1+1"]])
    rows = list(csv.reader(io.StringIO(body, newline="")))
    assert rows == [[f"'{start}a"], [f"'{start}1+1"]]


def test_numbers_stay_numbers() -> None:
    assert csv_text(["a"], [[-1.5], [7]]) == "a\r\n-1.5\r\n7\r\n"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2, max_size=2
        )
    )
)
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    body = csv_text(["a", "b"], rows)
    _, *read = csv.reader(io.StringIO(body, newline=""))
    assert all(not cell.startswith(DANGEROUS) for row in read for cell in row)
    back = [
        [
            cell[1:] if cell[:1] == "'" and cell[1:2] in DANGEROUS and cell[1:] else cell
            for cell in row
        ]
        for row in read
    ]
    expected = [
        [
            cell[1:] if cell[:1] == "'" and cell[1:2] in DANGEROUS and cell[1:] else cell
            for cell in row
        ]
        for row in rows
    ]
    assert back == expected
