import { HOUR, SECOND } from "../../lib/time";
import type { PlanName } from "../plans";
import type { Database } from "../../db/client";
import { accountedOf, leaseRequests, returnRequests, type Lease, type Report } from "./lease";

/** Whether a request may be carried out, and what its answer says of the quota. `resetAt` in milliseconds. */
export type Taken = {
  allowed: boolean;
  plan: PlanName;
  limit: number;
  /** At least so many are left. */
  remaining: number;
  resetAt: number;
  hour: number;
};

export type QuotaDeps = {
  lease(organizationId: string, hour: number, report: Report): Promise<Lease>;
  giveBack(organizationId: string, hour: number, count: number): Promise<void>;
};

/** The isolate's share of the quotas of organizations. */
export type QuotaShare = {
  /** Uses one request of the hour of `now`, if there is one. */
  take(organizationId: string, now: number): Promise<Taken>;
  /** Undoes a `take` of that hour: the request cost nothing. */
  giveBack(organizationId: string, hour: number): Promise<void>;
};

type Block = Lease & { left: number; accounted: number; refusedUntil: number };

/** For so long nobody is asked again after the hour's requests were used up. */
const REFUSED_FOR = 2 * SECOND;

const CAPACITY = 10_000;

/** A share of what the database gives out. */
export function quotaShareOn(db: Database): QuotaShare {
  return newQuotaShare({
    lease: (...asked) => leaseRequests(db, ...asked),
    giveBack: (...given) => returnRequests(db, ...given),
  });
}

export function newQuotaShare({ lease, giveBack }: QuotaDeps): QuotaShare {
  const blocks = new Map<string, Block>();
  const asking = new Map<string, Promise<void>>();

  async function ask(organizationId: string, hour: number, now: number): Promise<void> {
    const before = blocks.get(organizationId);
    const report = { hour: before?.hour ?? 0, accounted: before?.accounted ?? 0 };
    // Reported once: where the answer is lost, the block counts as unused for the rest of the hour.
    if (before) before.accounted = 0;
    const given = await lease(organizationId, hour, report);
    const oldest = blocks.size >= CAPACITY ? blocks.keys().next().value : undefined;
    if (oldest !== undefined) blocks.delete(oldest);
    blocks.set(organizationId, {
      ...given,
      left: given.granted,
      accounted: accountedOf(given.granted),
      refusedUntil: given.granted === 0 ? now + REFUSED_FOR : 0,
    });
  }

  /** One question at a time for each organization: who comes meanwhile waits for its answer. */
  function askOnce(organizationId: string, hour: number, now: number): Promise<void> {
    const known = asking.get(organizationId);
    if (known) return known;
    const question = ask(organizationId, hour, now).finally(() => asking.delete(organizationId));
    asking.set(organizationId, question);
    return question;
  }

  return {
    async take(organizationId, now) {
      const hour = Math.floor(now / HOUR);
      for (;;) {
        const block = blocks.get(organizationId);
        // The block may be of a later hour, where another isolate's clock is ahead.
        if (block && block.hour >= hour) {
          if (block.left > 0) {
            block.left -= 1;
            return takenOf(block, true);
          }
          if (block.refusedUntil > now) return takenOf(block, false);
        }
        await askOnce(organizationId, hour, now);
      }
    },

    async giveBack(organizationId, hour) {
      const block = blocks.get(organizationId);
      if (block?.hour !== hour) return;
      if (block.left < block.accounted) {
        block.left += 1;
        return;
      }
      block.refusedUntil = 0;
      await giveBack(organizationId, hour, 1);
    },
  };
}

function takenOf({ plan, limit, left, unleased, hour }: Block, allowed: boolean): Taken {
  return { allowed, plan, limit, remaining: allowed ? left + unleased : 0, resetAt: (hour + 1) * HOUR, hour };
}
