import { DurableObject } from "cloudflare:workers";
import { runConnector } from "../connectors";
import { MINUTE } from "../lib/time";
import { actOnCalls, workOnSlowLane } from "../pipeline";
import { askPlatform } from "../sources";
import { jobDeps } from "./deps";

/** A lane starts nothing new after this, so that what is under way ends within the 15 minutes an alarm may take. */
const TURN = 3 * MINUTE;

type Kind = "source" | "asks" | "connector" | "acts";

/**
 * The lane of one source or connector, or of an organization's post-call actions: what has to wait for its servers waits
 * here, apart from everything else, and one after the other. It stores only the id: the work is rows, and the sweep wakes a
 * lane that was lost.
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

  /** Has a connector look into its storage, behind the answer. Called on an object that does nothing else. */
  async look(connectorId: string): Promise<void> {
    return this.#begin("connector", connectorId);
  }

  /** Has the post-call actions of an organization done, behind the answer. Called on an object that does nothing else. */
  async act(organizationId: string): Promise<void> {
    return this.#begin("acts", organizationId);
  }

  override async alarm(): Promise<void> {
    const [asks, connector] = [await this.#stored("asks"), await this.#stored("connector")];
    const acts = await this.#stored("acts");
    const id = asks ?? connector ?? acts ?? (await this.#stored("source"));
    if (id === undefined || this.#isRunning) return;
    this.#isRunning = true;
    this.#isWoken = false;
    try {
      const again = await (asks !== undefined
        ? this.#askPlatform(id)
        : connector !== undefined
          ? runConnector(jobDeps(this.env).connectors, id)
          : acts !== undefined
            ? this.#act(id)
            : this.#fetchRecordings(id));
      // Woken meanwhile: there may be work that this turn did not see.
      const next = this.#isWoken ? Date.now() : again;
      if (next !== undefined) await this.ctx.storage.setAlarm(next);
    } catch (cause) {
      // The alarm must not throw: the sweep wakes the lane again.
      console.error(JSON.stringify({ event: "source_lane.failed", id, error: String(cause) }));
    } finally {
      this.#isRunning = false;
    }
  }

  #stored(key: Kind): Promise<string | undefined> {
    return this.ctx.storage.get<string>(key);
  }

  async #begin(key: Kind, id: string): Promise<void> {
    if (this.#isRunning) {
      this.#isWoken = true;
      return this.#wake();
    }
    if ((await this.#stored(key)) !== id) await this.ctx.storage.put(key, id);
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > Date.now()) await this.ctx.storage.setAlarm(Date.now());
  }

  #fetchRecordings(sourceId: string): Promise<number | undefined> {
    const { recordings, now } = jobDeps(this.env);
    return workOnSlowLane(recordings, sourceId, { until: now() + TURN, woken: () => this.#woken() });
  }

  #act(organizationId: string): Promise<number | undefined> {
    const { acting, now } = jobDeps(this.env);
    return actOnCalls(acting, organizationId, { until: now() + TURN, woken: () => this.#woken() });
  }

  #woken(): Promise<void> {
    return new Promise<void>((resolve) => void (this.#wake = resolve));
  }

  async #askPlatform(sourceId: string): Promise<undefined> {
    await askPlatform(jobDeps(this.env).sweep.pull, sourceId);
    return undefined;
  }
}
