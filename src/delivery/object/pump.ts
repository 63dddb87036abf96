import { MINUTE, SECOND } from "../../lib/time";
import { attemptBegan, mayAttemptAt, type Breaker } from "./breaker";
import { nextDueAt, takeDue, type Lanes, type OpenDelivery } from "./lanes";
import { nextTokenAt, takeToken, type RateLimit } from "./rate-limit";

/** An alarm no later than this far ahead stands in storage before any request goes out: what restarts a lost object. */
export const LEASE = MINUTE;

/** After so long in one go the pump leaves and comes back by alarm: the platform ends an alarm after 15 minutes. */
const MAX_RUN = 10 * MINUTE;

/** Waits up to here are slept through; longer ones are an alarm's: being awake is billed by the second. */
const LONGEST_SLEEP = SECOND;

export type PumpDeps = {
  lanes(): Lanes;
  breaker(): Breaker;
  /** The endpoint's rate limit, and the one that replays keep beside it. */
  limits(): { all: RateLimit | undefined; replays: RateLimit | undefined };
  /** Requests that may be under way at once. */
  slots(): number;
  /** Makes one attempt and settles it in lanes and table. Never throws. */
  send(delivery: OpenDelivery): Promise<void>;
  /** Makes sure that an alarm stands at `at` or earlier. */
  ensureAlarm(at: number): Promise<void>;
  /** False while the endpoint is inactive, paused, deleted, or about to be laid out anew. */
  mayRun(): boolean;
  now(): number;
};

export type Pump = {
  /** Sends what is due, or makes the running pump look again. Resolves when nothing more is due. */
  wake(): Promise<void>;
};

/** The one loop of an object that sends: an enqueue wakes it, the alarm only restarts it. */
export function newPump(deps: PumpDeps): Pump {
  let active = false;
  let current: Promise<void> = Promise.resolve();
  let ring: (() => void) | undefined;

  function wake(): Promise<void> {
    ring?.();
    if (!active) {
      active = true;
      current = run();
    }
    return current;
  }

  async function run(): Promise<void> {
    try {
      const leaveAt = deps.now() + MAX_RUN;
      while (deps.mayRun() || deps.lanes().busy > 0) {
        const now = deps.now();
        if (now >= leaveAt) {
          // What is out ends by itself and rings the next run: what is due must not wait for a request that hangs.
          await deps.ensureAlarm(now);
          return;
        }
        const next = deps.mayRun() ? launchDue(now) : undefined;
        if (deps.lanes().busy > 0) {
          await untilRung(now, next);
        } else if (next === undefined) {
          return;
        } else if (next - now <= LONGEST_SLEEP) {
          await sleep(next - now);
        } else {
          await deps.ensureAlarm(next);
          // Something that may go before the alarm may have come in during the wait: only leave when that is not so.
          if ((nextMoveAt(deps.now()) ?? Infinity) >= next) return;
        }
      }
    } finally {
      // In the same turn as the last look at the lanes, so that no wake falls between the two.
      active = false;
    }
  }

  /** Sends whatever may go now; gives when something may go next, or undefined when only an answer or an event helps. */
  function launchDue(now: number): number | undefined {
    for (let at = nextMoveAt(now); at !== undefined && at <= now; at = nextMoveAt(now)) {
      const delivery = takeDue(deps.lanes(), now, deps.slots(), replaysMayGo(now));
      if (!delivery) return undefined;
      const { all, replays } = deps.limits();
      if (all) takeToken(all, now);
      if (replays && delivery.replay > 0) takeToken(replays, now);
      attemptBegan(deps.breaker());
      void deps.send(delivery).finally(() => ring?.());
    }
    return nextMoveAt(now);
  }

  /** When the next attempt may be made: due, let through by the breaker, and within the limits. */
  function nextMoveAt(now: number): number | undefined {
    const { all, replays } = deps.limits();
    const own = nextDueAt(deps.lanes(), ["fresh", "retry"]);
    const replay = nextDueAt(deps.lanes(), ["replay"]);
    const replayAt = replay === undefined ? undefined : Math.max(replay, replays ? nextTokenAt(replays, now) : now);
    const due = own === undefined ? replayAt : replayAt === undefined ? own : Math.min(own, replayAt);
    if (due === undefined || deps.lanes().busy >= deps.slots()) return undefined;
    const at = Math.max(due, mayAttemptAt(deps.breaker(), now), all ? nextTokenAt(all, now) : now);
    return at === Infinity ? undefined : at;
  }

  function replaysMayGo(now: number): boolean {
    const { replays } = deps.limits();
    return !replays || nextTokenAt(replays, now) <= now;
  }

  /** While requests are out, the alarm both restarts a lost object and wakes this loop for what is due next. */
  async function untilRung(now: number, next: number | undefined): Promise<void> {
    const rung = new Promise<void>((resolve) => (ring = resolve));
    await deps.ensureAlarm(Math.min(now + LEASE, Math.max(next ?? Infinity, now + 1)));
    if (next !== undefined && next - now <= LONGEST_SLEEP) await Promise.race([rung, sleep(Math.max(1, next - now))]);
    else await rung;
  }

  async function sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
      const before = ring;
      ring = () => {
        before?.();
        resolve();
      };
    });
    await slept;
    // A timer left running would hold the object awake.
    clearTimeout(timer);
  }

  return { wake };
}
