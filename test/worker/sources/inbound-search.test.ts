import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { FULL_REACH } from "../../../src/identity";
import { openDatabase } from "../../../src/db/client";
import { newId } from "../../../src/lib/id";
import { MINUTE } from "../../../src/lib/time";
import { searchInbound, type InboundSearch } from "../../../src/sources";
import { mintCall, mintInbound } from "../../factories";

const { DB } = env as typeof env & { DB: D1Database };
const db = openDatabase(DB);
const T0 = Date.parse("2026-02-10T13:00:00Z");
const bytes = (text: string) => new TextEncoder().encode(text);

/** Pages to the end, as a caller would; gives the call ids of each. */
async function pagesOf(search: Omit<InboundSearch, "after">, scan: number): Promise<(string | null)[][]> {
  const pages: (string | null)[][] = [];
  let after: string | undefined;
  do {
    const page = await searchInbound(db, { ...search, after }, scan);
    pages.push(page.rows.map((row) => row.callId));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return pages;
}

describe("searching", () => {
  beforeAll(async () => {
    const like = [
      { outcome: "refused", reason: "missing_fields", status: 422, body: bytes('{"agent":"Lucía FERNÁNDEZ"}') },
      { outcome: "quarantined", reason: "no_campaign", sourceKind: "anura", form: "listed" },
      { outcome: "accepted", sourceId: "src_other", body: null, bodyKey: "inbound/org_search/x" },
      { outcome: "refused", reason: "wrong_signature", status: 401, body: bytes("100% of agent_1") },
      { outcome: "accepted", body: new Uint8Array([0xff, 0, 0x41, 0x67]) },
      { outcome: "ignored", reason: "not_recorded" },
    ] as const;
    for (const [index, changes] of like.entries()) {
      const receivedAt = T0 + index * MINUTE;
      const row = { id: newId("inb", receivedAt), receivedAt, callId: `call_${index}`, ...changes };
      await mintInbound(db, "org_search", row);
      await mintInbound(db, "org_else", { ...row, id: newId("inb", receivedAt), callId: "call_else" });
    }
  });

  it.each([
    [{ reason: "missing_fields" }, [0]],
    [{ outcome: "refused" }, [0, 3]],
    [{ outcome: "refused", reason: "wrong_signature" }, [3]],
    [{ outcome: "accepted" }, [2, 4]],
    [{ outcome: "accepted", reason: "missing_fields" }, []],
    [{ sourceId: "src_other" }, [2]],
    [{ sourceKind: "anura" }, [1]],
    [{ status: 401 }, [3]],
    [{ callId: "call_5" }, [5]],
    [{ form: "listed" }, [1]],
    [{ text: "AGENT" }, [0, 3]],
    [{ text: "fern" }, [0]],
    [{ text: "Lucía" }, [0]],
    [{ text: "100%" }, [3]],
    [{ text: "agent_" }, [3]],
    [{ text: "AGENT", status: 422 }, [0]],
    [{ outcome: "refused", from: T0 + MINUTE }, [3]],
    [{ from: T0 + MINUTE, until: T0 + 3 * MINUTE }, [1, 2]],
  ] as const)("finds what matches %j, in either order", async (filter, found) => {
    const expected = found.map((index) => `call_${index}`);
    const search = { organizationId: "org_search", filter, limit: 10 };
    for (const scan of [1, 2, 100]) {
      expect((await pagesOf({ reach: FULL_REACH, ...search, order: "oldest" }, scan)).flat()).toEqual(expected);
      expect((await pagesOf({ reach: FULL_REACH, ...search, order: "newest", limit: 1 }, scan)).flat()).toEqual(
        expected.toReversed(),
      );
    }
  });

  it("stops after so many requests and says how far it got", async () => {
    const search = { organizationId: "org_search", filter: { text: "fern" }, limit: 10, order: "newest" as const };
    const page = await searchInbound(db, { ...search, reach: FULL_REACH }, 2);
    expect(page).toMatchObject({ rows: [], scannedUntil: T0 + 4 * MINUTE });
    expect(await pagesOf({ ...search, reach: FULL_REACH }, 2)).toEqual([[], [], ["call_0"], []]);
    expect(await searchInbound(db, { ...search, reach: FULL_REACH }, 100)).toMatchObject({
      rows: [{ callId: "call_0" }],
      next: null,
      scannedUntil: null,
    });
  });

  it("reads no more rows than that, however long the log is", async () => {
    const inserts = Array.from({ length: 400 }, (_, index) =>
      DB.prepare(
        `INSERT INTO inbound (organization_id, id, source_kind, received_at, path, form, headers, body_size, outcome, status, replays)
         VALUES ('org_long', ?, 'anura', ?, '/', 'notice', '{}', 0, 'accepted', 200, 0)`,
      ).bind(newId("inb", T0 + index), T0 + index),
    );
    await DB.batch(inserts);
    let read = 0;
    const watched = {
      prepare: (text: string) => DB.prepare(text),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await DB.batch(statements);
        read += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
        return results;
      },
    };
    const search = { organizationId: "org_long", filter: { callId: "call_none" }, limit: 10, order: "newest" as const };
    await searchInbound(openDatabase(watched as unknown as D1Database), { ...search, reach: FULL_REACH }, 50);
    expect(read).toBeGreaterThan(50);
    expect(read).toBeLessThan(200);
  });
});

