"""Saying no to a client's request: `RequestResponse` with a reason, words and what was asked."""

from __future__ import annotations

from livekit.protocol import rtc

Reason = rtc.RequestResponse.Reason

# Larger requests are not sent back: who asks for much and reads nothing must not fill memory.
MAX_ECHO = 2048

# Kind of request → the field of the response that repeats it.
_ECHOES = {
    "add_track": "add_track",
    "mute": "mute",
    "update_metadata": "update_metadata",
    "update_audio_track": "update_audio_track",
    "update_video_track": "update_video_track",
    "publish_data_track_request": "publish_data_track",
    "unpublish_data_track_request": "unpublish_data_track",
}


class Refusal(Exception):
    """A request that is not done. `reason` is the protocol's, the text is for people."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason

    def response_to(self, request: rtc.SignalRequest) -> rtc.SignalResponse:
        """What the client is told: its number where it gave one, and its request if small."""
        kind = request.WhichOneof("message") or ""
        asked = getattr(request, kind)
        response = rtc.RequestResponse(
            request_id=getattr(asked, "request_id", 0), reason=self.reason, message=str(self)
        )
        if kind in _ECHOES and asked.ByteSize() <= MAX_ECHO:
            getattr(response, _ECHOES[kind]).CopyFrom(asked)
        return rtc.SignalResponse(request_response=response)
