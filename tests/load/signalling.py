"""LiveKit's signalling as a client speaks it: `/rtc/v1`, single peer connection."""

import base64
import contextlib
import gzip
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from livekit.protocol import models, rtc
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from .publisher import Publication
from .trace import RIDS

# Protocol number that single-peer-connection clients announce (livekit-client 2.23).
PROTOCOL = 17
LARGEST = 1 << 22
CLOSE_WITHIN = 2.0


class Refused(Exception):
    """The server refused or ended the signalling connection, or misused it."""


@dataclass
class Signalling:
    """An open signalling connection."""

    socket: ClientConnection

    @classmethod
    async def open(
        cls,
        url: str,
        token: str,
        offer: rtc.SessionDescription | None,
        tracks: Sequence[rtc.AddTrackRequest] = (),
    ) -> "Signalling":
        """Join with the offer, as `livekit-client` does, and the tracks to publish.

        Raises:
            Refused: the handshake was answered with anything but a WebSocket.
        """
        query = urlencode({"access_token": token, "join_request": join_request(offer, tracks)})
        address = f"{url.replace('http', 'ws', 1).rstrip('/')}/rtc/v1?{query}"
        try:
            socket = await connect(
                address, max_size=LARGEST, compression=None, proxy=None, close_timeout=CLOSE_WITHIN
            )
        except WebSocketException as error:
            raise Refused(str(error)) from error
        return cls(socket)

    async def send(self, request: rtc.SignalRequest) -> None:
        """Send one request.

        Raises:
            Refused: the connection is closed.
        """
        try:
            await self.socket.send(request.SerializeToString())
        except ConnectionClosed as error:
            raise Refused(str(error)) from error

    @property
    def unsent(self) -> int:
        """Bytes that wait until the server reads."""
        return self.socket.transport.get_write_buffer_size()

    async def offer(self, description: rtc.SessionDescription) -> None:
        """Offer anew; the answer comes among the responses."""
        await self.send(rtc.SignalRequest(offer=description))

    async def ping(self, *, wall_ms: int) -> None:
        """Keep the connection alive; `wall_ms` in milliseconds since 1970."""
        await self.send(rtc.SignalRequest(ping_req=rtc.Ping(timestamp=wall_ms)))

    async def leave(self) -> None:
        """Say that we leave."""
        with contextlib.suppress(Refused):
            await self.send(rtc.SignalRequest(leave=rtc.LeaveRequest()))

    async def close(self) -> None:
        """Close; a busy server takes its time to answer."""
        await self.socket.close()

    async def responses(self) -> AsyncIterator[rtc.SignalResponse]:
        """Everything the server says until it closes."""
        with contextlib.suppress(ConnectionClosed):
            async for frame in self.socket:
                if isinstance(frame, bytes):
                    yield rtc.SignalResponse.FromString(frame)


def join_request(
    offer: rtc.SessionDescription | None, tracks: Sequence[rtc.AddTrackRequest]
) -> str:
    """The `join_request` query parameter: base64url of a wrapped JoinRequest, packed as browsers
    do: servers bound the length of a URL."""
    request = rtc.JoinRequest(
        client_info=models.ClientInfo(
            sdk=models.ClientInfo.SDK.JS, version="2.23.0", protocol=PROTOCOL, os="linux"
        ),
        connection_settings=rtc.ConnectionSettings(auto_subscribe=True),
        add_track_requests=tracks,
        publisher_offer=offer,
    )
    wrapped = rtc.WrappedJoinRequest(
        compression=rtc.WrappedJoinRequest.Compression.GZIP,
        join_request=gzip.compress(request.SerializeToString(), mtime=0),
    )
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()


def track_requests(publications: Sequence[Publication]) -> list[rtc.AddTrackRequest]:
    """What announces a microphone without redundancy, and a camera with its layers."""
    tracks = [list(same) for _, same in groupby(publications, key=lambda p: p.cid)]
    return [_camera(layers) if layers[0].kind == "video" else _sound(layers) for layers in tracks]


def _sound(layers: Sequence[Publication]) -> rtc.AddTrackRequest:
    return rtc.AddTrackRequest(
        cid=layers[0].cid,
        type=models.TrackType.AUDIO,
        source=models.TrackSource.MICROPHONE,
        disable_red=True,
    )


def _camera(layers: Sequence[Publication]) -> rtc.AddTrackRequest:
    width, height = layers[-1].size
    return rtc.AddTrackRequest(
        cid=layers[0].cid,
        type=models.TrackType.VIDEO,
        source=models.TrackSource.CAMERA,
        width=width,
        height=height,
        layers=[
            models.VideoLayer(quality=quality_of(p.rid), width=p.size[0], height=p.size[1])
            for p in layers
        ],
    )


def quality_of(rid: str) -> models.VideoQuality:
    """LiveKit's number of a layer; a picture without layers is of the highest quality."""
    numbers = (models.VideoQuality.LOW, models.VideoQuality.MEDIUM, models.VideoQuality.HIGH)
    return numbers[RIDS.index(rid)] if rid else models.VideoQuality.HIGH


def layer_wish(track: models.TrackInfo, rid: str) -> rtc.SignalRequest:
    """Ask for a layer of a track by quality and by its size, as a page with tiles does."""
    quality = quality_of(rid)
    layer = next((each for each in track.layers if each.quality == quality), models.VideoLayer())
    wish = rtc.UpdateTrackSettings(
        track_sids=[track.sid], quality=quality, width=layer.width, height=layer.height
    )
    return rtc.SignalRequest(track_setting=wish)


def unwatched(update: rtc.SubscribedQualityUpdate) -> set[models.VideoQuality]:
    """The layers that nobody watches (dynacast)."""
    codecs = [each.qualities for each in update.subscribed_codecs]
    return {
        each.quality for each in (codecs or [update.subscribed_qualities])[0] if not each.enabled
    }
