"""A published track as signalling knows it: what is told about it, and its media side."""

from collections.abc import Iterable

from livekit.protocol import models, rtc

from realtime.media.layers import HIGH, LOW, MEDIUM
from realtime.media.publication import Publication
from realtime.media.sdp import Section
from realtime.media.subscription import Subscription
from realtime.signal.dynacast import Demand

MAX_NAME = 256
MAX_LAYERS = 4
MAX_FEATURES = 8
MAX_RID = 16
MAX_PIXELS = 0x7FFF
_VIDEO_CODECS = ("vp8", "h264")

# Heights of the lower layers where a client names none.
_USUAL_HEIGHTS = {LOW: 180, MEDIUM: 360}
_SCREEN = (models.TrackSource.SCREEN_SHARE, models.TrackSource.SCREEN_SHARE_AUDIO)


class Track:
    """One track of one participant; `info` is what everybody is told.

    `cid` is the client's name for it in signalling, `sdp_cid` the one in its description.
    `watchers` are those who get it or soon will, `demand` what its publisher was asked to send.
    `due_since` is since when something should come of it (seconds, monotonic), None while nothing
    should; `paused` says that nothing does. `muted_from_afar`: its client was told to mute it and
    has not confirmed.
    """

    def __init__(self, info: models.TrackInfo, cid: str, publication: Publication) -> None:
        self.info = info
        self.cid = cid
        self.sdp_cid = ""
        self.publication = publication
        self.published = False
        self.watchers: set[Subscription] = set()
        self.demand = Demand()
        self.due_since: float | None = None
        self.paused = self.muted_from_afar = False

    def bind(self, section: Section) -> None:
        """Take the section in which the client sends this track."""
        self.sdp_cid = section.track_id
        self.info.mid = section.mid
        self.publication.bind(section)

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

    @property
    def red(self) -> bool:
        """Whether sound may come with its past beside it (RFC 2198)."""
        return not self.info.disable_red

    def heights(self) -> dict[int, int]:
        """Quality → height in pixels, as the publisher announced its layers."""
        told = {int(layer.quality): layer.height for layer in self.info.layers if layer.height}
        return told or {**_USUAL_HEIGHTS, HIGH: self.info.height}

    def resize(self, width: int, height: int) -> None:
        """The picture has another size: a phone was turned, a window changed."""
        self.info.width = min(width, MAX_PIXELS)
        self.info.height = min(height, MAX_PIXELS)

    def announce_layers(self, layers: Iterable[models.VideoLayer]) -> None:
        """The layers have other sizes."""
        del self.info.layers[:]
        self.info.layers.extend(_layers(layers))

    def announce_features(self, features: Iterable[models.AudioTrackFeature]) -> None:
        """The sound is processed in another way."""
        del self.info.audio_features[:]
        self.info.audio_features.extend(sorted(set(features))[:MAX_FEATURES])
        self.info.disable_dtx = models.AudioTrackFeature.TF_NO_DTX in self.info.audio_features
        self.info.stereo = models.AudioTrackFeature.TF_STEREO in self.info.audio_features


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
        layers=_layers(request.layers),
        disable_red=request.disable_red,
        stereo=request.stereo,
        encryption=request.encryption,
        stream=request.stream[:MAX_NAME] or _stream_of(request.source),
        audio_features=list(request.audio_features)[:MAX_FEATURES],
    )
    info.codecs.append(_codec_info(request))
    info.mime_type = info.codecs[0].mime_type
    return info


def _codec_info(request: rtc.AddTrackRequest) -> models.SimulcastCodecInfo:
    """The one codec that is taken; a client's backup codec is not, nor one that does not pass.

    A client that is told of another codec than it asked for falls back to that.
    """
    video = request.type == models.TrackType.VIDEO
    wanted = request.simulcast_codecs[0].codec if request.simulcast_codecs else ""
    name = wanted[:32].rpartition("/")[2].lower()
    if video and name not in _VIDEO_CODECS:
        name = _VIDEO_CODECS[0]
    elif not video:
        name = "opus"
    return models.SimulcastCodecInfo(
        mime_type=f"{'video' if video else 'audio'}/{name}",
        cid=request.cid,
        layers=_layers(request.layers),
    )


def _layers(told: Iterable[models.VideoLayer]) -> list[models.VideoLayer]:
    """What is passed on of the layers that a client names."""
    return [
        models.VideoLayer(
            quality=layer.quality,
            width=min(layer.width, MAX_PIXELS),
            height=min(layer.height, MAX_PIXELS),
            bitrate=layer.bitrate,
            spatial_layer=layer.spatial_layer,
            rid=layer.rid[:MAX_RID],
        )
        for layer in list(told)[:MAX_LAYERS]
    ]


def _stream_of(source: models.TrackSource) -> str:
    """Camera and microphone play in step, and so do a screen and its sound."""
    return "screen_share" if source in _SCREEN else "camera"
