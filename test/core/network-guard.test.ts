import { describe, expect, it, vi } from "vitest";
import { dohResolver } from "../../src/lib/name-resolver";
import { checkUrl, type BlockedUrl, type GuardPolicy } from "../../src/lib/network-guard";

const strict: GuardPolicy = {
  allowPrivateAddresses: false,
  ownHosts: ["calls.example.com", "trunkline.acme.workers.dev"],
};

async function reasonFor(url: string, policy: GuardPolicy = strict): Promise<BlockedUrl["reason"] | "passes"> {
  const checked = await checkUrl(url, policy);
  return checked.ok ? "passes" : checked.error.reason;
}

describe("what passes", () => {
  it.each([
    "https://pbx.example.com/recordings/1.mp3",
    "https://pbx.example.com:8443/a?token=x#t",
    "https://8.8.8.8/a.wav",
    "https://[2606:4700::6810:84e5]/a.wav",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
    "https://2001.example/",
    "https://10.example.com/",
    "https://localhost.example.com/",
    "https://other.acme-two.workers.dev/",
    "https://my-calls.example.com/",
    "https://münchen.example/",
  ])("%s", async (url) => {
    expect(await reasonFor(url)).toBe("passes");
  });

  it("answers with the URL to fetch, as the parser understood it", async () => {
    const checked = await checkUrl("https:\\\\PBX.example.com\\a\t.mp3", strict);
    expect(checked.ok && checked.value.href).toBe("https://pbx.example.com/a.mp3");
  });
});

describe("addresses that are not public, in any spelling", () => {
  it.each([
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "00",
    "0x0",
    "10.0.0.1",
    "167772161",
    "0xa000001",
    "012.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "0xac.0x10.1",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "0300.0250.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.9",
    "198.18.0.1",
    "198.19.255.255",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::0.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:10.0.0.1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::ffff:8.8.8.8]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fdff:ffff::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[100::1]",
    "[5f00::1]",
    "[4000::1]",
  ])("%s", async (host) => {
    expect(await reasonFor(`https://${host}/latest/meta-data`)).toBe("address");
  });
});

describe("names of private networks and of ourselves", () => {
  it.each([
    ["localhost", "local_name"],
    ["LOCALHOST", "local_name"],
    ["localhost.", "local_name"],
    ["a.localhost", "local_name"],
    ["loc%61lhost", "local_name"],
    ["ｌocalhost", "local_name"],
    ["printer.local", "local_name"],
    ["printer.local.", "local_name"],
    ["metadata.google.internal", "local_name"],
    ["router.home.arpa", "local_name"],
    ["localhost.localdomain", "local_name"],
    ["nas.lan", "local_name"],
    ["metadata", "local_name"],
    ["intranet", "local_name"],
    ["calls.example.com", "own_host"],
    ["CALLS.example.com.", "own_host"],
    ["calls.example.com:8443", "own_host"],
    ["trunkline.acme.workers.dev", "own_host"],
    ["abc123-trunkline.acme.workers.dev", "own_host"],
    ["other.acme.workers.dev", "own_host"],
  ])("%s: %s", async (host, reason) => {
    expect(await reasonFor(`https://${host}/hook`)).toBe(reason);
  });
});

