import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { openDatabase, runBatch } from "../../../src/db/client";
import { sourceCounts } from "../../../src/db/schema";
import { newId } from "../../../src/lib/id";
import { DAY, HOUR } from "../../../src/lib/time";
import {
  addCounts,
  countLogged,
  forgetOldCounts,
  hourOf,
  type LoggedRequest,
  type RequestCount,
} from "../../../src/sources";
import { mintInbound, mintSource } from "../../factories";

const db = openDatabase((env as typeof env & { DB: D1Database }).DB);
const T0 = Date.parse("2026-02-10T13:20:00Z");

function count(organizationId: string, changes: Partial<RequestCount> = {}): RequestCount {
  return {
    organizationId,
    sourceId: "src_1",
    sourceKind: "audian",
    outcome: "refused",
    reason: "wrong_signature",
    hour: hourOf(T0),
    requests: 3,
    lastAt: T0,
    ...changes,
  };
}

async function counted(organizationId: string) {
  return db
    .select()
    .from(sourceCounts)
    .where(eq(sourceCounts.organizationId, organizationId))
    .orderBy(asc(sourceCounts.sourceId), asc(sourceCounts.hour), asc(sourceCounts.outcome));
}

describe("adding counts", () => {
  it("adds to what is there, and keeps the latest moment", async () => {
    await addCounts(db, [count("org_add"), count("org_add", { outcome: "dead", requests: 1 })]);
    await addCounts(db, [count("org_add", { requests: 4, lastAt: T0 - 5 })]);
    expect(await counted("org_add")).toMatchObject([
      { outcome: "dead", requests: 1 },
      { outcome: "refused", requests: 7, lastAt: T0, hour: Date.parse("2026-02-10T13:00:00Z") },
    ]);
  });

  it("gives a claimed source's refusals to its owner, and made-up ones to nobody", async () => {
    const known = await mintSource(db, "org_claim");
    const deleted = await mintSource(db, "org_claim", { id: newId("src", T0), deletedAt: T0 });
    const claims = [known.id, known.id, deleted.id, "src_made_up", "src_made_up_too"];
    await addCounts(db, [
      ...claims.map((sourceId) => count("", { sourceId, reason: "claim" })),
      count("", { sourceId: known.id, sourceKind: "anura", reason: "claim" }),
    ]);
    expect(await counted("org_claim")).toMatchObject([{ sourceId: known.id, requests: 6 }]);
    const nobodys = (await counted("")).filter((row) => row.reason === "claim");
    expect(nobodys.map((row) => [row.sourceId, row.sourceKind, row.requests])).toEqual([
      ["", "anura", 3],
      ["", "audian", 9],
    ]);
  });
});

describe("counting with the log", () => {
  const logged = (organizationId: string, changes: Partial<LoggedRequest> = {}): LoggedRequest => ({
    id: newId("inb", T0),
    organizationId,
    sourceId: "src_1",
    sourceKind: "audian",
    outcome: "accepted",
    reason: "",
    receivedAt: T0,
    ...changes,
  });

  it("counts by hour of arrival, one row for what is alike", async () => {
    const requests = [0, 1, 2, HOUR].map((later) => logged("org_log", { receivedAt: T0 + later }));
    const [result] = await runBatch(db, [countLogged(db, requests)]);
    expect(result?.meta.rows_written).toBe(2);
    expect(await counted("org_log")).toMatchObject([
      { hour: hourOf(T0), requests: 3, lastAt: T0 + 2 },
      { hour: hourOf(T0) + HOUR, requests: 1, lastAt: T0 + HOUR },
    ]);
  });

  it("counts a request once, in one batch or in two", async () => {
    const request = logged("org_twice");
    await runBatch(db, [countLogged(db, [request, request])]);
    await mintInbound(db, "org_twice", { id: request.id });
    await runBatch(db, [countLogged(db, [request, { ...request, outcome: "dead" }])]);
    expect(await counted("org_twice")).toMatchObject([{ requests: 1, outcome: "accepted" }]);
  });

  it("tells organizations with the same request id apart", async () => {
    const request = logged("org_a");
    await mintInbound(db, "org_a", { id: request.id });
    await runBatch(db, [countLogged(db, [{ ...request, organizationId: "org_b" }])]);
    expect(await counted("org_b")).toHaveLength(1);
  });
});

describe("forgetting counts", () => {
  it("deletes what is older than 90 days, so many at a time", async () => {
    const now = T0 + 400 * DAY;
    const ages = [91, 92, 93, 89];
    await addCounts(
      db,
      ages.map((days) => count("org_old", { hour: hourOf(now - days * DAY) })),
    );
    await runBatch(db, [forgetOldCounts(db, now, 1)]);
    const left = () => counted("org_old").then((rows) => rows.length);
    const before = await left();
    await runBatch(db, [forgetOldCounts(db, now, 1_000)]);
    expect(before).toBeGreaterThan(1);
    expect(await left()).toBe(1);
  });
});
