"""The media engine as the application sees it: join tokens, room service, webhooks.

Any server of LiveKit's protocol will do; ours is the default. Only `livekit-api` speaks to it.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import aiohttp
from livekit import api
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import ListParticipantsRequest, RoomParticipantIdentity
from livekit.protocol.webhook import WebhookEvent
from starlette.requests import HTTPConnection

from server.core.config import Settings
from server.core.errors import DomainError
from server.events.roles import MediaGrants

JOIN_TOKEN_LASTS: Final = timedelta(seconds=120)
CALL_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
EPOCH: Final = "epoch"


class ForgedWebhook(DomainError):
    """The call was not signed by our media engine."""

    code = "forged_webhook"


@dataclass(frozen=True, slots=True)
class MediaEngine:
    """A media engine by its addresses, key and secret."""

    browser_url: str  # ws(s)://… for people
    service_url: str  # http(s)://… for us
    key: str
    secret: str
    own_certificate: Path | None = None  # trusted where we have made it ourselves

    def join_token(
        self,
        *,
        room: UUID,
        identity: UUID,
        name: str,
        grants: MediaGrants,
        epoch: int,
        lasts: timedelta = JOIN_TOKEN_LASTS,
    ) -> str:
        """A token with which one page may join one room, for 120 seconds if not said otherwise.

        The person cannot change the epoch that it carries.
        """
        permissions = api.VideoGrants(
            room_join=True,
            room=str(room),
            can_publish=grants.publish,
            can_subscribe=grants.subscribe,
            can_publish_data=False,  # chat and everything else goes by the live channel
            can_update_own_metadata=False,
        )
        token = (
            api.AccessToken(self.key, self.secret)
            .with_identity(str(identity))
            .with_name(name)
            .with_attributes({EPOCH: str(epoch)})
            .with_ttl(lasts)
            .with_grants(permissions)
        )
        return token.to_jwt()

    async def remove(self, *, room: UUID | str, identity: UUID | str) -> bool:
        """Take a person out of a room; False when nobody of that identity was there.

        Raises:
            aiohttp.ClientError: the engine does not answer.
        """
        async with self._service() as service:
            try:
                await service.room.remove_participant(
                    RoomParticipantIdentity(room=str(room), identity=str(identity))
                )
            except api.TwirpError as error:
                if error.code == api.TwirpErrorCode.NOT_FOUND:
                    return False
                raise
        return True

    async def participants(self, *, rooms: Collection[UUID]) -> list[ParticipantInfo]:
        """Who is connected to the rooms at the engine; nobody in a room that is not open.

        Raises:
            aiohttp.ClientError, TimeoutError: the engine does not answer.
            api.TwirpError: it cannot say.
        """
        async with self._service() as service:
            found = await asyncio.gather(*(_participants(service, room) for room in rooms))
        return [participant for people in found for participant in people]

    def webhook(self, body: bytes, headers: Mapping[str, str]) -> WebhookEvent:
        """The event of a webhook call.

        Raises:
            ForgedWebhook: the signature, its age or the digest of the body is wrong.
        """
        receiver = api.WebhookReceiver(api.TokenVerifier(self.key, self.secret))
        try:
            return receiver.receive(body.decode(), headers.get("authorization", ""))
        except Exception as error:  # the library raises bare Exception, and others' errors
            raise ForgedWebhook from error

    @asynccontextmanager
    async def _service(self) -> AsyncIterator[api.LiveKitAPI]:
        trust = ssl.create_default_context()
        if self.own_certificate:
            trust.load_verify_locations(self.own_certificate)
        connector = aiohttp.TCPConnector(ssl=trust)
        async with aiohttp.ClientSession(timeout=CALL_TIMEOUT, connector=connector) as session:
            yield api.LiveKitAPI(self.service_url, self.key, self.secret, session=session)


async def _participants(service: api.LiveKitAPI, room: UUID) -> Iterable[ParticipantInfo]:
    try:
        answer = await service.room.list_participants(ListParticipantsRequest(room=str(room)))
    except api.TwirpError as error:
        if error.code == api.TwirpErrorCode.NOT_FOUND:
            return ()
        raise
    return answer.participants


def engine_of(settings: Settings) -> MediaEngine:
    """The engine that the settings name: our own process, or any LiveKit server."""
    return MediaEngine(
        browser_url=settings.media_browser_url,
        service_url=settings.media_service_url,
        key=settings.livekit_api_key,
        secret=settings.livekit_api_secret,
        own_certificate=settings.tls_certificate if settings.own_media else None,
    )


def media_engine(connection: HTTPConnection) -> MediaEngine:
    """The media engine of the application that answers this request."""
    engine = connection.app.state.media
    assert isinstance(engine, MediaEngine)
    return engine
