"""A published track as signalling knows it: what is told about it, and its media side."""

from livekit.protocol import models, rtc

from realtime.media.publication import Publication

MAX_NAME = 256
MAX_LAYERS = 4
MAX_FEATURES = 8
MAX_PIXELS = 0x7FFF
_SCREEN = (models.TrackSource.SCREEN_SHARE, models.TrackSource.SCREEN_SHARE_AUDIO)


class Track:
    """One track of one participant; `info` is what everybody is told.

    `cid` is the client's name for it in signalling, `sdp_cid` the one in its description.
    `told_quality` is the highest layer that the publisher was asked to send.
    """

    def __init__(self, info: models.TrackInfo, cid: str, publication: Publication) -> None:
        self.info = info
        self.cid = cid
        self.sdp_cid = ""
        self.publication = publication
        self.published = False
        self.told_quality: int | None = None

    @property
    def sid(self) -> str:
        return self.info.sid

    @property
    def kind(self) -> str:
        return self.publication.kind

    @property
    def dtx(self) -> bool:
        """Whether an audio track may leave out silence."""
        no_dtx = models.AudioTrackFeature.TF_NO_DTX in self.info.audio_features
        return self.kind == "audio" and not self.info.disable_dtx and not no_dtx

    @property
    def preferred_mime(self) -> str:
        return self.info.codecs[0].mime_type if self.info.codecs else ""

    def heights(self) -> dict[int, int]:
        """Quality → height in pixels, as the publisher announced its layers."""
        return {int(layer.quality): layer.height for layer in self.info.layers if layer.height}


def info_from(request: rtc.AddTrackRequest, sid: str) -> models.TrackInfo:
    """What is told about a track that a client wants to add."""
    info = models.TrackInfo(
        sid=sid,
        type=request.type,
        name=request.name[:MAX_NAME],
        muted=request.muted,
        width=min(request.width, MAX_PIXELS),
        height=min(request.height, MAX_PIXELS),
        simulcast=len(request.layers) > 1,
        disable_dtx=request.disable_dtx,
        source=request.source,
        layers=list(request.layers)[:MAX_LAYERS],
        disable_red=True,
        encryption=request.encryption,
        stream=request.stream[:MAX_NAME] or _stream_of(request.source),
        audio_features=list(request.audio_features)[:MAX_FEATURES],
    )
    info.codecs.append(_codec_info(request))
    info.mime_type = info.codecs[0].mime_type
    return info


def _codec_info(request: rtc.AddTrackRequest) -> models.SimulcastCodecInfo:
    """The one codec that is taken; a client's backup codec is not."""
    video = request.type == models.TrackType.VIDEO
    wanted = request.simulcast_codecs[0].codec if request.simulcast_codecs else ""
    name = (wanted or ("vp8" if video else "opus"))[:32].rpartition("/")[2]
    return models.SimulcastCodecInfo(
        mime_type=f"{'video' if video else 'audio'}/{name}",
        cid=request.cid,
        layers=list(request.layers)[:MAX_LAYERS],
    )


def _stream_of(source: models.TrackSource) -> str:
    """Camera and microphone play in step, and so do a screen and its sound."""
    return "screen_share" if source in _SCREEN else "camera"
