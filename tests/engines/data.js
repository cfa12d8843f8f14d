// Data channels of a contract page: packets, text and byte streams, and calls to each other.
const TOPIC = "contract";

/** Letters that do not compress much, the same for the same length. */
function letters(length) {
  const alphabet = "abcdefghijklmnopqrstuvwxyzあいうえおかきくけこ0123456789";
  let state = 1;
  let text = "";
  while (text.length < length) {
    state = (state * 1103515245 + 12345) % 2147483648;
    text += alphabet[(state >> 16) % alphabet.length];
  }
  return text;
}

const bytesOf = (length) => new TextEncoder().encode(letters(length)).slice(0, length);

const same = (one, other) =>
  one.length === other.length && one.every((value, index) => value === other[index]);

/** Note in `seen.data` what comes, and answer calls. */
export function listenToData(room, seen) {
  seen.data = [];
  room.on("dataReceived", (payload, participant, kind, topic) => {
    const text = new TextDecoder().decode(payload);
    seen.data.push([participant?.identity ?? "", kind, topic ?? "", text]);
  });
  room.registerTextStreamHandler(TOPIC, async (reader, from) => {
    const text = await reader.readAll();
    seen.data.push([from.identity, "text", text.length, text === letters(text.length)]);
  });
  room.registerByteStreamHandler(TOPIC, async (reader, from) => {
    const bytes = new Uint8Array(await new Blob(await reader.readAll()).arrayBuffer());
    seen.data.push([from.identity, "bytes", bytes.length, same(bytes, bytesOf(bytes.length))]);
  });
  room.registerRpcMethod("shout", async ({ callerIdentity, payload }) => {
    if (payload === "") throw new Error("nothing to shout");
    return `${callerIdentity}: ${payload.toUpperCase()}`;
  });
}

/** What a test may tell a page to say. */
export const dataCalls = (room) => ({
  publishData: (text, options) =>
    room().localParticipant.publishData(new TextEncoder().encode(text), options),
  sendText: (length, identities) =>
    room()
      .localParticipant.sendText(letters(length), {
        topic: TOPIC,
        destinationIdentities: identities,
      })
      .then(() => undefined),
  sendBytes: async (length, identities) => {
    const writer = await room().localParticipant.streamBytes({
      topic: TOPIC,
      destinationIdentities: identities,
    });
    await writer.write(bytesOf(length));
    await writer.close();
  },
  call: async (identity, payload) => {
    try {
      return await room().localParticipant.performRpc({
        destinationIdentity: identity,
        method: "shout",
        payload,
      });
    } catch (error) {
      return `error ${error.code}`;
    }
  },
});
