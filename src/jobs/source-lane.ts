import { DurableObject } from "cloudflare:workers";
import { MINUTE } from "../lib/time";
import { workOnSlowLane } from "../pipeline";
import { jobDeps } from "./deps";

/** A lane takes nothing new after this: what is under way then ends within the 15 minutes an alarm may take. */
const TURN = 3 * MINUTE;

/**
 * The lane of one source: what waits for servers of its own, apart from everything else. It keeps nothing but the name of
 * its source: the work is rows, and a lane that is lost is woken again by the sweep.
 */
export class SourceLane extends DurableObject<Env> {
  #isRunning = false;
  #isWoken = false;
  #wake: () => void = () => undefined;

  /** Has the lane look for what is due. Answers at once: nobody waits for a lane. */
  async wake(sourceId: string): Promise<void> {
    if (this.#isRunning) {
      this.#isWoken = true;
      return this.#wake();
    }
    if ((await this.ctx.storage.get("source")) !== sourceId) await this.ctx.storage.put("source", sourceId);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const sourceId = await this.ctx.storage.get<string>("source");
    if (sourceId === undefined || this.#isRunning) return;
    this.#isRunning = true;
    this.#isWoken = false;
    try {
      const { recordings, now } = jobDeps(this.env);
      const woken = () => new Promise<void>((resolve) => void (this.#wake = resolve));
      const isMore = await workOnSlowLane(recordings, sourceId, { until: now() + TURN, woken });
      if (isMore || this.#isWoken) await this.ctx.storage.setAlarm(now());
    } catch (cause) {
      // The alarm must not throw: the sweep wakes the lane again.
      console.error(JSON.stringify({ event: "source_lane.failed", sourceId, error: String(cause) }));
    } finally {
      this.#isRunning = false;
    }
  }
}