describe("shape of the URL", () => {
  it.each([
    ["http://pbx.example.com/a.mp3", "scheme"],
    ["ftp://pbx.example.com/a.mp3", "scheme"],
    ["file:///etc/passwd", "scheme"],
    ["data:audio/wav;base64,AAAA", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["gopher://10.0.0.1/", "scheme"],
    ["blob:https://a.example/1", "scheme"],
    ["https://user@pbx.example.com/", "credentials"],
    ["https://user:pw@pbx.example.com/", "credentials"],
    ["https://:pw@pbx.example.com/", "credentials"],
    ["https://pbx.example.com@127.0.0.1/", "credentials"],
    ["https://pbx.example.com:22/", "port"],
    ["https://pbx.example.com:25/", "port"],
    ["https://pbx.example.com:3306/", "port"],
    ["https://pbx.example.com:5432/", "port"],
    ["https://pbx.example.com:6379/", "port"],
    ["https://pbx.example.com:11211/", "port"],
    ["https://pbx.example.com:0/", "port"],
    ["https://pbx.example.com:5060/", "port"],
    ["", "unreadable"],
    ["pbx.example.com/a.mp3", "unreadable"],
    ["//pbx.example.com/a", "unreadable"],
    ["https://", "unreadable"],
    ["https://./", "unreadable"],
    ["https://[::1", "unreadable"],
    ["https://pbx.example.com:99999/", "unreadable"],
    ["https://1.2.3.256/", "unreadable"],
    [`https://pbx.example.com/${"a".repeat(9000)}`, "unreadable"],
  ])("%s: %s", async (url, reason) => {
    expect(await reasonFor(url)).toBe(reason);
  });

  it("names the host in its message and keeps the password to itself", async () => {
    const checked = await checkUrl("https://user:hunter2@10.0.0.1/", strict);
    expect(!checked.ok && checked.error.message).not.toContain("hunter2");
    const address = await checkUrl("https://0x7f.1/", strict);
    expect(!address.ok && address.error.message).toBe("127.0.0.1 is not a public address (loopback)");
  });
});

describe("what a deployment may loosen", () => {
  it("lets plain http through where a tenant opted in, and nothing else", async () => {
    expect(await reasonFor("http://pbx.example.com/a.mp3", { ...strict, allowHttp: true })).toBe("passes");
    expect(await reasonFor("http://127.0.0.1/a.mp3", { ...strict, allowHttp: true })).toBe("address");
    expect(await reasonFor("ftp://pbx.example.com/a", { ...strict, allowHttp: true })).toBe("scheme");
  });

  it("lets private addresses, http and any port through in local development, but no credentials and no other scheme", async () => {
    const local = { ...strict, allowPrivateAddresses: true };
    for (const url of [
      "http://127.0.0.1:8787/a",
      "http://localhost:22/",
      "https://10.0.0.1/",
      "http://[::1]:9/",
      "https://calls.example.com/",
    ]) {
      expect(await reasonFor(url, local)).toBe("passes");
    }
    expect(await reasonFor("http://u:p@localhost/", local)).toBe("credentials");
    expect(await reasonFor("file:///etc/passwd", local)).toBe("scheme");
  });
});

describe("what a name leads to", () => {
  const resolving = (...addresses: string[]): GuardPolicy => ({ ...strict, resolve: async () => addresses });

  it("blocks a name with any private answer", async () => {
    expect(await reasonFor("https://127.0.0.1.nip.io/", resolving("127.0.0.1"))).toBe("resolves_to");
    expect(await reasonFor("https://rebind.example/", resolving("93.184.216.34", "169.254.169.254"))).toBe(
      "resolves_to",
    );
    expect(await reasonFor("https://six.example/", resolving("::ffff:127.0.0.1"))).toBe("resolves_to");
    expect(await reasonFor("https://six.example/", resolving("fe80::1%eth0"))).toBe("resolves_to");
  });

  it("lets pass what leads to public addresses, to nothing, or cannot be looked up", async () => {
    expect(await reasonFor("https://pbx.example/", resolving("93.184.216.34", "2606:2800:220:1::1"))).toBe("passes");
    expect(await reasonFor("https://pbx.example/", resolving())).toBe("passes");
    const broken = { ...strict, resolve: () => Promise.reject(new Error("down")) };
    expect(await reasonFor("https://pbx.example/", broken)).toBe("passes");
  });
});

describe("the DNS over HTTPS resolver", () => {
  function nameService(replies: Record<string, unknown>) {
    const asked: string[] = [];
    const fake: typeof fetch = async (input) => {
      const url = new URL(new Request(input).url);
      asked.push(`${url.searchParams.get("name")} ${url.searchParams.get("type")}`);
      const reply = replies[url.searchParams.get("type") ?? ""];
      return reply === undefined ? new Response("no", { status: 500 }) : Response.json(reply);
    };
    return { fake, asked };
  }
  const a = {
    Status: 0,
    Answer: [
      { type: 5, TTL: 10, data: "cdn.example." },
      { type: 1, TTL: 120, data: "10.0.0.9" },
    ],
  };

  it("asks for both kinds, follows aliases, and remembers for the record's lifetime", async () => {
    const { fake, asked } = nameService({ A: a, AAAA: { Status: 0 } });
    let now = 0;
    const resolve = dohResolver({ fetch: fake, now: () => now });
    expect(await resolve("pbx.example")).toEqual(["10.0.0.9"]);
    now = 119_000;
    expect(await resolve("pbx.example")).toEqual(["10.0.0.9"]);
    expect(asked).toEqual(["pbx.example A", "pbx.example AAAA"]);
    now = 121_000;
    await resolve("pbx.example");
    expect(asked).toHaveLength(4);
  });

  it("gives a service that answers nobody less time, still asks it, and trusts it again once it answers", async () => {
    vi.useFakeTimers();
    try {
      let isSlow = true;
      const hanging: typeof fetch = () =>
        isSlow ? new Promise<Response>(() => undefined) : Promise.resolve(Response.json(a));
      const resolve = dohResolver({ fetch: hanging, now: () => Date.now() });
      const waited = async (host: string) => {
        const startedAt = Date.now();
        const answer = resolve(host);
        await vi.advanceTimersToNextTimerAsync();
        return { addresses: await answer, after: Date.now() - startedAt };
      };
      for (let index = 0; index < 5; index += 1) {
        expect(await waited(`${index}.example`)).toEqual({ addresses: [], after: 2_000 });
      }
      expect(await waited("5.example")).toEqual({ addresses: [], after: 250 });
      isSlow = false;
      expect(await resolve("private.example")).toEqual(["10.0.0.9"]);
      isSlow = true;
      expect(await waited("6.example")).toEqual({ addresses: [], after: 2_000 });
      // What nobody answered is not asked again at once.
      expect(await resolve("6.example")).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("waits for an answer that drips no longer than for one that hangs, and lets go of both questions", async () => {
    vi.useFakeTimers();
    try {
      const signals: (AbortSignal | null | undefined)[] = [];
      const dripping: typeof fetch = async (_input, init) => {
        signals.push(init?.signal);
        const drops = new ReadableStream({
          pull: async (controller) => {
            await new Promise((resolve) => setTimeout(resolve, 100));
            controller.enqueue(new TextEncoder().encode(" "));
          },
        });
        return new Response(drops);
      };
      const answer = dohResolver({ fetch: dripping, now: () => Date.now() })("pbx.example");
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await answer).toEqual([]);
      expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("takes no answer that swells", async () => {
    const chunk = 16 * 1024;
    let sent = 0;
    const swelling: typeof fetch = async () => {
      const endless = new ReadableStream({
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(chunk).fill(32));
        },
      });
      return new Response(endless);
    };
    expect(await dohResolver({ fetch: swelling, now: () => 0 })("pbx.example")).toEqual([]);
    // Two questions of 64 kB, and what the streams hold ready.
    expect(sent * chunk).toBeLessThan(2 * 64 * 1024 + 8 * chunk);
  });

  it("answers with nothing when the service is down or talks nonsense", async () => {
    expect(await dohResolver({ fetch: nameService({}).fake, now: () => 0 })("pbx.example")).toEqual([]);
    const nonsense = nameService({ A: { Answer: "x" }, AAAA: [1] });
    expect(await dohResolver({ fetch: nonsense.fake, now: () => 0 })("pbx.example")).toEqual([]);
    const down: typeof fetch = () => Promise.reject(new Error("down"));
    expect(await dohResolver({ fetch: down, now: () => 0 })("pbx.example")).toEqual([]);
  });
});
