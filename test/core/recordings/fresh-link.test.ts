import { describe, expect, it } from "vitest";
import { fetchAudio, type FetchAudioRequest } from "../../../src/recordings";
import { audio, peer, redirect, type Asked } from "../platforms/platform-peer";

const LINK = "https://media.example.com/1.wav?signature=old";
const API = "https://api.example.com/calls/1";
const FRESH = "https://media.example.com/1.wav?signature=new";

async function get(answers: Record<string, () => Response>, changes: Partial<FetchAudioRequest> = {}) {
  const { asked, means } = peer(({ url }: Asked) => answers[url]?.() ?? new Response("no", { status: 500 }));
  const audioOrFailure = await fetchAudio({
    url: LINK,
    freshLinkAt: API,
    linkIn: (url, reply) => (url.href === API ? (reply as { link?: string }).link : undefined),
    credentialsFor: (url) => (url.href === API ? { authorization: "Bearer k" } : undefined),
    ...means,
    maxBytes: 10_000,
    ...changes,
  });
  if (audioOrFailure.ok) await audioOrFailure.value.body.cancel();
  return { asked, outcome: audioOrFailure.ok ? "audio" : audioOrFailure.error };
}

describe("a link that may have expired", () => {
  it("is used while it works: the platform is not asked", async () => {
    const { asked, outcome } = await get({ [LINK]: audio });
    expect(outcome).toBe("audio");
    expect(asked.map(({ url }) => url)).toEqual([LINK]);
  });

  it.each([403, 404, 410, 500])("is asked for anew after %i, with the key for the platform alone", async (status) => {
    const { asked, outcome } = await get({
      [LINK]: () => new Response("<Error>Request has expired</Error>", { status }),
      [API]: () => Response.json({ link: FRESH }),
      [FRESH]: audio,
    });
    expect(outcome).toBe("audio");
    expect(asked.map(({ url, authorization }) => [url, authorization])).toEqual([
      [LINK, null],
      [API, "Bearer k"],
      [FRESH, null],
    ]);
  });

  it("fails as the platform's answer does when that gives none either", async () => {
    const expired = () => new Response("no", { status: 410 });
    expect((await get({ [LINK]: expired, [API]: () => Response.json({}) })).outcome).toMatchObject({
      kind: "not_ready",
      reason: "not_there: api.example.com answered without a link to the audio",
    });
    expect((await get({ [LINK]: expired, [API]: () => new Response("", { status: 401 }) })).outcome).toMatchObject({
      reason: "not_allowed: the server answered 401",
    });
    expect((await get({ [LINK]: expired, [API]: () => redirect("https://10.0.0.1/x") })).outcome).toMatchObject({
      kind: "refused",
    });
  });

  it("is not asked for anew where the file is too large, or the notice's host is not allowed", async () => {
    const large = await get({ [LINK]: audio }, { maxBytes: 100 });
    expect(large.outcome).toMatchObject({ kind: "refused" });
    expect(large.asked).toHaveLength(1);
    const foreign = await get({ [LINK]: audio }, { mayAsk: () => false });
    expect(foreign.outcome).toMatchObject({ kind: "refused" });
    expect(foreign.asked).toHaveLength(0);
  });

  it("stays as it was without an address to ask", async () => {
    const { asked, outcome } = await get({}, { freshLinkAt: undefined } as Partial<FetchAudioRequest>);
    expect(outcome).toMatchObject({ kind: "not_ready" });
    expect(asked).toHaveLength(1);
  });
});
