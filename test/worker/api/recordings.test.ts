import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it, vi } from "vitest";
import { sessions } from "../../../src/db/schema";
import { findSession } from "../../../src/identity";
import { mintCall, mintOrganization, mintRecording, NOON } from "../../factories";
import { mintSession } from "../../sign-in";
import { apiClient, db } from "./client";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("/v1/recordings", () => {
  it("lists and reads with a link where there is audio", async ({ expect }) => {
    const { id, key } = await mintOrganization(db);
    const call = await mintCall(db, id);
    const kept = await mintRecording(db, call);
    const open = await mintRecording(db, call, { state: "pending", key: null });
    const api = apiClient();
    const all = await api.get(`/v1/recordings?call_id=${call.id}`, { key });
    expect(all.body.data.map((recording: { id: string }) => recording.id).toSorted()).toEqual(
      [kept.id, open.id].toSorted(),
    );
    expect((await api.get("/v1/recordings?state=pending", { key })).body.data).toMatchObject([
      { id: open.id, audio_url: null },
    ]);
    const read = await api.get(`/v1/recordings/${kept.id}`, { key });
    expect(read.body).toMatchObject({ id: kept.id, call_id: call.id, media_type: "audio/mpeg", size_bytes: 4 });
    expect(read.body.audio_url).toContain(`/recordings/${kept.id}/audio?organization=${id}&`);
  });
});

describe("/recordings/{id}/audio", () => {
  async function mintAudio() {
    const { id, key } = await mintOrganization(db);
    const recording = await mintRecording(db, await mintCall(db, id), { key: `recordings/${id}/audio` });
    await env.BUCKET.put(`recordings/${id}/audio`, "beep");
    const { body } = await apiClient().get(`/v1/recordings/${recording.id}`, { key });
    const { pathname, search } = new URL(body.audio_url);
    return { recording, path: pathname + search };
  }

  it("plays without an API key, whole, in part, and by HEAD", async ({ expect }) => {
    const { path } = await mintAudio();
    const api = apiClient();
    const whole = await api.get(path);
    expect([whole.status, whole.body, whole.headers.get("content-type")]).toEqual([200, "beep", "audio/mpeg"]);
    const part = await api.get(path, { headers: { range: "bytes=1-2" } });
    expect([part.status, part.body, part.headers.get("content-range")]).toEqual([206, "ee", "bytes 1-2/4"]);
    expect((await api.get(path, { headers: { range: "bytes=9-" } })).status).toBe(416);
    expect((await api.get(path, { headers: { "if-none-match": whole.headers.get("etag") ?? "" } })).status).toBe(304);
    const head = await api.call("HEAD", path);
    expect([head.status, head.body, head.headers.get("content-length")]).toEqual([200, "", "4"]);
  });

  it("counts as use of the session that its browser has: whoever listens is not signed out for being idle", async ({
    expect,
  }) => {
    const { path } = await mintAudio();
    const { id } = await mintOrganization(db);
    const [listener, other] = [
      await mintSession(db, { organizationId: id, now: NOON }),
      await mintSession(db, { organizationId: id, now: NOON }),
    ];
    const usedAt = async ({ hash }: { hash: string }) =>
      (await db.select().from(sessions).where(eq(sessions.hash, hash)).get())?.lastUsedAt;
    const play = (at: number) =>
      apiClient({ now: () => at }).get(path, { headers: { cookie: listener.headers.cookie } });
    expect((await play(NOON + 11 * HOUR)).status).toBe(200);
    await vi.waitFor(async () => expect(await usedAt(listener)).toBe(NOON + 11 * HOUR));
    expect(await usedAt(other)).toBe(NOON);
    expect(await findSession(db, listener.token, NOON + 22 * HOUR)).toBeDefined();
    expect(await findSession(db, other.token, NOON + 22 * HOUR)).toBeUndefined();
    // What is over stays over: the link still plays, and opens nothing.
    await play(NOON + 23.5 * HOUR);
    expect(await findSession(db, listener.token, NOON + 23.5 * HOUR)).toBeUndefined();
  });

  it("refuses a link that was changed or has expired", async ({ expect }) => {
    const { path, recording } = await mintAudio();
    const other = await mintAudio();
    const api = apiClient();
    expect((await api.get(path.replace(/expires=\d+/, "expires=99999999999"))).status).toBe(403);
    expect((await api.get(path.replace(recording.id, other.recording.id))).status).toBe(403);
    expect((await api.get(path.replace(/signature=..../, "signature=AAAA"))).status).toBe(403);
    expect((await api.get(path.replace(/&signature=.*/, ""))).status).toBe(422);
    expect((await apiClient({ now: () => NOON + DAY }).get(path)).status).toBe(403);
    expect((await apiClient({ now: () => NOON + DAY - 1 }).get(path)).status).toBe(200);
  });

  it("answers 404 when the audio is gone", async ({ expect }) => {
    const { path, recording } = await mintAudio();
    await env.BUCKET.delete(recording.key ?? "");
    expect((await apiClient().get(path)).status).toBe(404);
    expect((await apiClient().call("HEAD", path)).status).toBe(404);
  });
});
