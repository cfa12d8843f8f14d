"""A CSV file as LibreOffice understands it, the program that opens it at many an office."""

import asyncio
import csv
import io
from pathlib import Path

CEILING_SECONDS = 120


async def opened(file: Path) -> list[list[str]]:
    """Open a CSV file as a double click does, and give back what its cells show.

    UTF-8 by its mark, comma, every cell of the kind that the program finds for it: what it would
    run as a formula shows its result here.
    """
    folder = file.parent / "opened"
    process = await asyncio.create_subprocess_exec(
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{file.parent}/office",
        "--infilter=CSV:44,34,76,1,,0,false,true,false",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
        "--outdir",
        str(folder),
        str(file),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), CEILING_SECONDS)
    shown = folder / file.name
    assert shown.exists(), said.decode()
    return list(csv.reader(io.StringIO(shown.read_text("utf-8-sig"))))
