import { createReadStream } from "node:fs";
import { Readable } from "node:stream";

const TUS = { "Tus-Resumable": "1.0.0" };

/** An upload that Trunkline refuses for good: to repeat it would change nothing. */
export class RefusedUpload extends Error {}

/**
 * Brings a recording to Trunkline by tus (docs/use/upload-recordings.md). `known`: where an earlier try was put, so that a
 * crash leads to no second call; `remember` is told of a new place before anything is sent there.
 */
export async function upload({ trunkline, apiKey }, recording, fields, { known, remember, fetch = globalThis.fetch }) {
  const headers = { ...TUS, "X-API-Key": apiKey };
  let place = known;
  let offset = 0;
  if (place !== undefined) {
    const answer = await fetch(place, { method: "HEAD", headers });
    if (answer.status === 404 || answer.status === 410) place = undefined;
    else if (!answer.ok) throw failureOf(answer, "asking for an upload");
    else offset = Number(answer.headers.get("Upload-Offset"));
  }
  if (place === undefined) {
    offset = 0;
    const metadata = Object.entries({ filename: recording.name, ...fields })
      .filter(([, value]) => value !== "")
      .map(([name, value]) => `${name} ${Buffer.from(String(value)).toString("base64")}`)
      .join(",");
    const answer = await fetch(`${trunkline}/v1/uploads/tus`, {
      method: "POST",
      headers: { ...headers, "Upload-Length": String(recording.size), "Upload-Metadata": metadata },
    });
    if (answer.status !== 201) throw failureOf(answer, "beginning an upload", await answer.text());
    place = new URL(answer.headers.get("Location") ?? "", `${trunkline}/`).href;
    // The key goes to nobody else, whatever the answer says.
    if (new URL(place).origin !== new URL(trunkline).origin)
      throw new Error("Trunkline named another place to upload to");
    await remember(place);
  }
  if (offset >= recording.size) return;
  const answer = await fetch(place, {
    method: "PATCH",
    headers: { ...headers, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
    body: Readable.toWeb(createReadStream(recording.path, { start: offset, end: recording.size - 1 })),
    duplex: "half",
  });
  if (answer.status !== 204) throw failureOf(answer, "uploading", await answer.text());
}

function failureOf({ status }, doing, text = "") {
  const message = `Trunkline answered ${status} at ${doing} ${text.slice(0, 200)}`.trim();
  // 401 to 403 are the key's, 429 and 5xx pass: only what is said of this recording is final.
  return [400, 413, 415, 422].includes(status) ? new RefusedUpload(message) : new Error(message);
}
