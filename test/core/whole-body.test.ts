import { describe, expect, it } from "vitest";
import { withWholeBody } from "../../src/lib/whole-body";

function sending(pieces: number): { request: Request; read: () => number } {
  let read = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (read === pieces) return controller.close();
      read += 1;
      controller.enqueue(new Uint8Array(1_000));
    },
  });
  return { request: new Request("https://trunkline.test/", { method: "POST", body }), read: () => read };
}

describe("a body that nobody reads to its end", () => {
  it.each<[string, (request: Request) => Promise<unknown>]>([
    ["is left alone", async () => undefined],
    ["is cancelled", (request) => request.body!.cancel()],
    ["is locked after its first bytes", (request) => request.body!.getReader().read()],
    ["is read whole", (request) => request.arrayBuffer()],
  ])("is read to it all the same when it %s", async (_, handle) => {
    const sent = sending(20);
    const { request, readRest } = withWholeBody(sent.request);
    await handle(request);
    await readRest();
    expect(sent.read()).toBe(20);
  });

  it("reaches the handler as it was sent", async () => {
    const sent = new Request("https://trunkline.test/", { method: "POST", body: "höla", headers: { "x-key": "k" } });
    const { request } = withWholeBody(sent);
    expect([await request.text(), request.headers.get("x-key"), request.method]).toEqual(["höla", "k", "POST"]);
  });
});
