import { DurableObject } from "cloudflare:workers";
import { newId } from "../../lib/id";
import { attemptEnded, attemptWasted, probeNow } from "./breaker";
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
import { addDelivery, closeDelivery, MAX_BUSY, newLanes, putBack, type Lanes, type OpenDelivery } from "./lanes";
import * as storage from "./storage";
import { LEASE, layOut, newPump, type Pump } from "./pump";
import { newRateLimit, type RateLimit } from "./rate-limit";
import { send } from "./send";
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
  readonly #pump: Pump;
  readonly #maintenance: Maintenance;
  readonly #sendDeps: SendDepsOn;
  #endpoint: EndpointConfig | undefined;
  #lanes: Lanes = newLanes("call");
  #state!: EndpointState;
  #limit: RateLimit | undefined;
  #replayLimit: RateLimit | undefined;
  #alarmAt: number | null = null;
  #arrival = 0;
  #stopped = false; // The endpoint is to be disabled and the database does not know yet.

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sendDeps = sendDepsOn(env);
    this.#maintenance = newMaintenance(ctx.storage.sql, env);
    this.#pump = newPump({
      lanes: () => this.#lanes,
      breaker: () => this.#state.breaker,
      limits: () => ({ all: this.#limit, replays: this.#replayLimit }),
      slots: () => Math.min(MAX_BUSY, this.#endpoint?.settings.concurrency ?? MAX_BUSY),
      send: (delivery) => this.#send(delivery),
      ensureAlarm: (at) => this.#ensureAlarm(at),
      mayRun: () => this.#mayRun(),
      now: () => Date.now(),
    });
    void this.ctx.blockConcurrencyWhile(async () => {
      storage.migrateStorage(this.#sql);
      this.#endpoint = storage.readConfigRow(this.#sql);
      this.#state = newEndpointState(this.#sql, Date.now());
      this.#stopped = storage.isDisablingTold(this.#sql);
      this.#applyConfig();
      this.#readLanes();
      this.#alarmAt = await this.ctx.storage.getAlarm();
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
    const fits = (more: number) => more <= roomBeside(this.#endpoint, this.#lanes.open);
    // Only what is new takes room, and only a crowded object has to look which that is.
    if (!fits(events.length) && !fits(storage.countUnknown(this.#sql, events, replay))) {
      return { accepted: 0, duplicates: 0, refused: "full" };
    }
    const now = Date.now();
    if (perSecond !== undefined) this.#replayLimit = newRateLimit(perSecond, now);
    let accepted = 0;
    for (const event of events) {
      const delivery = { event, replay, deliveryId: newId("dlv", now), arrival: this.#nextArrival(), now };
      if (!storage.insertDelivery(this.#sql, delivery)) continue;
      accepted += 1;
      addDelivery(this.#lanes, { stream: event.stream, seq: event.seq, replay, attempts: 0, dueAt: now, held: false });
    }
    if (accepted > 0) await this.#wakeUp(now);
    // All of it is known: but the call that brought it first may have failed before the alarm was set.
    else if (this.#lanes.open > 0) await this.#ensureAlarm(now + LEASE);
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
      await this.ctx.storage.deleteAlarm();
      this.#alarmAt = null;
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
    return this.#belongsTo(organizationId) ? storage.listDeliveries(this.#sql, query) : [];
  }

  /** How many deliveries match, whatever the page. */
  count(organizationId: string, query: Omit<LogQuery, "limit" | "before">): number {
    return this.#belongsTo(organizationId) ? storage.countDeliveries(this.#sql, query) : 0;
  }

  /** One delivery, or null. */
  delivery(organizationId: string, deliveryId: string): DeliveryLogEntry | null {
    return this.#belongsTo(organizationId) ? (storage.findDelivery(this.#sql, deliveryId)?.entry ?? null) : null;
  }

  /** Sends a delivery again: one that waits at once, one that is over as a replay. */
  async retry(organizationId: string, deliveryId: string): Promise<"scheduled" | "replayed" | "not_found"> {
    if (!this.#belongsTo(organizationId)) return "not_found";
    const outcome = retryDelivery(this.#deps(), deliveryId);
    probeNow(this.#state.breaker, Date.now());
    await this.#wakeUp(Date.now());
    return outcome;
  }

  /** Lets a held head go once more, or skips it. False when it waits for no decision. */
  async settle(organizationId: string, deliveryId: string, action: "release" | "skip"): Promise<boolean> {
    if (!this.#belongsTo(organizationId)) return false;
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
    if (!this.#belongsTo(organizationId)) return { matched: 0, enqueued: 0 };
    const matched = countSeen(this.#sql, query);
    if (options.dryRun) return { matched, enqueued: 0 };
    if (options.perSecond !== undefined) this.#replayLimit = newRateLimit(options.perSecond, Date.now());
    const room = roomBeside(this.#endpoint, this.#lanes.open);
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
    return reportOf(this.#state, this.ctx.id.name ?? "", this.#lanes, Date.now());
  }

  /** Forgets a call; gives how many deliveries it had here. */
  erase(stream: string): number {
    return eraseSeen(this.#deps(), stream);
  }

  /** Restarts the pump and returns: the next alarm may come while requests are out. Six that throw, and it would be gone. */
  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      this.ctx.waitUntil(this.#pump.wake());
      await this.#keepHouse(Date.now());
    } catch (cause) {
      console.error(
        JSON.stringify({ event: "endpoint.alarm_failed", endpoint: this.#endpoint?.id, error: String(cause) }),
      );
      await this.#ensureAlarm(Date.now() + LEASE);
    }
  }

  async #send(delivery: OpenDelivery): Promise<void> {
    const config = this.#endpoint;
    const stored = config && storage.readForAttempt(this.#sql, delivery, delivery.attempts);
    if (!config || !stored) {
      closeDelivery(this.#lanes, delivery);
      attemptWasted(this.#state.breaker);
      return;
    }
    let result: Awaited<ReturnType<typeof send>>;
    try {
      // A test that somebody sends again is still one.
      const test = delivery.stream === storage.TEST_STREAM;
      const context = await this.#sendDeps.contextFor(config, storage.gapBefore(this.#sql, delivery), test);
      result = await send(delivery, stored, context);
    } catch (cause) {
      // Only a fault of ours comes here (a key that is gone, say): the delivery stays open and is tried again.
      console.error(JSON.stringify({ event: "endpoint.send_failed", endpoint: config.id, error: String(cause) }));
      attemptEnded(this.#state.breaker, false, Date.now(), () => Math.random());
      return putBack(this.#lanes, delivery, { attempts: delivery.attempts, dueAt: Date.now() + LEASE });
    }
    this.#tell(settleAttempt({ ...this.#deps(), state: this.#state, config }, delivery, stored, result));
  }

  /** What others are to be told is not urgent, but an endpoint that says it is gone must not be called again. */
  #tell(tells: readonly storage.Tell[]): void {
    if (tells.length === 0) return;
    for (const tell of tells) storage.addTell(this.#sql, tell);
    // Nothing more goes out to it, whatever the database says and when.
    this.#stopped ||= tells.some((tell) => tell.kind === "disabled");
    this.ctx.waitUntil(this.#keepHouse(Date.now()).catch(() => this.#ensureAlarm(Date.now() + LEASE)));
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
    if (nextAt !== null) await this.#ensureAlarm(nextAt);
  }

  async #wakeUp(now: number): Promise<void> {
    if (this.#endpoint) this.#tell(watchBacklog(this.#state, this.#endpoint, this.#lanes.open, now));
    await this.#ensureAlarm(now + LEASE);
    // An object at rest is soon put out of memory, and what it counted with it.
    this.ctx.waitUntil(this.#pump.wake().then(() => this.#keepHouse(Date.now()).catch(() => undefined)));
  }

  /** What follows from the configuration; lanes of another ordering are laid out once nothing is under way. */
  #applyConfig(): void {
    const { settings, objects } = this.#endpoint ?? { settings: {}, objects: 1 };
    const perSecond = settings.ratePerSecond === undefined ? undefined : settings.ratePerSecond / objects;
    if (perSecond === undefined) this.#limit = undefined;
    else if (this.#limit?.perSecond !== perSecond) this.#limit = newRateLimit(perSecond, Date.now());
  }

  #readLanes(): void {
    this.#lanes = newLanes(this.#endpoint?.ordering ?? "call");
    layOut(this.#lanes, storage.openDeliveries(this.#sql));
    // The clock of the place this object was in before may have gone ahead of this one's.
    this.#arrival = Math.max(this.#arrival, storage.lastArrival(this.#sql));
  }

  #mayRun(): boolean {
    const config = this.#endpoint;
    if (!config || this.#stopped || !config.active || config.paused || config.deleted) return false;
    if (this.#lanes.ordering === config.ordering) return true;
    if (this.#lanes.busy > 0) return false;
    this.#readLanes();
    return true;
  }

  async #ensureAlarm(at: number): Promise<void> {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    try {
      await this.ctx.storage.setAlarm(at);
    } catch (cause) {
      // There may be none now; to take one for granted would be to set none ever again.
      this.#alarmAt = null;
      throw cause;
    }
  }

  #deps(): ObjectDeps {
    return { sql: this.#sql, lanes: this.#lanes, now: Date.now(), nextArrival: () => this.#nextArrival() };
  }

  /** Rises with each delivery taken in, and from one life of the object to the next. */
  #nextArrival(): number {
    this.#arrival = Math.max(this.#arrival + 1, Date.now() * 1000);
    return this.#arrival;
  }

  #belongsTo(organizationId: string): boolean {
    return this.#endpoint?.organizationId === organizationId;
  }

  get #sql(): SqlStorage {
    return this.ctx.storage.sql;
  }
}
