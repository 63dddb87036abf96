import { describe, expect, it } from "vitest";
import { playbackKey, playbackKeys, signPlaybackLink, verifyPlaybackLink } from "../../../src/recordings";

const old = new Map([[1, new Uint8Array(32).fill(1)]]);
const rotated = new Map([...old, [2, new Uint8Array(32).fill(2)]] as const);
const grant = { organizationId: "org_1", recordingId: "rec_abc_1", expiresAt: 1_700_000_000_000 };
const before = grant.expiresAt - 1;

async function linkOf(keys = old) {
  const link = await signPlaybackLink({
    ...grant,
    publicUrl: "https://t.example",
    signingKey: await playbackKey(keys),
  });
  const url = new URL(link);
  const { organization = "", expires = "", signature = "" } = Object.fromEntries(url.searchParams);
  return {
    url,
    request: { organizationId: organization, recordingId: url.pathname.split("/")[2] ?? "", expires, signature },
  };
}

describe("playback links", () => {
  it("open what they were signed for, until they expire", async () => {
    const { url, request } = await linkOf();
    expect(url.pathname).toBe("/recordings/rec_abc_1/audio");
    expect(url.search).toMatch(/^\?organization=org_1&expires=1700000000&signature=[\w-]{43}$/);
    const keys = await playbackKeys(old);
    expect(await verifyPlaybackLink(request, keys, before)).toEqual({ ok: true, value: grant });
    expect(await verifyPlaybackLink(request, keys, grant.expiresAt)).toEqual({ ok: false, error: "expired" });
  });

  it("open nothing else", async () => {
    const { request } = await linkOf();
    const keys = await playbackKeys(old);
    for (const changed of [
      { recordingId: "rec_abc_2" },
      { organizationId: "org_2" },
      { expires: "1800000000" },
      { expires: "1700000000 " },
      { expires: "-1" },
      { expires: "" },
      { signature: "" },
      { signature: "A".repeat(43) },
      { signature: "not base64!" },
      { signature: request.signature.slice(0, -2) },
    ]) {
      const verdict = await verifyPlaybackLink({ ...request, ...changed }, keys, before);
      expect(verdict, JSON.stringify(changed)).toEqual({ ok: false, error: "invalid" });
    }
  });

  it("survive a rotation of the master key, and end with the key that made them", async () => {
    const { request } = await linkOf(old);
    expect((await verifyPlaybackLink(request, await playbackKeys(rotated), before)).ok).toBe(true);
    const fresh = await linkOf(rotated);
    expect(fresh.request.signature).not.toBe(request.signature);
    expect((await verifyPlaybackLink(fresh.request, await playbackKeys(rotated), before)).ok).toBe(true);
    expect((await verifyPlaybackLink(fresh.request, await playbackKeys(old), before)).ok).toBe(false);
  });
});
