import { createServer, type AddressInfo } from "node:net";
import { Response, type Request } from "miniflare";
import { IPV4, IPV6 } from "./private-hosts.ts";

/** A name of the subscriber's, taken for public: its requests are answered here. */
export const PUBLIC_HOST = "hooks.example.com";

/** Names that lead to each private address, as a name would that was pointed elsewhere after it was checked. */
export const MOVED_NAMES = [...IPV4, ...IPV6].map((_, index) => `n${index}.moved.example.com`);

export const redirectTo = (target: string) => `https://${PUBLIC_HOST}/to/${encodeURIComponent(target)}`;

/**
 * Everything outside, as the deployment sees it: one public host, a name service, and nothing else that may be asked.
 */
export type Internet = {
  answer(request: Request): Response;
  /** What was asked of anybody else, and how often this machine was connected to. */
  escaped(): string[];
  redirects(): number;
  port: number;
  close(): void;
};

export async function openInternet(): Promise<Internet> {
  const escaped: string[] = [];
  let redirects = 0;
  const trap = createServer((socket) => {
    escaped.push("a connection to this machine");
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, "0.0.0.0", resolve));
  const { port } = trap.address() as AddressInfo;
  return {
    port,
    escaped: () => escaped,
    redirects: () => redirects,
    close: () => void trap.close(),
    answer(request) {
      const { hostname, pathname, searchParams } = new URL(request.url);
      if (hostname === "cloudflare-dns.com") return dnsAnswer(searchParams.get("name") ?? "", searchParams.get("type"));
      if (hostname !== PUBLIC_HOST) {
        escaped.push(`${request.method} ${request.url}`);
        return new Response("caught");
      }
      if (!pathname.startsWith("/to/")) return new Response("ok");
      redirects += 1;
      return new Response(null, { status: 307, headers: { location: decodeURIComponent(pathname.slice(4)) } });
    },
  };
}

function dnsAnswer(name: string, type: string | null): Response {
  const moved = MOVED_NAMES.indexOf(name);
  const address = moved < 0 ? "93.184.215.14" : ([...IPV4, ...IPV6][moved] ?? "");
  const is = address.includes(":") ? { name: "AAAA", number: 28 } : { name: "A", number: 1 };
  const records = type === is.name ? [{ name, type: is.number, TTL: 60, data: address }] : [];
  return Response.json({ Status: 0, Answer: records });
}
