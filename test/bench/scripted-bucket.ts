import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const PAGE = 1_000;
const PIECE = 1024 * 1024;
const XML = '<?xml version="1.0" encoding="UTF-8"?>';

/**
 * A bucket as S3's documents say, of objects that are made as they are read: lists in pages of a thousand, bytes, copies and
 * deletions. It believes every signature; a storage that checks them is in test/peers.
 */
export async function startBucket() {
  const objects = new Map<string, number>();
  const asked: Record<string, number> = {};
  const server = createServer((request, response) => {
    const { method = "GET", headers } = request;
    const url = new URL(request.url ?? "/", "http://bucket");
    const key = decodeURIComponent(url.pathname).replace(/^\/bench\/?/, "");
    const what = key === "" ? "LIST" : headers["x-amz-copy-source"] === undefined ? method : "COPY";
    asked[what] = (asked[what] ?? 0) + 1;
    request.resume();
    if (what === "LIST") return list(url.searchParams, response);
    if (what === "COPY") return copy(key, request, response);
    if (method === "DELETE") {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    const size = objects.get(key);
    if (size === undefined) return void response.writeHead(404).end(`${XML}<Error><Code>NoSuchKey</Code></Error>`);
    response.writeHead(200, { etag: `"${size}"`, "content-length": size, "content-type": "audio/wav" });
    if (method === "HEAD") return void response.end();
    void send(response, size);
  });

  function list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const page = keys.slice(0, PAGE);
    const entries = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-08-20T14:00:00.000Z</LastModified><ETag>&quot;${objects.get(key)}&quot;</ETag><Size>${objects.get(key)}</Size></Contents>`,
    );
    const isCut = page.length < keys.length;
    const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    response.end(
      `${XML}<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`,
    );
  }

  function copy(key: string, { headers }: IncomingMessage, response: ServerResponse): void {
    const from = decodeURIComponent(String(headers["x-amz-copy-source"])).replace(/^\/bench\//, "");
    objects.set(key, objects.get(from) ?? 0);
    response.end(`${XML}<CopyObjectResult><ETag>"${objects.get(from)}"</ETag></CopyObjectResult>`);
  }

  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (key: string, size: number) => void objects.set(key, size),
    keys: () => [...objects.keys()],
    /** What was asked for since the last time, by kind. */
    asked: () => {
      const seen = { ...asked };
      for (const name of Object.keys(asked)) delete asked[name];
      return seen;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A WAV of 8 kHz with 16 bits, mono, so many bytes long: silence that takes no memory of ours. */
async function send(response: ServerResponse, size: number): Promise<void> {
  const piece = Buffer.alloc(Math.min(size, PIECE));
  const head = Buffer.from(piece);
  head.write("RIFF", 0);
  head.writeUInt32LE(size - 8, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(size - 44, 40);
  for (let sent = 0; sent < size && !response.destroyed; sent += PIECE) {
    const whole = sent === 0 ? head : piece;
    const bytes = whole.subarray(0, Math.min(PIECE, size - sent));
    if (!response.write(bytes)) await room(response);
  }
  response.end();
}

/** Resolves once more may be written, or nobody reads any more. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
