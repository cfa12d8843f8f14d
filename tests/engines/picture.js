// Layers, codecs and tiles of a contract page: what is sent and received, in which form.
import { Track, createLocalTracks } from "/livekit-client.esm.mjs";

const camera = (participant) => participant.getTrackPublication(Track.Source.Camera);

async function statistics(track, kind) {
  const report = (await track?.getRTCStatsReport()) ?? new Map();
  return [...report.values()]
    .filter((stat) => stat.type === kind)
    .map((stat) => ({ ...stat, codec: report.get(stat.codecId)?.mimeType ?? "" }));
}

export const pictureCalls = (room) => ({
  /** A camera and a microphone with options of `publishTrack`; three layers from 960 pixels on. */
  publishAs: async ({ picture = true, width = 1280, height = 720, ...options } = {}) => {
    const video = picture && { resolution: { width, height, frameRate: 15 } };
    for (const track of await createLocalTracks({ audio: true, video })) {
      await room().localParticipant.publishTrack(track, options);
    }
  },
  /** Show somebody's picture in a tile of this size, in CSS pixels; none hides it. */
  showIn: (identity, width, height) => {
    const tile = document.querySelector(`video[data-identity="${identity}"]`);
    tile.style.width = `${width}px`;
    tile.style.height = `${height}px`;
    tile.style.display = width ? "block" : "none";
  },
  /** How somebody's picture and sound arrive. */
  arrives: async (identity) => {
    const participant = room().remoteParticipants.get(identity);
    const [picture] = await statistics(camera(participant)?.track, "inbound-rtp");
    const microphone = participant?.getTrackPublication(Track.Source.Microphone);
    const [sound] = await statistics(microphone?.track, "inbound-rtp");
    return {
      height: picture?.frameHeight ?? 0,
      frames: picture?.framesDecoded ?? 0,
      keyFrames: picture?.keyFramesDecoded ?? 0,
      dropped: picture?.framesDropped ?? 0,
      freezes: picture?.freezeCount ?? 0,
      asked: picture?.pliCount ?? 0,
      lost: picture?.packetsLost ?? 0,
      repaired: picture?.retransmittedPacketsReceived ?? 0,
      codec: picture?.codec ?? "",
      soundPackets: sound?.packetsReceived ?? 0,
      soundBytes: sound?.bytesReceived ?? 0,
      energy: sound?.totalAudioEnergy ?? 0,
    };
  },
  /** Layers of the own camera by rid. */
  layers: async () => {
    const stats = await statistics(camera(room().localParticipant)?.track, "outbound-rtp");
    return Object.fromEntries(
      stats.map((stat) => [
        stat.rid ?? "",
        { active: stat.active, frames: stat.framesSent, height: stat.frameHeight ?? 0 },
      ]),
    );
  },
  sendsCodec: (mime) =>
    RTCRtpSender.getCapabilities("video").codecs.some((codec) => codec.mimeType === mime),
});
