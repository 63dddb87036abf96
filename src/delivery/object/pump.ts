import { MINUTE, SECOND } from "../../lib/time";
import { attemptBegan, mayAttemptAt, type Breaker } from "./breaker";
import { nextDueAt, takeDue, type Lanes, type OpenDelivery } from "./lanes";
import { nextTokenAt, takeToken, type RateLimit } from "./rate-limit";

/** Before any request is sent, an alarm is set at most this far ahead. It restarts a lost object. */
export const LEASE = MINUTE;

/** After this long the pump leaves and continues by alarm: the platform ends an alarm handler after 15 minutes. */
const MAX_RUN = 10 * MINUTE;

/** Waits up to this long are spent awake, longer ones by alarm: time awake is billed by the second. */
const LONGEST_SLEEP = SECOND;

export type PumpDeps = {
  lanes(): Lanes;
  breaker(): Breaker;
  /** The rate limit of the endpoint, and the separate one of replays. */
  limits(): { all: RateLimit | undefined; replays: RateLimit | undefined };
  /** Requests that may be under way at once. */
  slots(): number;
  /** Makes one attempt and writes its result to lanes and table. Never throws. */
  send(delivery: OpenDelivery): Promise<void>;
  /** Ensures that an alarm is set for `at` or earlier. */
  ensureAlarm(at: number): Promise<void>;
  /** The same while requests are under way, where anything would be lost with the object. */
  ensureLease(at: number): Promise<void>;
  /** False while the endpoint is inactive, paused or deleted, or its lanes are about to be rebuilt. */
  mayRun(): boolean;
  now(): number;
};

export type Pump = {
  /** Sends what is due, or makes the running pump look again. Resolves when nothing more is due. */
  wake(): Promise<void>;
};

/** The only sending loop of an object. An enqueue wakes it; the alarm only restarts it. */
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
          // Requests under way end on their own and the alarm starts the next run: due deliveries must not wait for a
          // request that hangs.
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
          // Something due before the alarm may have arrived during the wait: leave only if it has not.
          if ((nextMoveAt(deps.now()) ?? Infinity) >= next) return;
        }
      }
    } finally {
      // In the same turn as the last look at the lanes, so that no wake-up is lost between the two.
      active = false;
    }
  }

  /**
   * Sends everything that may go now. Gives when something may go next; undefined when only an answer or a new event
   * can change that.
   */
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

  /** When the next attempt may be made: due, allowed by the breaker, and within the rate limits. */
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

  /** While requests are under way, the alarm both restarts a lost object and wakes this loop for what is due next. */
  async function untilRung(now: number, next: number | undefined): Promise<void> {
    const rung = new Promise<void>((resolve) => (ring = resolve));
    await deps.ensureLease(Math.min(now + LEASE, Math.max(next ?? Infinity, now + 1)));
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
    // A running timer would keep the object awake.
    clearTimeout(timer);
  }

  return { wake };
}
