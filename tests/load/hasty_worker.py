"""`yoriai worker` whose pauses between tries are short, so that a small run need not wait them out.

`python -m tests.load.hasty_worker worker`. What a dead worker had claimed is free after 3 s in
place of 60 s; a refused mail is tried again after 1 s in place of 5 s. Nothing else differs.
"""

from datetime import timedelta

from server import cli
from server.mail import rules

if __name__ == "__main__":
    rules.CLAIM_LASTS = timedelta(seconds=3)  # type: ignore[misc]
    rules.FIRST_PAUSE = timedelta(seconds=1)  # type: ignore[misc]
    cli.main()