it("names the call by its platform's id, and the event where the platform does, only where that is asked for", async () => {
  const organizationId = "org_named";
  const call = await mintCall(db, organizationId, { externalId: "CA-77" });
  const foreign = await mintCall(db, "org_else", { externalId: "not-ours" });
  const telnyx = { sourceKind: "telnyx", body: bytes('{"data":{"event_type":"call.recording.saved"}}') };
  const like: [Parameters<typeof mintInbound>[2], [id: string | null, event: string | null]][] = [
    [{ callId: call.id, ...telnyx }, ["CA-77", "call.recording.saved"]],
    [{ callId: "call_gone" }, [null, "call.end"]],
    [{ callId: foreign.id, body: bytes('{"event":{"call.end":1}}') }, [null, null]],
    [{ body: bytes("no JSON") }, [null, null]],
    [{ body: bytes(`{"event":"${"e".repeat(61)}"}`) }, [null, null]],
    [{ body: null }, [null, null]],
    [{ form: "listed" }, [null, null]],
    [{ form: "sample" }, [null, "call.end"]],
    [{ sourceKind: "asterisk" }, [null, null]],
  ];
  for (const [index, [changes]] of like.entries())
    await mintInbound(db, organizationId, { id: newId("inb", T0 + index), receivedAt: T0 + index, ...changes });
  const search = { organizationId, reach: FULL_REACH, filter: {}, limit: 50, order: "oldest" as const };
  const namesIn = async (named: boolean) =>
    (await searchInbound(db, { ...search, named })).rows.map(({ callExternalId, event }) => [callExternalId, event]);
  expect(await namesIn(true)).toEqual(like.map(([, names]) => names));
  expect(await namesIn(false)).toEqual(like.map(() => [null, null]));
});

describe("query plans", () => {
  async function planOf(search: Partial<InboundSearch>): Promise<string> {
    const statements: string[] = [];
    const watched = {
      prepare: (text: string) => (statements.push(text), DB.prepare(text)),
      batch: (batch: D1PreparedStatement[]) => DB.batch(batch),
    };
    const base = { organizationId: "org_1", filter: {}, limit: 10, order: "newest" as const };
    await searchInbound(openDatabase(watched as unknown as D1Database), { reach: FULL_REACH, ...base, ...search });
    const plans = statements.map((text) =>
      DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
        .bind(...(text.match(/\?/g) ?? []).map(() => 1))
        .all<{ detail: string }>(),
    );
    return (await Promise.all(plans)).flatMap(({ results }) => results.map(({ detail }) => detail)).join("\n");
  }

  it.each<[string, Partial<InboundSearch>]>([
    ["everything", {}],
    ["everything, with names", { named: true }],
    ["a later page", { after: "inb_1" }],
    ["a time", { filter: { from: T0, until: T0 + 1 } }],
    ["a reason", { filter: { reason: "x" } }],
    ["accepted ones", { filter: { outcome: "accepted" } }],
    ["oldest first", { order: "oldest", filter: { text: "x" } }],
  ])("of %s go by the primary key, in order", async (_name, search) => {
    const plan = await planOf(search);
    expect(plan).toContain("USING PRIMARY KEY (organization_id=?");
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN inbound/);
  });

  it.each<[string, Partial<InboundSearch>]>([
    ["refused", { filter: { outcome: "refused" } }],
    ["refused, with names", { filter: { outcome: "refused" }, named: true }],
    ["quarantined, a later page", { filter: { outcome: "quarantined" }, after: "inb_1" }],
    ["ignored in a time", { filter: { outcome: "ignored", from: T0, until: T0 + 1 } }],
    ["dead with a reason, oldest first", { filter: { outcome: "dead", reason: "x" }, order: "oldest" }],
  ])("of %s go by the index of exceptions, in order", async (_name, search) => {
    const plan = await planOf(search);
    expect(plan).toContain("USING COVERING INDEX inbound_exceptions (organization_id=? AND outcome=?");
    expect(plan).toContain("USING PRIMARY KEY (organization_id=? AND id=?)");
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN inbound|USING PRIMARY KEY \(organization_id=\?\)/);
  });
});
