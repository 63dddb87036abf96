import { DurableObject } from "cloudflare:workers";
import { MINUTE } from "../lib/time";
import { workOnSlowLane } from "../pipeline";
import { askPlatform } from "../sources";
import { jobDeps } from "./deps";

/** A lane starts nothing new after this, so that what is under way ends within the 15 minutes an alarm may take. */
const TURN = 3 * MINUTE;

/**
 * The lane of one source: its slow recordings wait here, apart from everything else. It stores only the id of its
 * source: the work is rows, and the sweep wakes a lane that was lost.
 */
export class SourceLane extends DurableObject<Env> {
  #isRunning = false;
  #isWoken = false;
  #wake: () => void = () => undefined;

  /** Makes the lane look for due work. Returns at once, without waiting for that work. */
  async wake(sourceId: string): Promise<void> {
    if (this.#isRunning) {
      this.#isWoken = true;
      return this.#wake();
    }
    if ((await this.ctx.storage.get("source")) !== sourceId) await this.ctx.storage.put("source", sourceId);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }

  /** Has the platform of the source asked, behind the answer. Called on an object that does nothing else. */
  async ask(sourceId: string): Promise<void> {
    if (this.#isRunning) return;
    if ((await this.ctx.storage.get("asks")) !== sourceId) await this.ctx.storage.put("asks", sourceId);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const asks = await this.ctx.storage.get<string>("asks");
    return asks === undefined ? this.#fetchRecordings() : this.#askPlatform(asks);
  }

  async #askPlatform(sourceId: string): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await askPlatform(jobDeps(this.env).sweep.pull, sourceId);
    } catch (cause) {
      console.error(JSON.stringify({ event: "source_lane.failed", sourceId, error: String(cause) }));
    } finally {
      this.#isRunning = false;
    }
  }

  async #fetchRecordings(): Promise<void> {
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
