import { describe, it } from "vitest";
import { countCalls, listCalls, type CallPosition } from "../../src/calls";
import type { Order } from "../../src/db/order";
import type { Reach } from "../../src/identity";
import { listRecordings, type RecordingPosition } from "../../src/recordings";
import { mintCall, mintOrganization, mintRecording, NOON } from "../factories";
import { lastId } from "../../src/api/sort";
import { db } from "./api/client";

const PAGE = 20;
/** So many that each is scanned 50 calls far: a list of some hundred calls needs several scans. */
const OTHERS = Array.from({ length: 60 }, (_, index) => `other_${index}`);

const REACHES: Record<string, Reach> = {
  "one campaign": { campaigns: ["cmp_a"], operators: null },
  "many campaigns": { campaigns: ["cmp_a", ...OTHERS], operators: null },
  "many campaigns with calls": { campaigns: ["cmp_a", "cmp_b", ...OTHERS], operators: null },
  "many operators": { campaigns: null, operators: ["opr_0", "opr_1", ...OTHERS] },
  "operators in a campaign": { campaigns: ["cmp_a"], operators: ["opr_0", "opr_1", ...OTHERS] },
  "an operator in campaigns": { campaigns: ["cmp_b", ...OTHERS], operators: ["opr_2"] },
};

type Call = { id: string; startedAt: number; campaignId: string | null; operatorId: string | null };

/** Calls of three campaigns and three operators, seven of them in each moment; with `moments` 1, all in one. */
async function mintCalls(moments: number): Promise<{ organizationId: string; calls: Call[] }> {
  const { id: organizationId } = await mintOrganization(db);
  const calls: Call[] = [];
  for (let index = 0; index < 240; index += 1) {
    const call = await mintCall(db, organizationId, {
      externalId: String(index),
      campaignId: ["cmp_a", "cmp_b", null][index % 3] ?? null,
      operatorId: `opr_${Math.floor(index / 3) % 3}`,
      startedAt: NOON + (Math.floor(index / 7) % moments) * 1000,
    });
    await mintRecording(db, call, { externalId: String(index) });
    calls.push(call);
  }
  return { organizationId, calls };
}

function within(calls: readonly Call[], { campaigns, operators }: Reach): Call[] {
  return calls
    .filter(({ campaignId }) => campaigns === null || (campaignId !== null && campaigns.includes(campaignId)))
    .filter(({ operatorId }) => operators === null || (operatorId !== null && operators.includes(operatorId)))
    .toSorted((one, other) => other.startedAt - one.startedAt || (one.id < other.id ? 1 : -1));
}

async function walkCalls(organizationId: string, reach: Reach, order: Order) {
  const ids: string[] = [];
  const places: CallPosition[] = [];
  let after: CallPosition | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const { rows, scannedTo } = await listCalls(db, {
      organizationId,
      reach,
      order,
      limit: PAGE,
      ...(after ? { after } : {}),
    });
    ids.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    const next = rows.length === PAGE && last ? { startedAt: last.startedAt, id: last.id } : scannedTo;
    if (next === null) return { ids, places };
    places.push(next);
    after = next;
  }
  throw new Error("the list has no end");
}

async function walkRecordings(organizationId: string, reach: Reach, order: Order) {
  const callIds: string[] = [];
  let after: RecordingPosition | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const query = { organizationId, reach, order, limit: PAGE, ...(after ? { after } : {}) };
    const { rows, scannedTo } = await listRecordings(db, query);
    callIds.push(...rows.map(({ recording }) => recording.callId));
    const last = rows.at(-1);
    if (rows.length === PAGE && last)
      after = { startedAt: last.startedAt, callId: last.recording.callId, id: last.recording.id };
    else if (scannedTo) after = { startedAt: scannedTo.startedAt, callId: scannedTo.id, id: lastId(order) };
    else return callIds;
  }
  throw new Error("the list has no end");
}

describe("lists within a reach", () => {
  it.for([
    ["over many moments", 40],
    ["all in one moment", 1],
  ] as const)("have each call once and in order, %s", { timeout: 120_000 }, async ([, moments], { expect }) => {
    const { organizationId, calls } = await mintCalls(moments);
    for (const [name, reach] of Object.entries(REACHES)) {
      const expected = within(calls, reach).map(({ id }) => id);
      expect(expected.length).toBeGreaterThan(PAGE);
      for (const order of ["descending", "ascending"] as const) {
        const inOrder = order === "descending" ? expected : expected.toReversed();
        const { ids, places } = await walkCalls(organizationId, reach, order);
        expect([name, order, ids]).toEqual([name, order, inOrder]);
        expect([name, order, await walkRecordings(organizationId, reach, order)]).toEqual([name, order, inOrder]);
        if (moments === 1) continue;
        const beyond = places.filter(({ id }) => id !== "~" && id !== "" && !expected.includes(id));
        expect([name, order, beyond]).toEqual([name, order, []]);
      }
    }
  });

  it("are counted as far as a page is scanned", async ({ expect }) => {
    const { organizationId, calls } = await mintCalls(40);
    for (const [name, reach] of Object.entries(REACHES)) {
      const all = within(calls, reach).length;
      const counted = await countCalls(db, { organizationId, reach });
      if (counted.more) expect(counted.calls).toBeLessThanOrEqual(all);
      else expect([name, counted.calls]).toEqual([name, all]);
    }
  });
});
