import { DurableObject } from "cloudflare:workers";
import { newAlarmClock, type AlarmClock } from "./alarm-clock";
import { probeNow } from "./breaker";
import { newMaintenance, type Maintenance } from "./maintenance";
import type {
  DeliveryLogEntry,
  EndpointConfig,
  EnqueueAnswer,
  EnqueuedEvent,
  HealthReport,
  LogQuery,
  ReplayQuery,
} from "../contract";
import { countSeen, eraseSeen, replaySeen, retryDelivery, settleHeld, type ObjectDeps } from "./interventions";
import { openCount, readBacklog, refill, type Backlog } from "./backlog";
import { forgetFresh, newFreshEvents } from "./fresh-events";
import { takeEvents } from "./take-events";
import { freeSlot, MAX_BUSY, type OpenDelivery } from "./lanes";
import { newOutcomes, type Answered, type Outcomes } from "./outcomes";
import * as storage from "./storage";
import { LEASE, newPump, type Pump } from "./pump";
import { limitAll, newRateLimit, type Limits } from "./rate-limit";
import { tryDelivery } from "./try-delivery";
import { sendTest } from "./send-test";
import { sendDepsOn, type SendDepsOn } from "./send-deps";
import { settleAttempt } from "./settle-attempt";
import { forgetHours } from "./counters";
import {
  newEndpointState,
  reportOf,
  roomBeside,
  startAfresh,
  watchBacklog,
  type EndpointState,
} from "./endpoint-state";

/**
 * One endpoint's deliveries (or one shard of them): lanes, retries and log, in its own SQLite. This file is the shell
 * around the pure parts of the folder; it alone knows storage, alarm and environment.
 */
