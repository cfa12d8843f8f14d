"""The sections of a light client, and the offers that name them."""

import random
from collections.abc import Sequence
from itertools import groupby

from livekit.protocol import rtc

from . import sdp
from .link import Link
from .publisher import Publication
from .trace import Trace

KINDS: tuple[sdp.Kind, ...] = ("audio", "video")


def publications_of(
    trace: Trace, *, identity: str, seed: random.Random, sound_only: bool = False
) -> list[Publication]:
    """A microphone, and a camera in the layers of the trace: a section each."""
    return [
        Publication(trace, kind, mid=str(n), cid=f"{kind}-{identity}", seed=seed, rid=rid)
        for n, kind in enumerate(KINDS[:1] if sound_only else KINDS)
        for rid in (trace.rids if kind == "video" and trace.rids else ("",))
    ]


class Offers:
    """Sections to publish in, then a growing number of those to receive in.

    Args:
        wide: name as many codecs as a browser does.
    """

    def __init__(
        self, link: Link, publications: Sequence[Publication], *, wide: bool = False
    ) -> None:
        self._link, self._wide = link, wide
        self._count = 0
        layers = [list(same) for _, same in groupby(publications, key=lambda p: p.mid)]
        self._sections = [sdp.Section(p[0].mid, p[0].kind, _track(p), wide) for p in layers]
        self.add(audios=1, videos=1)

    def add(self, *, audios: int, videos: int) -> None:
        """Be ready to receive this many tracks more."""
        for kind, times in zip(KINDS, (audios, videos), strict=True):
            for _ in range(times):
                mid = str(len(self._sections))
                self._sections.append(sdp.Section(mid, kind, wide=self._wide))

    def next(self) -> rtc.SessionDescription:
        """The next offer, of everything."""
        self._count += 1
        text = self._link.offer(self._sections, version=self._count)
        return rtc.SessionDescription(type="offer", sdp=text, id=self._count)


def _track(layers: Sequence[Publication]) -> sdp.OutgoingTrack:
    first = layers[0]
    rids = tuple(p.rid for p in layers if p.rid)
    return sdp.OutgoingTrack(first.cid, first.ssrc, first.rtx_ssrc, rids)
