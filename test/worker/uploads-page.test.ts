import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { updateCampaign } from "../../src/campaigns";
import * as schema from "../../src/db/schema";
import { FULL_REACH, reachOfCampaign } from "../../src/identity";
import { ACT_AT_NOON, mintCampaign, mintOrganization, mintUpload, NOON, openDatabase } from "../factories";
import { expectHarmless, LONG, MOST_TRIPS, RIGHT_TO_LEFT, SCRIPT, visit } from "./visiting";

const db = openDatabase(env.DB);

it("shows each upload with its state, newest first, and where it led", async () => {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id, SCRIPT);
  const call = { campaign_id: campaign.id };
  await mintUpload(db, organization.id, { fileName: SCRIPT, call, state: "completed", callId: "call_1" });
  await mintUpload(db, organization.id, { fileName: LONG, call, size: 200, received: 50 });
  await mintUpload(db, organization.id, { fileName: RIGHT_TO_LEFT, state: "aborted" });
  await mintUpload(db, organization.id, { fileName: "late.wav", expiresAt: NOON });
  await mintUpload(db, organization.id, { state: "aborted", call: { campaign_id: null, refused: "not_audio" } });
  const { page } = visit(organization);
  const { status, text, trips } = await page("/dashboard/uploads");
  expect(status).toBe(200);
  expect(trips).toBeLessThanOrEqual(MOST_TRIPS);
  expectHarmless(text);
  expect(text).toContain('href="/dashboard/calls/call_1"');
  for (const words of ["Complete", "Unfinished at 25%", "Canceled", "Expired", "Refused: no audio"])
    expect(text).toContain(words);
  const spanish = await page("/dashboard/uploads", { cookie: "trunkline_language=es" });
  expect(spanish.text).toContain("Sin terminar en 25");
});

it("goes on behind fifty, and says what will be here where there is nothing", async () => {
  const organization = await mintOrganization(db);
  const { page } = visit(organization);
  expect((await page("/dashboard/uploads")).text).toContain("Nothing was uploaded yet");
  for (let made = 0; made < 51; made += 1) await mintUpload(db, organization.id, { fileName: `file-${made}.wav` });
  const first = await page("/dashboard/uploads");
  const next = /\/dashboard\/uploads\?after=upl_[0-9a-z]{26}/.exec(first.text)?.[0] ?? "";
  const second = await page(next);
  expect(first.text.match(/file-\d+\.wav<\/span>/g)).toHaveLength(50);
  expect(second.text.match(/file-\d+\.wav<\/span>/g)).toHaveLength(1);
  expect((await page("/dashboard/uploads?after=nonsense")).status).toBe(200);
});

it("cancels an open upload once, and none of another organization", async () => {
  const [own, foreign] = [await mintOrganization(db), await mintOrganization(db)];
  const mine = await mintUpload(db, own.id);
  const theirs = await mintUpload(db, foreign.id);
  const { page, post } = visit(own);
  expect((await page("/dashboard/uploads")).text).not.toContain(theirs.id);
  expect((await post(`/dashboard/uploads/${theirs.id}/abort`)).status).toBe(404);
  expect((await post(`/dashboard/uploads/${mine.id}/abort`, { csrf: "another" })).status).toBe(403);
  expect((await post(`/dashboard/uploads/${mine.id}/abort`)).status).toBe(303);
  expect((await post(`/dashboard/uploads/${mine.id}/abort`)).status).toBe(404);
  const rows = await db.select().from(schema.uploads).where(eq(schema.uploads.id, theirs.id));
  expect(rows).toMatchObject([{ state: "open" }]);
});

it("is for those who may, with the campaigns within their reach that are open", async () => {
  const organization = await mintOrganization(db);
  const mine = await mintCampaign(db, organization.id, "Renewals");
  const other = await mintCampaign(db, organization.id, "Collections");
  const old = await mintCampaign(db, organization.id, "Closed");
  await updateCampaign(
    { db },
    { organizationId: organization.id, reach: FULL_REACH, id: old.id },
    { archived: true },
    ACT_AT_NOON,
  );
  await mintUpload(db, organization.id, { fileName: "mine.wav", call: { campaign_id: mine.id } });
  await mintUpload(db, organization.id, { fileName: "other.wav", call: { campaign_id: other.id } });
  const whole = await visit(organization).page("/dashboard/uploads");
  for (const name of ["Renewals (#", "Collections (#"]) expect(whole.text).toContain(name);
  expect(whole.text).not.toContain("Closed (#");
  expect((await visit(organization, { role: "viewer" }).page("/dashboard/uploads")).status).toBe(403);
  const reach = reachOfCampaign(mine.id);
  const limited = await visit(organization, { role: "supervisor", reach }).page("/dashboard/uploads");
  expect(limited.text).toContain("mine.wav");
  for (const beyond of ["other.wav", "Collections"]) expect(limited.text).not.toContain(beyond);
});
