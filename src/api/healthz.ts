import { lastSweepAt } from "../health";
import type { Database } from "../db/client";
import { MINUTE, SECOND } from "../lib/time";

/** D1 is asked at most so often by an isolate, however many ask. */
const ASKED_EVERY = 10 * SECOND;
/** Cloudflare runs the sweep every minute; this late, nothing that a crash left behind is picked up. */
const SWEEP_OVERDUE = 10 * MINUTE;

type Verdict = { isOk: boolean };
type Deps = { db: Database; now(): number };

// An isolate's environment does not change, and neither does its database.
const asked = new WeakMap<object, { at: number; verdict: Promise<Verdict> }>();

/** `/healthz`: whether the deployment works, for whoever watches it. It says nothing else. */
export async function healthzAnswer(env: object, deps: Deps): Promise<Response> {
  const at = deps.now();
  const known = asked.get(env);
  const current = known && at - known.at < ASKED_EVERY && at >= known.at ? known : { at, verdict: judge(deps, at) };
  asked.set(env, current);
  const { isOk } = await current.verdict;
  const headers = { "cache-control": "no-store" };
  return Response.json({ status: isOk ? "ok" : "not_ok" }, { status: isOk ? 200 : 503, headers });
}

async function judge({ db }: Deps, now: number): Promise<Verdict> {
  try {
    const last = await lastSweepAt(db);
    return { isOk: last === null || now - last < SWEEP_OVERDUE };
  } catch {
    return { isOk: false };
  }
}