export class EndpointObject extends DurableObject<Env> {
  readonly #alarm: AlarmClock;
  readonly #pump: Pump;
  readonly #maintenance: Maintenance;
  readonly #sendDeps: SendDepsOn;
  #endpoint: EndpointConfig | undefined;
  #backlog!: Backlog;
  #state!: EndpointState;
  readonly #fresh = newFreshEvents();
  readonly #outcomes: Outcomes;
  readonly #limits: Limits = { all: undefined, replays: undefined };
  #arrival = 0;
  #stopped = false; // The endpoint is to be disabled and the database does not know yet.

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = newAlarmClock(ctx.storage);
    this.#sendDeps = sendDepsOn(env);
    this.#maintenance = newMaintenance(ctx.storage.sql, env);
    this.#pump = newPump({
      lanes: () => this.#backlog.lanes,
      breaker: () => this.#state.breaker,
      limits: () => this.#limits,
      slots: () => Math.min(MAX_BUSY, this.#endpoint?.settings.concurrency ?? MAX_BUSY),
      send: (delivery) => this.#send(delivery),
      ensureAlarm: (at) => this.#alarm.ensure(at),
      mayRun: () => this.#mayRun(),
      now: () => Date.now(),
    });
    this.#outcomes = newOutcomes({
      write: (answered) => this.#settle(answered),
      written: () => this.ctx.waitUntil(this.#pump.wake()),
    });
    void ctx.blockConcurrencyWhile(async () => {
      storage.migrateStorage(this.#sql);
      this.#endpoint = storage.readConfigRow(this.#sql);
      this.#state = newEndpointState(this.#sql, Date.now());
      this.#stopped = storage.isDisablingTold(this.#sql);
      this.#applyConfig();
      this.#readBacklog();
      await this.#alarm.read();
    });
  }

  /** Takes events in, in order, and begins to send. What this object has seen before is not taken twice. */
  async enqueue(
    config: EndpointConfig,
    events: readonly EnqueuedEvent[],
    { replay = 0, perSecond }: { replay?: number; perSecond?: number } = {},
  ): Promise<EnqueueAnswer> {
    await this.configure(config);
    if (this.#endpoint?.deleted) return { accepted: 0, duplicates: 0, refused: "deleted" };
    const fits = (more: number) => more <= roomBeside(this.#endpoint, openCount(this.#backlog));
    // Only what is new takes room, and only a crowded object has to look which that is.
    if (!fits(events.length) && !fits(storage.countUnknown(this.#sql, events, replay))) {
      return { accepted: 0, duplicates: 0, refused: "full" };
    }
    const now = Date.now();
    if (perSecond !== undefined) this.#limits.replays = newRateLimit(perSecond, now);
    const accepted = takeEvents(this.#deps(), this.#fresh, events, replay);
    if (accepted > 0) await this.#wakeUp(now);
    // All of it is known: but the call that brought it first may have failed before the alarm was set.
    else if (openCount(this.#backlog) > 0) await this.#alarm.ensure(now + LEASE);
    return { accepted, duplicates: events.length - accepted, refused: null };
  }

  /** Takes a newer version of the endpoint; an older or equal one is not written. A deleted endpoint stays deleted. */
  async configure(config: EndpointConfig): Promise<void> {
    if (this.#endpoint && (this.#endpoint.deleted || this.#endpoint.version >= config.version)) return;
    const wasActive = this.#endpoint?.active ?? true;
    this.#endpoint = config;
    this.#stopped = false;
    storage.writeConfigRow(this.#sql, config);
    if (config.deleted) {
      storage.dropEverything(this.#sql);
      forgetFresh(this.#fresh);
      await this.#alarm.clear();
      return;
    }
    // Whoever turns an endpoint on again wants it tried at once, not at the next probe.
    if (!wasActive && config.active) startAfresh(this.#state, Date.now());
    probeNow(this.#state.breaker, Date.now());
    this.#applyConfig();
    this.ctx.waitUntil(this.#pump.wake());
  }

  /** The deliveries of this endpoint with their attempts, newest first; nothing for another organization's. */
  log(organizationId: string, query: LogQuery): DeliveryLogEntry[] {
    return this.#mayRead(organizationId) ? storage.listDeliveries(this.#sql, query) : [];
  }

  /** How many deliveries match, whatever the page. */
  count(organizationId: string, query: Omit<LogQuery, "limit" | "before">): number {
    return this.#mayRead(organizationId) ? storage.countDeliveries(this.#sql, query) : 0;
  }

  /** One delivery, or null. */
  delivery(organizationId: string, deliveryId: string): DeliveryLogEntry | null {
    return this.#mayRead(organizationId) ? (storage.findDelivery(this.#sql, deliveryId)?.entry ?? null) : null;
  }

  /** Sends a delivery again: one that waits at once, one that is over as a replay. */
  async retry(organizationId: string, deliveryId: string): Promise<"scheduled" | "replayed" | "not_found"> {
    if (!this.#mayRead(organizationId)) return "not_found";
    const outcome = retryDelivery(this.#deps(), deliveryId);
    probeNow(this.#state.breaker, Date.now());
    await this.#wakeUp(Date.now());
    return outcome;
  }

  /** Lets a held head go once more, or skips it. False when it waits for no decision. */
  async settle(organizationId: string, deliveryId: string, action: "release" | "skip"): Promise<boolean> {
    if (!this.#mayRead(organizationId)) return false;
    const settled = settleHeld(this.#deps(), deliveryId, action);
    await this.#wakeUp(Date.now());
    return settled;
  }

  /** Sends again what this object has seen, or only counts it. */
  async replay(
    organizationId: string,
    query: ReplayQuery,
    options: { dryRun: boolean; replay: number; perSecond?: number },
  ): Promise<{ matched: number; enqueued: number }> {
    if (!this.#mayRead(organizationId)) return { matched: 0, enqueued: 0 };
    const matched = countSeen(this.#sql, query);
    if (options.dryRun) return { matched, enqueued: 0 };
    if (options.perSecond !== undefined) this.#limits.replays = newRateLimit(options.perSecond, Date.now());
    const room = roomBeside(this.#endpoint, openCount(this.#backlog));
    const enqueued = replaySeen(this.#deps(), query, room, options.replay);
    await this.#wakeUp(Date.now());
    return { matched, enqueued };
  }

  /** Sends a test event at once, beside the lanes, and gives how it went. Streaks and breaker do not see it. */
  async sendTest(config: EndpointConfig, event: EnqueuedEvent): Promise<DeliveryLogEntry> {
    await this.configure(config);
    return sendTest(this.#deps(), event, await this.#sendDeps.contextFor(config, null, true));
  }

  /** How this object stands. Hours already reported are not in it. */
  health(): HealthReport {
    this.#outcomes.flush();
    return reportOf(this.#state, this.ctx.id.name ?? "", this.#backlog, Date.now());
  }

  /** Forgets a call; gives how many deliveries it had here. */
  erase(stream: string): number {
    forgetFresh(this.#fresh);
    return eraseSeen(this.#deps(), stream);
  }

  /** Restarts the pump and returns: the next alarm may come while requests are out. Six that throw, and it would be gone. */
  override async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      this.ctx.waitUntil(this.#pump.wake());
      await this.#keepHouse(Date.now());
    } catch (cause) {
      const endpoint = this.#endpoint?.id;
      console.error(JSON.stringify({ event: "endpoint.alarm_failed", endpoint, error: String(cause) }));
      await this.#alarm.ensure(Date.now() + LEASE);
    }
  }

  async #send(delivery: OpenDelivery): Promise<void> {
    const config = this.#endpoint;
    const { lanes } = this.#backlog;
    const deps = { sql: this.#sql, lanes, state: this.#state, fresh: this.#fresh, sendDeps: this.#sendDeps, config };
    const answered = await tryDelivery(deps, delivery);
    if (!answered) return;
    if (answered.result.verdict !== "delivered") {
      // What failed may open the circuit, or end the endpoint: nothing more goes out before that is known.
      this.#outcomes.flush();
      return this.#settle([answered]);
    }
    freeSlot(lanes, delivery);
    this.#outcomes.add(answered, lanes.busy === 0);
  }

  #settle(answered: readonly Answered[]): void {
    if (!this.#endpoint) return;
    const object = { sql: this.#sql, lanes: this.#backlog.lanes, state: this.#state, config: this.#endpoint };
    for (const { delivery, stored, result } of answered) this.#tell(settleAttempt(object, delivery, stored, result));
    refill(this.#backlog, this.#sql);
  }

  /** What others are to be told is not urgent, but an endpoint that says it is gone must not be called again. */
  #tell(tells: readonly storage.Tell[]): void {
    if (tells.length === 0) return;
    for (const tell of tells) storage.addTell(this.#sql, tell);
    // Nothing more goes out to it, whatever the database says and when.
    this.#stopped ||= tells.some((tell) => tell.kind === "disabled");
    this.ctx.waitUntil(this.#keepHouse(Date.now()).catch(() => this.#alarm.ensure(Date.now() + LEASE)));
  }

  async #keepHouse(now: number): Promise<void> {
    const config = this.#endpoint;
    if (!config || config.deleted) return;
    const reported = (hours: HealthReport["hours"]) => forgetHours(this.#state.counters, hours);
    const { newer, nextAt } = await this.#maintenance.run(config, () => this.health(), reported, now);
    if (newer) await this.configure(newer);
    // Somebody may have changed the endpoint meanwhile, and it is not to be disabled after all.
    if (this.#stopped && !storage.isDisablingTold(this.#sql)) {
      this.#stopped = false;
      this.ctx.waitUntil(this.#pump.wake());
    }
    if (nextAt !== null) await this.#alarm.ensure(nextAt);
  }

  async #wakeUp(now: number): Promise<void> {
    if (this.#endpoint) this.#tell(watchBacklog(this.#state, this.#endpoint, openCount(this.#backlog), now));
    await this.#alarm.ensure(now + LEASE);
    // An object at rest is soon put out of memory, and what it counted with it.
    this.ctx.waitUntil(this.#pump.wake().then(() => this.#keepHouse(Date.now()).catch(() => undefined)));
  }

  /** What follows from the configuration; lanes of another ordering are laid out once nothing is under way. */
  #applyConfig(): void {
    const { settings, objects } = this.#endpoint ?? { settings: {}, objects: 1 };
    limitAll(this.#limits, settings.ratePerSecond && settings.ratePerSecond / objects, Date.now());
  }

  #readBacklog(): void {
    const { backlog, lastArrival } = readBacklog(this.#sql, this.#endpoint?.ordering ?? "call");
    this.#backlog = backlog;
    // The clock of the place this object was in before may have gone ahead of this one's.
    this.#arrival = Math.max(this.#arrival, lastArrival);
  }

  #mayRun(): boolean {
    const config = this.#endpoint;
    if (!config || this.#stopped || !config.active || config.paused || config.deleted) return false;
    if (this.#backlog.lanes.ordering === config.ordering) return true;
    if (this.#backlog.lanes.busy > 0) return false;
    this.#outcomes.flush();
    this.#readBacklog();
    return true;
  }

  /** What interventions work on, with every answer that has come written down. */
  #deps(): ObjectDeps {
    this.#outcomes.flush();
    return { sql: this.#sql, backlog: this.#backlog, now: Date.now(), nextArrival: () => this.#nextArrival() };
  }

  /** Rises with each delivery taken in, and from one life of the object to the next. */
  #nextArrival(): number {
    return (this.#arrival = Math.max(this.#arrival + 1, Date.now() * 1000));
  }

  #mayRead(organizationId: string): boolean {
    this.#outcomes.flush();
    return this.#endpoint?.organizationId === organizationId;
  }

  get #sql(): SqlStorage {
    return this.ctx.storage.sql;
  }
}
