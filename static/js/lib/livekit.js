/** livekit-client as it came from its package, under the names this application uses. */

/** @type {typeof import("livekit-client")} */
const livekit = await import(
  new URL("../../vendor/livekit-client/livekit-client.esm.mjs", import.meta.url).href
);

export const {
  ConnectionQuality,
  ConnectionState,
  LocalVideoTrack,
  Room,
  RoomEvent,
  ScreenSharePresets,
  Track,
  VideoPresets,
  createLocalTracks,
  setLogLevel,
} = livekit;
