import { connect } from "cloudflare:sockets";
import { within } from "../deadline";
import { SECOND } from "../time";

/** What a plain connection finds: nothing, a plain HTTP server, or another server. */
export type Reach = "unreachable" | "http" | "other";

export type Probe = (url: URL) => Promise<Reach>;

const PATIENCE = SECOND;

/**
 * Connects to the URL's host and port without TLS and sends `HEAD /`. An answer of 400 is not plain HTTP: https servers
 * answer it to plain requests. Never throws.
 */
export async function probeBySocket(url: URL): Promise<Reach> {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  let socket: Socket;
  try {
    socket = connect({ hostname: url.hostname, port }, { secureTransport: "off", allowHalfOpen: false });
  } catch {
    return "unreachable";
  }
  socket.closed.catch(() => undefined);
  try {
    const opened = await within(PATIENCE, socket.opened);
    if (opened.expired) return "unreachable";
  } catch {
    return "unreachable";
  }
  try {
    const asked = within(PATIENCE, ask(socket, url.host));
    const answered = await asked;
    return !answered.expired && /^HTTP\/\d\.\d (?!400)/.test(answered.value) ? "http" : "other";
  } catch {
    return "other";
  } finally {
    socket.close().catch(() => undefined);
  }
}

async function ask(socket: Socket, host: string): Promise<string> {
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
  const reader: ReadableStreamDefaultReader<Uint8Array> = socket.readable.getReader();
  const { done, value } = await reader.read();
  return done ? "" : new TextDecoder().decode(value);
}
