// A page that does what the contract tests tell it, and counts what it sees.
import { Room, RoomEvent, Track, createLocalTracks, setLogLevel } from "/livekit-client.esm.mjs";
import { dataCalls, listenToData } from "/data.js";
import { pictureCalls } from "/picture.js";

setLogLevel("warn");
const seen = {
  sockets: 0,
  connections: 0,
  reconnecting: 0,
  resuming: 0,
  reconnected: 0,
  disconnected: [],
  speakers: [],
  events: [],
};

// Every attempt opens a WebSocket, so a failed first attempt that the client repairs is seen.
const PlainWebSocket = window.WebSocket;
let signalling;
window.WebSocket = class extends PlainWebSocket {
  constructor(url, protocols) {
    super(url, protocols);
    if (!String(url).includes("/rtc")) return;
    seen.sockets += 1;
    signalling = this;
  }
};

const PlainConnection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends PlainConnection {
  constructor(...options) {
    super(...options);
    seen.connections += 1;
  }
};

let room;

async function join(url, token, options = {}) {
  room = new Room({ adaptiveStream: false, dynacast: false, ...options });
  room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
    const element = track.attach();
    element.dataset.identity = participant.identity;
    element.dataset.source = publication.source;
    document.body.append(element);
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((each) => each.remove()));
  room.on(RoomEvent.Reconnecting, () => (seen.reconnecting += 1));
  room.on(RoomEvent.SignalReconnecting, () => (seen.resuming += 1));
  room.on(RoomEvent.Reconnected, () => (seen.reconnected += 1));
  room.on(RoomEvent.Disconnected, (reason) => seen.disconnected.push(reason));
  room.on(RoomEvent.ActiveSpeakersChanged, (speakers) => {
    for (const speaker of speakers) seen.speakers.push(speaker.identity);
  });
  const people = ["ParticipantConnected", "ParticipantDisconnected"];
  for (const name of ["TrackMuted", "TrackUnmuted", "TrackUnpublished", ...people]) {
    room.on(RoomEvent[name], (first, second) => {
      const who = people.includes(name) ? first : second;
      seen.events.push(`${name}:${who?.identity ?? ""}:${first?.source ?? ""}`);
    });
  }
  listenToData(room, seen);
  await room.connect(url, token, { maxRetries: 0 });
}

async function publish({ video = true, audio = true, simulcast = true } = {}) {
  const tracks = await createLocalTracks({
    audio,
    video: video ? { resolution: { width: 640, height: 360, frameRate: 15 } } : false,
  });
  for (const track of tracks) await room.localParticipant.publishTrack(track, { simulcast });
}

/** Per remote participant: decoded frames, bytes and audio energy, from WebRTC's own statistics. */
async function received() {
  const people = {};
  for (const participant of room.remoteParticipants.values()) {
    const sums = { frames: 0, energy: 0, video: 0, audio: 0, height: 0 };
    for (const publication of participant.trackPublications.values()) {
      const report = await publication.track?.getRTCStatsReport();
      for (const stat of report?.values() ?? []) {
        if (stat.type !== "inbound-rtp") continue;
        sums[stat.kind] += stat.bytesReceived ?? 0;
        sums.frames += stat.framesDecoded ?? 0;
        sums.energy += stat.totalAudioEnergy ?? 0;
        sums.height = Math.max(sums.height, stat.frameHeight ?? 0);
      }
    }
    people[participant.identity] = sums;
  }
  return people;
}

window.contract = {
  ...dataCalls(() => room),
  ...pictureCalls(() => room),
  seen,
  join,
  publish,
  received,
  leave: () => room.disconnect(),
  state: () => room.state,
  sid: () => room.localParticipant.sid,
  loseSignalling: () => signalling.close(4000),
  simulate: (scenario) => room.simulateScenario(scenario),
  isMuted: (identity) => {
    const participant = room.remoteParticipants.get(identity);
    return participant?.getTrackPublication(Track.Source.Microphone)?.isMuted ?? null;
  },
  people: () => [...room.remoteParticipants.keys()],
  setMicrophone: (on) => room.localParticipant.setMicrophoneEnabled(on).then(() => undefined),
  shareScreen: (on) => room.localParticipant.setScreenShareEnabled(on).then(() => undefined),
  unpublishCamera: async () => {
    const camera = room.localParticipant.getTrackPublication(Track.Source.Camera);
    await room.localParticipant.unpublishTrack(camera.track);
  },
  tryPublish: async (options) => {
    try {
      await publish(options);
      return "published";
    } catch (error) {
      return String(error.message ?? error);
    }
  },
  setQuality: (identity, quality) => {
    const publication = room.remoteParticipants
      .get(identity)
      .getTrackPublication(Track.Source.Camera);
    publication.setVideoQuality(quality);
  },
  sent: async () => {
    const camera = room.localParticipant.getTrackPublication(Track.Source.Camera);
    const report = await camera.track.getRTCStatsReport();
    return [...report.values()]
      .filter((stat) => stat.type === "outbound-rtp")
      .map((stat) => ({ rid: stat.rid, frames: stat.framesSent, height: stat.frameHeight ?? 0 }));
  },
  attributes: (identity) => room.remoteParticipants.get(identity)?.attributes ?? null,
};
