import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that takes uploads as tus 1.0.0 says, and breaks off where that is asked for. */
export async function startTus() {
  const uploads: { metadata: Record<string, string>; length: number; bytes: Buffer }[] = [];
  let cutAfter: number | undefined;
  let status: number | undefined;
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const [, id] = /\/v1\/uploads\/tus\/(\d+)$/.exec(request.url ?? "") ?? [];
    if (request.headers["x-api-key"] !== "tk_key") return response.writeHead(401).end();
    if (request.method === "POST") {
      if (status !== undefined) return response.writeHead(status).end("refused");
      const metadata = Object.fromEntries(
        String(request.headers["upload-metadata"])
          .split(",")
          .map((pair) => pair.split(" "))
          .map(([name = "", value = ""]) => [name, Buffer.from(value, "base64").toString()]),
      );
      uploads.push({ metadata, length: Number(request.headers["upload-length"]), bytes: Buffer.alloc(0) });
      return response.writeHead(201, { location: `/v1/uploads/tus/${uploads.length - 1}` }).end();
    }
    const one = uploads[Number(id)];
    if (!one) return response.writeHead(404).end();
    if (request.method === "HEAD")
      return response.writeHead(200, { "upload-offset": one.bytes.length, "upload-length": one.length }).end();
    assert.equal(Number(request.headers["upload-offset"]), one.bytes.length);
    await taken(request, one);
    if (one.bytes.length < one.length) return response.destroy();
    return response.writeHead(204, { "upload-offset": one.bytes.length }).end();
  }
  async function taken(request: IncomingMessage, one: { bytes: Buffer }): Promise<void> {
    for await (const chunk of request) {
      const room = cutAfter === undefined ? (chunk as Buffer).length : Math.max(cutAfter - one.bytes.length, 0);
      one.bytes = Buffer.concat([one.bytes, (chunk as Buffer).subarray(0, room)]);
      if (cutAfter !== undefined && one.bytes.length >= cutAfter) break;
    }
  }
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uploads,
    cut: (bytes: number | undefined) => void (cutAfter = bytes),
    answers: (given: number | undefined) => void (status = given),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
