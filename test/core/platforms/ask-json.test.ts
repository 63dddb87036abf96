import { describe, expect, it, vi } from "vitest";
import { askJson } from "../../../src/platforms/asking/ask-json";
import type { AccessDeps } from "../../../src/platforms/contract";

const NOW = Date.parse("2025-01-15T10:00:00Z");

function meansWith(
  answer: (request: Request) => Response | Promise<Response>,
  allowPrivateAddresses = false,
): AccessDeps {
  return {
    now: () => NOW,
    guardPolicy: { allowPrivateAddresses, ownHosts: ["trunkline.test"] },
    fetch: async (input, init) => answer(new Request(input, init)),
  };
}

describe("asking a platform for JSON", () => {
  it("gives the answer, and sends what it was told to", async () => {
    let seen: Request | undefined;
    const means = meansWith((request) => {
      seen = request;
      return Response.json({ a: [1] });
    });
    const request = { method: "POST" as const, headers: { authorization: "Bearer x" }, body: "q=1" };
    expect(await askJson("https://api.example/v1?x=1", request, means)).toEqual({ ok: true, value: { a: [1] } });
    expect(seen).toMatchObject({ method: "POST", url: "https://api.example/v1?x=1", redirect: "manual" });
    expect(seen?.headers.get("authorization")).toBe("Bearer x");
    expect(await seen?.text()).toBe("q=1");
  });

  it.each([404, 410, 204])("gives undefined for %d", async (status) => {
    expect(
      await askJson(
        "https://api.example/",
        {},
        meansWith(() => new Response(null, { status })),
      ),
    ).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it.each([
    [400, "refused"],
    [401, "refused"],
    [403, "refused"],
    [429, "not_ready"],
    [408, "not_ready"],
    [302, "not_ready"],
    [500, "not_ready"],
    [503, "not_ready"],
  ])("fails with %d as %s", async (status, kind) => {
    const headers = { location: "https://elsewhere.example/" };
    let count = 0;
    const means = meansWith(() => {
      count += 1;
      return new Response("no", { status, headers });
    });
    const answer = await askJson("https://api.example/", {}, means);
    expect(answer).toMatchObject({ ok: false, error: { kind, reason: expect.stringContaining(String(status)) } });
    expect(count).toBe(1);
  });

  it.each([
    ["12", 12_000],
    ["Wed, 15 Jan 2025 10:01:00 GMT", 60_000],
    ["soon", null],
    [null, null],
  ])("reads Retry-After %j", async (header, retryAfter) => {
    const headers = new Headers(header === null ? {} : { "retry-after": header });
    const answer = await askJson(
      "https://api.example/",
      {},
      meansWith(() => new Response("", { status: 503, headers })),
    );
    expect(answer).toMatchObject({ ok: false, error: { retryAfter } });
  });

  it.each([
    "http://api.example/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://trunkline.test/",
    "https://a:b@c.example/",
  ])("never asks %s", async (address) => {
    const fetched = vi.fn(() => Response.json({}));
    expect(await askJson(address, {}, meansWith(fetched))).toMatchObject({ ok: false, error: { kind: "refused" } });
    expect(fetched).not.toHaveBeenCalled();
  });

  it("tells what cannot be reached, is not JSON, or breaks off", async () => {
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"a":'));
        controller.error(new Error("gone"));
      },
    });
    const answers: (() => Response)[] = [
      () => {
        throw new Error("connection refused");
      },
      () => new Response("<html>"),
      () => new Response(broken),
    ];
    for (const answer of answers) {
      expect(await askJson("https://api.example/", {}, meansWith(answer))).toMatchObject({
        ok: false,
        error: { kind: "not_ready", retryAfter: null },
      });
    }
  });

  it("takes no endless answer", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
      },
    });
    expect(
      await askJson(
        "https://api.example/",
        {},
        meansWith(() => new Response(endless)),
      ),
    ).toMatchObject({
      ok: false,
      error: { kind: "not_ready" },
    });
    expect(sent).toBeLessThan(20);
  });

  it("waits for an answer that drips as long as for one that hangs, and then lets go of it", async () => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | null | undefined;
      let drops = 0;
      const dripping = new ReadableStream({
        pull: async (controller) => {
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          drops += 1;
          controller.enqueue(new TextEncoder().encode(" "));
        },
      });
      const means: AccessDeps = {
        ...meansWith(() => Response.json({})),
        fetch: async (_input, init) => {
          signal = init?.signal;
          return new Response(dripping);
        },
      };
      const asked = askJson("https://api.example/", {}, means);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await asked).toMatchObject({ ok: false, error: { kind: "not_ready", retryAfter: null } });
      expect(drops).toBeGreaterThan(20);
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("waits half a minute and no longer, and then lets go", async () => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      const means: AccessDeps = {
        ...meansWith(() => Response.json({})),
        fetch: (_input, init) => {
          signal = init?.signal ?? undefined;
          return new Promise(() => undefined);
        },
      };
      const asked = askJson("https://api.example/", {}, means);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await asked).toMatchObject({ ok: false, error: { kind: "not_ready" } });
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
