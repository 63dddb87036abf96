import type { EndpointConfig, HealthReport } from "../contract";
import type { AlarmClock } from "./alarm-clock";
import type { Maintenance } from "./maintenance";
import { LEASE } from "./pump";
import { addPendingNotice, isDisablePending, type PendingNotice } from "./storage";

/** What an object tells the database, and that it stops at once where an endpoint wants no more. */
export type Upkeep = {
  /** Whether a `disabled` notice waits to be recorded: nothing more is sent. */
  isStopped(): boolean;
  /** A newer configuration was taken over: somebody decided since. */
  goOn(): void;
  /** Keeps notices until the database has them. Recording one may wait, but an endpoint that answered "gone" must not be called again. */
  notify(notices: readonly PendingNotice[]): void;
  /** Records notices, reports health and applies retention. Where the database fails, an alarm does it again. */
  run(): Promise<void>;
};

export type UpkeepDeps = {
  ctx: DurableObjectState;
  alarm: AlarmClock;
  maintenance: Maintenance;
  config(): EndpointConfig | undefined;
  health(): HealthReport;
  /** Called when the database has the report. */
  reported(report: HealthReport): void;
  configure(newer: EndpointConfig): Promise<void>;
  /** Makes the pump look again. */
  wake(): Promise<void>;
};

export function newUpkeep(deps: UpkeepDeps): Upkeep {
  const { ctx, alarm, maintenance } = deps;
  const { sql } = ctx.storage;
  let stopped = isDisablePending(sql);
  /** Notices that the object's table did not take yet. */
  const untold: PendingNotice[] = [];

  function tell(): void {
    for (let notice = untold[0]; notice; notice = untold[0]) {
      addPendingNotice(sql, notice);
      untold.shift();
    }
  }

  async function keepUp(): Promise<void> {
    const config = deps.config();
    if (!config || config.deleted) return;
    tell();
    const { newer, nextAt } = await maintenance.run(config, deps.health, deps.reported, Date.now());
    if (newer) await deps.configure(newer);
    // Someone changed the endpoint in the meantime, so it is not disabled after all.
    if (stopped && untold.length === 0 && !isDisablePending(sql)) {
      stopped = false;
      ctx.waitUntil(deps.wake());
    }
    if (nextAt !== null) await alarm.ensure(nextAt);
  }

  async function run(): Promise<void> {
    try {
      await keepUp();
    } catch (cause) {
      console.error(JSON.stringify({ event: "endpoint.upkeep_failed", id: deps.config()?.id, error: String(cause) }));
      await alarm.ensure(Date.now() + LEASE);
    }
  }

  return {
    run,
    isStopped: () => stopped,
    goOn: () => {
      stopped = false;
    },
    notify: (notices) => {
      if (notices.length === 0) return;
      // Stop sending now, whatever the database answers and whenever it does.
      stopped ||= notices.some((notice) => notice.kind === "disabled");
      untold.push(...notices);
      try {
        tell();
      } catch {
        // `run` tries again, and says what is wrong.
      }
      ctx.waitUntil(run());
    },
  };
}
