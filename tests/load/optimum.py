"""Drill: the best plan against brute force, rules, order and explanations, on many random tasks.

    python -m tests.load.optimum

The property tests of matching with their full counts: 200 tasks against brute force, 1,000 for the
rules, 200 for the order of the input, for each explanation applied, and for each repair.
"""

import json
import os
import sys
import time
from typing import Final

import pytest

FILES: Final = (
    "tests/server/mentoring/test_matching.py",
    "tests/server/mentoring/test_repairs.py",
)


def main() -> None:
    """Run them; exit with 1 when one failed."""
    os.environ["EXAMPLES"] = "full"
    began = time.process_time()
    code = pytest.main(["-q", "-p", "no:cacheprovider", *FILES])
    passed = code is pytest.ExitCode.OK
    seconds = round(time.process_time() - began, 1)
    print(json.dumps({"passed": passed, "cpu_seconds": seconds}))
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
