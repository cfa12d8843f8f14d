"""Tables to take away: CSV that spreadsheet programs in Japan open, and that runs no formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

_RUNS_AS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file to download (RFC 4180): UTF-8 with BOM, CRLF.

    A text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay.

    Args:
        name: of the file, with its ending; it may hold any letters (RFC 6266 §4.3).
    """
    return Response(
        csv_text(header, rows).encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Cache-Control": "no-store",
        },
    )


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The table as CSV, without BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in header])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_RUNS_AS_FORMULA):
        return f"'{cell}"
    return cell
