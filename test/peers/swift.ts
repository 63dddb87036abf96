import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { freePort } from "./started.ts";

// OpenStack Swift with its S3 API, from Debian's packages: it checks signatures, regions, conditions and paging by code
// that is not ours (apt-get install swift-proxy swift-account swift-container swift-object).

export type Swift = { url: string; stop(): void };

const SERVERS = ["account", "container", "object", "proxy"] as const;
const ACCOUNTS = { "test:tester": "testing", "test:reader": "reading" };

/** Entries that a page of a list has here, so that a few files fill several. */
export const PAGE = 20;

export const OWNER = { access_key: "test:tester", secret_key: ACCOUNTS["test:tester"] };
/** Knows its secret, and may do nothing in the owner's buckets. */
export const STRANGER = { access_key: "test:reader", secret_key: ACCOUNTS["test:reader"] };

export async function startSwift(): Promise<Swift> {
  if (!existsSync("/usr/bin/swift-proxy-server"))
    throw new Error("needs Debian's swift-proxy, swift-account, swift-container and swift-object");
  const root = mkdtempSync(join(tmpdir(), "swift-"));
  mkdirSync(join(root, "node", "sdb1"), { recursive: true });
  const ports = await Promise.all(SERVERS.map(freePort));
  writeFileSync(
    join(root, "swift.conf"),
    "[swift-hash]\nswift_hash_path_suffix = peer\n[storage-policy:0]\nname = default\ndefault = yes\n",
  );
  for (const [at, name] of SERVERS.entries()) configure(root, name, ports[at] ?? 0);
  const running: ChildProcess[] = SERVERS.map((name) =>
    spawn(`/usr/bin/swift-${name}-server`, [join(root, `${name}-server.conf`)], { stdio: "ignore" }),
  );
  const stop = () => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${ports.at(-1)}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (await answers(url)) return { url, stop };
    await sleep(200);
  }
  stop();
  throw new Error("Swift did not start within a minute");
}

/** Any answer of S3's: it is up when it refuses for want of a signature. */
async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/bucket`).catch(() => undefined);
  return answer !== undefined && answer.status < 500;
}

function configure(root: string, name: (typeof SERVERS)[number], port: number): void {
  const head = [
    "[DEFAULT]",
    "bind_ip = 127.0.0.1",
    `bind_port = ${port}`,
    "workers = 0",
    `swift_dir = ${root}`,
    `devices = ${join(root, "node")}`,
    "mount_check = false",
    `user = ${userInfo().username}`,
  ];
  const body =
    name === "proxy"
      ? proxy()
      : [`[pipeline:main]`, `pipeline = ${name}-server`, `[app:${name}-server]`, `use = egg:swift#${name}`];
  writeFileSync(join(root, `${name}-server.conf`), [...head, ...body, ""].join("\n"));
  if (name === "proxy") return;
  const ring = (...given: string[]) => execFileSync("swift-ring-builder", [`${name}.builder`, ...given], { cwd: root });
  ring("create", "4", "1", "1");
  ring("add", `r1z1-127.0.0.1:${port}/sdb1`, "1");
  ring("rebalance");
}

function proxy(): string[] {
  const filters = [
    "catch_errors",
    "proxy_logging",
    "cache",
    "listing_formats",
    "s3api",
    "tempauth",
    "copy",
    "slo",
    "dlo",
  ];
  const options: Record<string, string[]> = {
    cache: ["memcache_servers = 127.0.0.1:1"],
    s3api: ["location = us-east-1", `max_bucket_listing = ${PAGE}`],
    tempauth: ["user_test_tester = testing .admin", "user_test_reader = reading"],
  };
  return [
    "[pipeline:main]",
    `pipeline = ${filters.join(" ")} proxy-server`,
    "[app:proxy-server]",
    "use = egg:swift#proxy",
    "account_autocreate = true",
    ...filters.flatMap((name) => [
      `[filter:${name}]`,
      `use = egg:swift#${name === "cache" ? "memcache" : name}`,
      ...(options[name] ?? []),
    ]),
  ];
}

/** What somebody else puts into a bucket, reads from it and deletes, signed by code that is not the connector's own. */
export function bucketOf(swift: Swift, bucket: string) {
  const client = new AwsClient({
    accessKeyId: OWNER.access_key,
    secretAccessKey: OWNER.secret_key,
    service: "s3",
    region: "us-east-1",
    retries: 0,
  });
  const address = (name: string) => `${swift.url}/${bucket}/${name.split("/").map(encoded).join("/")}`;
  async function ask(url: string, init: RequestInit = {}): Promise<Response> {
    const answer = await client.fetch(url, init);
    if (!answer.ok) throw new Error(`Swift answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
  async function names(prefix = ""): Promise<string[]> {
    const found: string[] = [];
    for (let after = ""; ; after = found.at(-1) ?? "") {
      const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix, "start-after": after });
      const text = await (await ask(`${swift.url}/${bucket}?${query.toString()}`)).text();
      const page = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) =>
        decodeURIComponent(key.replaceAll("+", " ")),
      );
      found.push(...page);
      if (!text.includes("<IsTruncated>true")) return found;
    }
  }
  return {
    make: async () => void (await ask(`${swift.url}/${bucket}`, { method: "PUT" })),
    names,
    put: async (name: string, content: string | Uint8Array<ArrayBuffer> = name) => {
      await ask(address(name), { method: "PUT", body: content });
    },
    read: async (name: string) => (await ask(address(name))).text(),
    remove: async (name: string) => void (await ask(address(name), { method: "DELETE" })),
  };
}

function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
