import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { DeliveryLogEntry } from "../../src/delivery";
import { FULL_REACH, ROLES, type RoleName } from "../../src/identity";
import { MINUTE } from "../../src/lib/time";
import {
  mintAnalysis,
  mintCall,
  mintEndpoint,
  mintOrganization,
  mintRecording,
  NOON,
  openDatabase,
} from "../factories";
import { CSRF, pagesFor } from "./visiting";

const db = openDatabase(env.DB);
const NOBODY = "No webhook is set up";
const ES = { cookie: "trunkline_language=es" };

function delivery(seq: number, enqueuedAt: number, took: number, replay = 0): DeliveryLogEntry {
  return {
    deliveryId: `dlv_${seq}_${replay}`,
    stream: "call",
    seq,
    replay,
    test: false,
    eventId: `evt_${seq}`,
    type: "analysis.completed",
    state: "delivered",
    attempts: [],
    attemptCount: 1,
    enqueuedAt,
    dueAt: null,
    finishedAt: enqueuedAt + took,
  };
}

/** The pages as a role sees them, where every endpoint has these deliveries of each call. */
function pagesWith(organization: { id: string; name: string }, role: RoleName, log: DeliveryLogEntry[] = []) {
  const caller = {
    organizationId: organization.id,
    actor: { kind: "user" as const, id: "usr_1" },
    scopes: ROLES[role].scopes,
    campaignId: null,
    sourceId: null,
    expiresAt: null,
    reach: FULL_REACH,
    unnoted: [],
  };
  const visitor = {
    caller,
    person: { name: "Ana", email: "ana@acme.example" },
    organization,
    others: [],
    session: { id: "ses_1", hash: "none", userId: "usr_1", isWeak: false },
    confirmed: true,
    csrf: CSRF,
  };
  const endpointObjects = { log: async () => log } as unknown as NonNullable<
    Parameters<typeof pagesFor>[2]
  >["endpointObjects"];
  return pagesFor(visitor, NOON + 60 * MINUTE, endpointObjects ? { endpointObjects } : {});
}

/** The span beside the line of a webhook. */
function spanIn(text: string): string | undefined {
  return /<details class="subscriber"[\s\S]*?<\/details><\/div><span class="step-time mono">([^<]*)</.exec(text)?.[1];
}

describe("the way of a call", () => {
  it("says that no webhook is set up only where there is none, and only to who may see them", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    const seen = async (role: RoleName, headers = {}) =>
      (await pagesWith(organization, role).page(`/dashboard/calls/${call.id}`, headers)).text;
    expect(await seen("owner")).toContain(NOBODY);
    expect(await seen("owner", ES)).toContain("No hay ningún webhook");
    for (const role of ["reviewer", "supervisor", "operator", "viewer"] as const)
      expect(await seen(role), role).not.toContain(NOBODY);
    // One that was set up after the call got nothing of it, and is one.
    await mintEndpoint(db, organization.id, { createdAt: call.updatedAt + 1 });
    expect(await seen("owner")).not.toContain(NOBODY);
  });

  it("gives a webhook the time of its own deliveries, not that until the call was analysed again", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    const recording = await mintRecording(db, call);
    await mintAnalysis(db, call, recording.id, { completedAt: NOON });
    await mintEndpoint(db, organization.id, { createdAt: call.createdAt - 1 });
    const page = async (log: DeliveryLogEntry[]) =>
      spanIn((await pagesWith(organization, "owner", log).page(`/dashboard/calls/${call.id}`)).text);
    expect(await page([delivery(1, NOON, 38), delivery(2, NOON + 5 * MINUTE, 21)])).toBe("+ 38 ms");
    expect(await page([delivery(1, NOON, 38), delivery(1, NOON + 5 * MINUTE, 9_000, 1)])).toBe("+ 38 ms");
    expect(await page([delivery(1, NOON, 5 * MINUTE)])).toBe("+ 5 min");
  });

  it("calls a webhook by its name, and says which host did not take its events", async () => {
    const organization = await mintOrganization(db);
    const call = await mintCall(db, organization.id);
    await mintEndpoint(db, organization.id, { createdAt: call.createdAt - 1, description: "Billing of the north" });
    const attempt = {
      number: 1,
      dueAt: NOON,
      startedAt: NOON,
      endedAt: NOON + 38,
      status: 503,
      error: "status" as const,
      detail: null,
      request: { method: "POST", url: "https://subscriber.test/hooks", headers: {}, body: "{}" },
      response: null,
    };
    const log = [{ ...delivery(1, NOON, 38), state: "pending" as const, finishedAt: null, attempts: [attempt] }];
    const { text } = await pagesWith(organization, "owner", log).page(`/dashboard/calls/${call.id}`);
    expect(text).toContain('<summary><span dir="auto">Billing of the north</span>');
    const [, why] = /<p class="step-note" dir="auto">([\s\S]*?)<\/p>/.exec(text) ?? [];
    expect(why).toContain("subscriber.test answers 503");
  });
});
