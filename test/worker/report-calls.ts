import { env } from "cloudflare:workers";
import { callIdOf, type CallFacts } from "../../src/calls";
import { openDatabase } from "../../src/db/client";
import type { FollowDeps } from "../../src/pipeline";
import type { JudgeDeps } from "../../src/pipeline/judge-unheard";
import { mergeCalls, type CallNotices } from "../../src/pipeline/merge-calls";

/** For a test that drains and works by itself: a merge hands nothing over. */
export const nothingFollows: Pick<FollowDeps, "nudges" | "drainInPlace"> = {
  nudges: {
    events: async () => undefined,
    recordings: async () => undefined,
    analyses: async () => undefined,
    actions: async () => undefined,
  },
  drainInPlace: () => ({ queries: [], handOver: async () => [] }),
};

/** Where the calls of a test come from. */
export type Platform = { organizationId: string; sourceId: string; campaignId: string | null };

/**
 * Calls as a platform that knows references tells of them, past the reading of its bytes. One batch; gives their ids. A
 * `database` may have something happen around its writes. `rulesOf`: the rules that look at calls without a recording.
 */
export async function report(
  platform: Platform,
  calls: readonly Partial<CallFacts>[],
  database: D1Database = env.DB,
  rulesOf: JudgeDeps["rulesOf"] = async () => [],
): Promise<string[]> {
  const { organizationId, sourceId } = platform;
  const byCall = new Map<string, CallNotices>();
  const ids: string[] = [];
  for (const given of calls) {
    const facts = { externalId: crypto.randomUUID(), outcome: "completed" as const, recordings: [], ...given };
    const name = { organizationId, sourceId, externalId: facts.externalId };
    const key = { ...name, id: await callIdOf(name), sourceKind: "audian" };
    const one = byCall.get(key.id) ?? {
      key,
      sourceCampaignId: platform.campaignId,
      campaignOfAccount: {},
      notices: [],
    };
    byCall.set(key.id, { ...one, notices: [...one.notices, { facts, receivedAt: Date.now(), replay: false }] });
    ids.push(key.id);
  }
  const deps = { db: openDatabase(database), bucket: env.BUCKET, newWriter: () => crypto.randomUUID(), rulesOf };
  await mergeCalls({ ...deps, ...nothingFollows }, [...byCall.values()], () => [], Date.now());
  return ids;
}
