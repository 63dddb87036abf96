import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { DeliveryLogEntry } from "../../src/delivery";
import { FULL_REACH, ROLES, type Reach, type RoleName } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import {
  mintAlert,
  mintAnalysis,
  mintCall,
  mintCampaign,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  mintSource,
  mintTask,
  NOON,
  openDatabase,
} from "../factories";
import { CSRF, pagesFor } from "./visiting";

const db = openDatabase(env.DB);

/** An organization with one of each thing that pages are about. */
async function mintWhole() {
  const organization = await mintOrganization(db);
  const campaign = await mintCampaign(db, organization.id);
  const source = await mintSource(db, organization.id);
  const call = await mintCall(db, organization.id, { campaignId: campaign.id });
  const recording = await mintRecording(db, call);
  await mintAnalysis(db, call, recording.id);
  await mintTask(db, call, recording.id);
  const alert = await mintAlert(db, call);
  const endpoint = await mintEndpoint(db, organization.id, { createdAt: call.createdAt - 1 });
  const delivered: DeliveryLogEntry = {
    deliveryId: "dlv_1",
    stream: call.id,
    seq: 1,
    replay: 0,
    test: false,
    eventId: "evt_1",
    type: "call.started",
    state: "delivered",
    attempts: [],
    attemptCount: 1,
    enqueuedAt: NOON,
    dueAt: null,
    finishedAt: NOON + 38,
  };
  const waiting = { entry: { ...delivered, state: "pending" }, reason: "retrying", queued: 0, arrival: 1 };
  const endpointObjects = {
    log: async () => [delivered],
    blocked: async () => [waiting],
    delivery: async () => null,
    countOf: async () => 0,
    replay: async () => ({ matched: 0, more: false }),
  };
  const paths = [
    "",
    "/calls",
    "/tasks",
    "/reports",
    "/alerts",
    "/operators",
    "/uploads",
    "/campaigns",
    "/scorecards",
    "/sources",
    "/webhooks",
    "/inbound",
    "/api",
    "/unassigned",
    "/settings",
    "/settings/service-levels",
    `/calls/${call.id}`,
    `/alerts/${alert.id}`,
    `/campaigns/${campaign.id}`,
    `/sources/${source.id}`,
    `/webhooks/${endpoint.id}`,
    `/webhooks/${endpoint.id}/blocked`,
    `/webhooks/${endpoint.id}/health`,
  ].map((path) => `/dashboard${path}`);
  return { organization, campaign, paths, endpointObjects };
}

type Whole = Awaited<ReturnType<typeof mintWhole>>;

function pagesOf({ organization, endpointObjects }: Whole, role: RoleName, reach: Reach) {
  const caller = {
    organizationId: organization.id,
    actor: { kind: "user" as const, id: "usr_1" },
    scopes: ROLES[role].scopes,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach,
    unnoted: [],
  };
  const person = { name: "Ana", email: "ana@acme.example" };
  const session = { id: "ses_1", hash: "none", userId: "usr_1", isWeak: false };
  const visitor = { caller, person, organization, others: [], session, confirmed: true, csrf: CSRF };
  return pagesFor(visitor, NOON + 60 * MINUTE, { endpointObjects } as unknown as Parameters<typeof pagesFor>[2]);
}

/** Where a page leads by its links, rows and forms, each with how it is asked for. */
function waysIn(text: string): string[] {
  const links = [...text.matchAll(/ (?:data-)?href="(\/dashboard[^"#]*)/g)].map(([, path = ""]) => `GET ${path}`);
  const forms = [...text.matchAll(/<form([^>]*)>/g)].flatMap(([, own = ""]) => {
    const path = / action="(\/dashboard[^"#]*)/.exec(own)?.[1];
    return path === undefined ? [] : [`${own.includes('method="post"') ? "POST" : "GET"} ${path}`];
  });
  return [...links, ...forms].map((way) => way.replaceAll("&amp;", "&"));
}

const REFUSED = /Not for your role|Beyond what you are limited to/;

describe("what pages offer", () => {
  const limited: RoleName[] = ["supervisor", "viewer", "reviewer", "operator"];
  for (const [role, isLimited] of [
    ...(Object.keys(ROLES) as RoleName[]).map((name) => [name, false] as const),
    ...limited.map((name) => [name, true] as const),
  ])
    it(
      `is not refused to who is asked to do it: ${role}${isLimited ? " with limits" : ""}`,
      { timeout: 60_000 },
      async () => {
        const whole = await mintWhole();
        const reach = isLimited ? { ...FULL_REACH, campaigns: [whole.campaign.id] } : FULL_REACH;
        const pages = pagesOf(whole, role, reach);
        const offered = new Map<string, string>();
        for (const path of whole.paths) {
          const { status, text } = await pages.page(path);
          // What this role may not open it is not led to: that is seen from the other pages.
          if (status === 200) for (const way of waysIn(text)) if (!offered.has(way)) offered.set(way, path);
        }
        expect(offered.size).toBeGreaterThan(3);
        const refused: string[] = [];
        for (const [way, from] of offered) {
          const [method, path = ""] = way.split(" ");
          // The form of another session: whether it may be sent is said, and nothing is done.
          const answer = method === "POST" ? await pages.post(path, { csrf: "x" }) : await pages.ask(path);
          if (answer.status === 403 && REFUSED.test(await answer.text())) refused.push(`${from}: ${way}`);
        }
        expect(refused).toEqual([]);
      },
    );

  it("says to who is limited that it is for that, not for the role", async () => {
    const whole = await mintWhole();
    const reach = { ...FULL_REACH, campaigns: [whole.campaign.id] };
    const { status, text } = await pagesOf(whole, "supervisor", reach).page("/dashboard/unassigned");
    expect([status, text.includes("Beyond what you are limited to")]).toEqual([403, true]);
    const levels = await pagesOf(whole, "supervisor", reach).page("/dashboard/settings/service-levels");
    expect(levels.text).not.toContain('<option value=""');
  });
});
