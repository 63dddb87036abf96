import { DurableObject } from "cloudflare:workers";
import { MINUTE } from "../lib/time";
import { workOnSlowLane } from "../pipeline";
import { askPlatform } from "../sources";
import { jobDeps } from "./deps";

/** A lane starts nothing new after this, so that what is under way ends within the 15 minutes an alarm may take. */
const TURN = 3 * MINUTE;

/**
 * The lane of one source: what has to wait for the source's servers waits here, apart from everything else. It stores
 * only the id of its source: the work is rows, and the sweep wakes a lane that was lost.
 */
export class SourceLane extends DurableObject<Env> {
  #isRunning = false;
  #isWoken = false;
  #wake: () => void = () => undefined;

  /**
   * Makes the lane look for due recordings. Returns at once, without waiting for that work, with the hosts that are
   * known here to be fast.
   */
  async wake(sourceId: string): Promise<string[]> {
    await this.#begin("source", sourceId);
    const { recordings, now } = jobDeps(this.env);
    return recordings.knownServers.fastHostsOf(sourceId, now());
  }

  /** Has the platform of the source asked, behind the answer. Called on an object that does nothing else. */
  async ask(sourceId: string): Promise<void> {
    return this.#begin("asks", sourceId);
  }

  override async alarm(): Promise<void> {
    const asks = await this.ctx.storage.get<string>("asks");
    const sourceId = asks ?? (await this.ctx.storage.get<string>("source"));
    if (sourceId === undefined || this.#isRunning) return;
    this.#isRunning = true;
    this.#isWoken = false;
    try {
      const again = asks === undefined ? await this.#fetchRecordings(sourceId) : await this.#askPlatform(sourceId);
      // Woken meanwhile: there may be work that this turn did not see.
      const next = this.#isWoken ? Date.now() : again;
      if (next !== undefined) await this.ctx.storage.setAlarm(next);
    } catch (cause) {
      // The alarm must not throw: the sweep wakes the lane again.
      console.error(JSON.stringify({ event: "source_lane.failed", sourceId, error: String(cause) }));
    } finally {
      this.#isRunning = false;
    }
  }

  async #begin(key: "source" | "asks", sourceId: string): Promise<void> {
    if (this.#isRunning) {
      this.#isWoken = true;
      return this.#wake();
    }
    if ((await this.ctx.storage.get(key)) !== sourceId) await this.ctx.storage.put(key, sourceId);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > Date.now()) await this.ctx.storage.setAlarm(Date.now());
  }

  #fetchRecordings(sourceId: string): Promise<number | undefined> {
    const { recordings, now } = jobDeps(this.env);
    const woken = () => new Promise<void>((resolve) => void (this.#wake = resolve));
    return workOnSlowLane(recordings, sourceId, { until: now() + TURN, woken });
  }

  async #askPlatform(sourceId: string): Promise<undefined> {
    await askPlatform(jobDeps(this.env).sweep.pull, sourceId);
    return undefined;
  }
}
