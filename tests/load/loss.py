"""One viewer's line loses packets while three talk: what that viewer and the others notice.

    python -m tests.load.loss --seconds 20

Packets to and from one of three people vanish by chance, 1 %, 5 % and 10 % of them. Printed are
that viewer's freezes of pictures and gaps of sound as its browser counts them; another viewer
beside it must lose less than one packet in a thousand. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.load.far import Meeting, meeting

SHARES: Final = (0.01, 0.05, 0.10)
OTHERS_LOSS: Final = 0.001

# Sums over everything that a page receives; durations in seconds, sound in samples.
_NOTICED: Final = """
async () => {
  const names = ["framesDecoded", "freezeCount", "totalFreezesDuration", "packetsLost",
    "packetsReceived", "nackCount", "pliCount", "concealmentEvents", "concealedSamples",
    "silentConcealedSamples", "totalSamplesReceived"];
  const sums = Object.fromEntries(names.map((name) => [name, 0]));
  for (const connection of window.connections) {
    if (connection.connectionState === "closed") continue;
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== "inbound-rtp") continue;
      for (const name of names) sums[name] += entry[name] ?? 0;
    }
  }
  return sums;
}
"""


async def endure(people: Meeting, share: float, *, seconds: float) -> dict[str, Any]:
    """Let far lose this share of its packets for a while; what it and the witness noticed."""
    people.line.lose(share)
    others, before = await people.witness_packets(), await _noticed(people)
    await asyncio.sleep(seconds)
    after, others_after = await _noticed(people), await people.witness_packets()
    people.line.lose_nothing()
    grown = {name: after[name] - before[name] for name in after}
    audible = grown["concealedSamples"] - grown["silentConcealedSamples"]
    return {
        "frames": grown["framesDecoded"],
        "freezes": grown["freezeCount"],
        "frozen_seconds": round(grown["totalFreezesDuration"], 2),
        "sound_gaps": grown["concealmentEvents"],
        "sound_gap_share": round(audible / max(1, grown["totalSamplesReceived"]), 4),
        "packets_lost": grown["packetsLost"],
        "packets_received": grown["packetsReceived"],
        "asked_again": grown["nackCount"],
        "key_frames_asked": grown["pliCount"],
        "others_loss": round(others_after.since(others), 5),
    }


async def _noticed(people: Meeting) -> dict[str, float]:
    noticed: dict[str, float] = await people.far.page.evaluate(_NOTICED)
    return noticed


async def drill(seconds: float) -> dict[str, Any]:
    """Every share, one after another, on an installation of its own."""
    figures: dict[str, Any] = {"drill": "loss", "seconds": seconds}
    with tempfile.TemporaryDirectory(prefix="yoriai-loss-") as folder:
        async with meeting(Path(folder)) as people:
            await people.flows()
            for share in (0.0, *SHARES):
                name = f"{share:.0%}"
                figures[name] = await endure(people, share, seconds=seconds)
                print(name, figures[name], flush=True)
    losses = [figures[f"{share:.0%}"]["others_loss"] for share in SHARES]
    return {**figures, "passed": max(losses) < OTHERS_LOSS}


def main() -> None:
    """Run the drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    figures = asyncio.run(drill(parser.parse_args().seconds))
    print(json.dumps(figures))
    sys.exit(0 if figures["passed"] else 1)


if __name__ == "__main__":
    main()
