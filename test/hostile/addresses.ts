import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { request, textAt } from "../../scripts/api-client.ts";
import { migrate, startServer } from "../bench/server.ts";
import { inParallel, type Harness } from "./harness.ts";

/** Private, loopback, link-local, shared and documentation addresses; clouds' metadata among them. */
const IPV4 = [
  "127.0.0.53",
  "10.0.0.138",
  "172.20.10.1",
  "192.168.1.254",
  "169.254.170.2",
  "198.19.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "10.0.0.1",
  "10.255.255.255",
  "172.16.0.1",
  "172.31.255.254",
  "192.168.0.1",
  "192.168.255.255",
  "169.254.169.254",
  "169.254.0.1",
  "100.64.0.1",
  "100.127.255.254",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
];
const IPV6 = [
  "::",
  "::1",
  "0:0:0:0:0:0:0:1",
  "fe80::1",
  "febf::1",
  "fc00::1",
  "fdff::1",
  "ff02::1",
  "fec0::1",
  "2001:db8::1",
  "100::1",
];
const NAMES = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "localhost.localdomain",
  "ip6-localhost",
  "broadcasthost",
  "router.local",
  "printer.internal",
  "metadata.google.internal",
  "metadata",
  "intranet",
  "db",
  "host.docker.internal",
  "nas.home.arpa",
  "x.lan",
  "x.corp",
  "trunkline.test",
];

/** Each address in every spelling that a URL parser takes for it. */
export function spellings(): string[] {
  const hosts = new Set<string>(NAMES);
  for (const address of IPV4) {
    const parts = address.split(".").map(Number) as [number, number, number, number];
    const [a, b, c, d] = parts;
    const number = ((a * 256 + b) * 256 + c) * 256 + d;
    const hex = (value: number) => `0x${value.toString(16)}`;
    const octal = (value: number) => `0${value.toString(8)}`;
    const group = (high: number, low: number) => (high * 256 + low).toString(16);
    const [high, low] = [group(a, b), group(c, d)];
    for (const host of [
      address,
      `${address}.`,
      String(number),
      hex(number),
      octal(number),
      parts.map(hex).join("."),
      parts.map(octal).join("."),
      `${a}.${(b * 256 + c) * 256 + d}`,
      `${a}.${b}.${c * 256 + d}`,
      `${hex(a)}.${b}.${octal(c)}.${d}`,
      Array.from(address)
        .map((letter) => `%${letter.charCodeAt(0).toString(16)}`)
        .join(""),
      Array.from(address)
        .map((letter) => (letter === "." ? "。" : String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)))
        .join(""),
      `[::ffff:${address}]`,
      `[::ffff:${high}:${low}]`,
      `[0:0:0:0:0:ffff:${address}]`,
      `[::${address}]`,
      `[64:ff9b::${address}]`,
      `[2002:${high}:${low}::]`,
      `[::ffff:0:${address}]`,
      `[64:ff9b:1::${address}]`,
    ])
      hosts.add(host);
  }
  for (const address of IPV6) for (const host of [`[${address}]`, `[${address.toUpperCase()}]`]) hosts.add(host);
  return [...hosts];
}

/**
 * On a deployment that allows no private address: each spelling as an endpoint, saved and changed; behind the back of
 * the check, tested and delivered to; and as a recording. A trap listens on this machine: nobody may ever connect.
 */
export const addresses: Harness = {
  name: "addresses",
  async run({ long }) {
    const trap = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    let connections = 0;
    await new Promise<void>((resolve) => trap.listen(0, "0.0.0.0", resolve));
    const { port } = trap.address() as AddressInfo;
    const server = await startServer({
      config: "wrangler.toml",
      quiet: true,
      vars: { PUBLIC_URL: "https://trunkline.test", ALLOW_PRIVATE_ADDRESSES: "false" },
    });
    try {
      await migrate(server);
      const { url } = server;
      const made = await request(url, "/admin/organizations", {
        method: "POST",
        token: server.secrets.adminToken,
        body: { name: "A" },
      });
      const key = textAt(made.body, ["api_key", "key"]);
      const post = (path: string, body: object, method = "POST") => request(url, path, { method, token: key, body });
      const number = (await post("/v1/campaigns", { name: "C" })).body as { number: number };
      const endpoint = textAt(
        (await post("/v1/endpoints", { url: "https://hooks.example.com/", events: ["*"] })).body,
        ["id"],
      );
      const db = await server.miniflare.getD1Database("DB");
      const faults: string[] = [];
      const hosts = spellings();
      let uses = 0;
      function expectRefusal(what: string, status: number): void {
        uses += 1;
        if (status < 400 || status >= 500) faults.push(`${what}: ${status}`);
      }
      await inParallel(hosts, 8, async (host) => {
        for (const target of [`https://${host}:${port}/`, `http://${host}:${port}/`]) {
          expectRefusal(`save ${target}`, (await post("/v1/endpoints", { url: target, events: ["*"] })).status);
          expectRefusal(
            `change to ${target}`,
            (await post(`/v1/endpoints/${endpoint}`, { url: target }, "PATCH")).status,
          );
        }
      });
      // Past the check at saving, as a name would be that pointed elsewhere that day.
      for (const host of long ? hosts : hosts.filter((_, index) => index % 8 === 0)) {
        await db
          .prepare("UPDATE endpoints SET url = ?, version = version + 1 WHERE id = ?")
          .bind(`http://${host}:${port}/`, endpoint)
          .run();
        const test = await post(`/v1/endpoints/${endpoint}/test`, {});
        uses += 1;
        if (test.status >= 500) faults.push(`test of ${host}: ${test.status}`);
      }
      await inParallel(hosts, 8, async (host) => {
        const notice = {
          dialtime: "2026-02-10 10:30:45",
          direction: "inbound",
          calling: host.slice(0, 60),
          called: "+5491126888209",
          status: "answered",
          duration: "5",
          billseconds: "5",
          wasrecorded: "true",
          accountname: "A",
          accountextension: "300",
          queueagentname: "Ana",
          answerterminal: "1000",
          audio_file_mp3: `http://${host}:${port}/a.mp3`,
          campaign_id: number.number,
        };
        uses += 1;
        const answer = await post("/webhook/anura/", notice);
        if (answer.status >= 500) faults.push(`notice with ${host}: ${answer.status}`);
      });
      // What was taken in goes through the queues: until nothing is open any more that could be fetched.
      for (let turn = 0; turn < 120; turn += 1) {
        const open = await db
          .prepare("SELECT count(*) AS n FROM recordings WHERE state = 'pending' AND attempts = 0")
          .first<number>("n");
        const inbox = await db.prepare("SELECT count(*) AS n FROM inbox").first<number>("n");
        if (open === 0 && inbox === 0) break;
        await sleep(500);
      }
      for (let one = 0; one < connections; one += 1) faults.push("somebody connected to the trap");
      return {
        figure: `${hosts.length} spellings of private hosts in ${uses} uses, ${connections} connections`,
        faults,
      };
    } finally {
      await server.stop();
      trap.close();
    }
  },
};
