import { DurableObject } from "cloudflare:workers";
import { newAlarmClock, type AlarmClock } from "./alarm-clock";
import { probeNow } from "./breaker";
import { newMaintenance, type Maintenance } from "./maintenance";
import type * as contract from "../contract";
import * as interventions from "./interventions";
import { openCount, readBacklog, refill, type Backlog } from "./backlog";
import { forgetFresh, newFreshEvents } from "./fresh-events";
import { takeEvents } from "./take-events";
import { freeSlot, MAX_BUSY, type OpenDelivery } from "./lanes";
import { attemptOutcomeOf, newOutcomes, type Answered, type Outcomes } from "./outcomes";
import * as storage from "./storage";
import { LEASE, newPump, type Pump } from "./pump";
import { limitAll, newRateLimit, type Limits } from "./rate-limit";
import { tryDelivery } from "./try-delivery";
import { newTestSlots, sendTest } from "./send-test";
import { sendDepsOn, type SendDepsOn } from "./send-deps";
import { settleAttempt } from "./settle-attempt";
import { forgetReported } from "./counters";
import * as endpointState from "./endpoint-state";

/** The deliveries of an endpoint or of one shard of it: connects the pure parts of the folder with SQLite and alarm. */
export class EndpointObject extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  readonly #alarm: AlarmClock;
  readonly #pump: Pump;
  readonly #maintenance: Maintenance;
  readonly #sendDeps: SendDepsOn;
  #endpoint: contract.EndpointConfig | undefined;
  #backlog!: Backlog;
  #state!: endpointState.EndpointState;
  readonly #fresh = newFreshEvents();
  readonly #outcomes: Outcomes;
  readonly #tests = newTestSlots();
  readonly #limits: Limits = { all: undefined, replays: undefined };
  #arrival = 0;
  #stopped = false; // A `disabled` notice waits to be recorded in the database.

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = newAlarmClock(ctx.storage);
    this.#sendDeps = sendDepsOn(env);
    this.#maintenance = newMaintenance(ctx.storage, env);
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
      this.#endpoint = storage.openStorage(this.#sql);
      this.#state = endpointState.newEndpointState(this.#sql, Date.now());
      this.#stopped = storage.isDisablePending(this.#sql);
      limitAll(this.#limits, this.#endpoint, Date.now());
      this.#readBacklog();
      await this.#alarm.read();
    });
  }

  /** Accepts events in order and starts to send them. Events that this object already has are not added again. */
  async enqueue(
    config: contract.EndpointConfig,
    events: readonly contract.EnqueuedEvent[],
    { replay = 0, perSecond }: { replay?: number; perSecond?: number } = {},
  ): Promise<contract.EnqueueAnswer> {
    await this.configure(config);
    if (this.#endpoint?.deleted) return { accepted: 0, duplicates: 0, refused: "deleted" };
    const fits = (more: number) => more <= endpointState.roomBeside(this.#endpoint, openCount(this.#backlog));
    // Only new events take room. The exact count is needed only when the whole batch does not fit.
    if (!fits(events.length) && !fits(storage.countUnknown(this.#sql, events, replay))) {
      return { accepted: 0, duplicates: 0, refused: "full" };
    }
    const now = Date.now();
    if (perSecond !== undefined) this.#limits.replays = newRateLimit(perSecond, now);
    const accepted = takeEvents(this.#deps(), this.#fresh, events, replay);
    if (accepted > 0) await this.#wakeUp(now);
    // All events are known, but the call that brought them first may have failed before the alarm was set.
    else if (openCount(this.#backlog) > 0) await this.#alarm.ensure(now + LEASE);
    return { accepted, duplicates: events.length - accepted, refused: null };
  }

  /** Takes over a newer configuration. An older or equal version changes nothing. A deleted endpoint stays deleted. */
  async configure(config: contract.EndpointConfig): Promise<void> {
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
    // Turning an endpoint on again should send at once, not at the next probe.
    if (!wasActive && config.active) endpointState.restartStreak(this.#state, Date.now());
    probeNow(this.#state.breaker, Date.now());
    limitAll(this.#limits, this.#endpoint, Date.now());
    this.ctx.waitUntil(this.#pump.wake());
  }

  /** The endpoint's deliveries with their attempts, newest first. Empty for another organization. */
  log(organizationId: string, query: contract.LogQuery): contract.DeliveryLogEntry[] {
    return this.#mayRead(organizationId) ? storage.listDeliveries(this.#sql, query) : [];
  }

  /** Up to `limit` lanes that wait, the oldest head first. Empty for another organization. */
  blocked(organizationId: string, query: contract.BlockedQuery): contract.BlockedLane[] {
    if (!this.#mayRead(organizationId)) return [];
    const rest = endpointState.restOf(this.#state, this.#endpoint, this.#stopped);
    return storage.listBlocked(this.#sql, this.#backlog.lanes.ordering, query, rest);
  }

  /** How many deliveries match, over all pages, up to one more than `COUNTED_TO`; or how many there are of these calls. */
  count(organizationId: string, query: Omit<contract.LogQuery, "limit" | "before"> | readonly string[]): number {
    return this.#mayRead(organizationId) ? storage.countDeliveries(this.#sql, query) : 0;
  }

  /** One delivery, or null when there is none. */
  delivery(organizationId: string, deliveryId: string): contract.DeliveryLogEntry | null {
    return this.#mayRead(organizationId) ? (storage.findDelivery(this.#sql, deliveryId)?.entry ?? null) : null;
  }

  /** Sends a delivery again: a waiting one at once, a closed one as a replay; nothing where it is not as `seen` any more. */
  async retry(organizationId: string, id: string, seen?: contract.DeliveryState): Promise<contract.RetryOutcome> {
    return this.#intervene(organizationId, "not_found", (deps) => interventions.retryDelivery(deps, id, seen));
  }

  /** Tries at once what waits for another attempt. Of an endpoint that fails for long one goes first, and then the others. */
  async retryAll(organizationId: string): Promise<{ retried: number; more: boolean }> {
    return this.#intervene(organizationId, { retried: 0, more: false }, (deps) => interventions.retryAll(deps));
  }

  /** Releases a held head for one more attempt, or skips one. False when there is nothing to decide, or not as `seen`. */
  async settle(organizationId: string, id: string, action: "release" | "skip", seen?: contract.DeliveryState) {
    if (!this.#mayRead(organizationId)) return false;
    if (action === "skip") this.#state.mayHaveGaps = true;
    const settled = interventions.settleHeld(this.#deps(), id, action, seen);
    await this.#wakeUp(Date.now());
    return settled;
  }

  /** Holds a head that waits for its next attempt, until a person releases or skips it. */
  hold(organizationId: string, deliveryId: string, { dryRun = false } = {}): contract.HoldOutcome {
    return this.#mayRead(organizationId) ? interventions.holdHead(this.#deps(), deliveryId, { dryRun }) : "not_found";
  }

  /** Sends matching deliveries of this object again, or only counts them, up to one more than `COUNTED_TO`. */
  async replay(
    organizationId: string,
    query: contract.ReplayQuery,
    options: { dryRun: boolean; replay: number; perSecond?: number },
  ): Promise<{ matched: number; enqueued: number }> {
    if (!this.#mayRead(organizationId)) return { matched: 0, enqueued: 0 };
    const matched = interventions.countSeen(this.#sql, query);
    if (options.dryRun) return { matched, enqueued: 0 };
    if (options.perSecond !== undefined) this.#limits.replays = newRateLimit(options.perSecond, Date.now());
    const room = endpointState.roomBeside(this.#endpoint, openCount(this.#backlog));
    const enqueued = interventions.replaySeen(this.#deps(), query, room, options.replay);
    await this.#wakeUp(Date.now());
    return { matched, enqueued };
  }

  /** Sends a test event at once, outside the lanes, and gives the result; null when too many tests are under way. */
  async sendTest(
    config: contract.EndpointConfig,
    event: contract.EnqueuedEvent,
  ): Promise<contract.DeliveryLogEntry | null> {
    await this.configure(config);
    return this.#tests(async () => sendTest(this.#deps(), event, await this.#sendDeps.contextFor(config, null, true)));
  }

  /** The health of this object. Hours that were already reported are not included. */
  health(): contract.HealthReport {
    this.#outcomes.flush();
    return endpointState.reportOf(this.#state, this.ctx.id.name ?? "", this.#backlog, Date.now());
  }

  /** Erases a call, or several. Gives the number of their deliveries here. */
  erase(streams: string | readonly string[]): number {
    forgetFresh(this.#fresh);
    return interventions.eraseSeen(this.#deps(), typeof streams === "string" ? [streams] : streams);
  }

  /** Restarts the pump without waiting for it. Must not throw: the platform drops an alarm that fails six times. */
  override async alarm(): Promise<void> {
    this.#alarm.rang();
    try {
      this.ctx.waitUntil(this.#pump.wake());
      await this.#runMaintenance(Date.now());
    } catch (cause) {
      console.error(JSON.stringify({ event: "endpoint.alarm_failed", id: this.#endpoint?.id, error: String(cause) }));
      await this.#alarm.ensure(Date.now() + LEASE);
    }
  }

  /** What a person wants tried now: the next probe too. `none` is for another organization. */
  async #intervene<T>(organizationId: string, none: T, act: (deps: interventions.ObjectDeps) => T): Promise<T> {
    if (!this.#mayRead(organizationId)) return none;
    const answer = act(this.#deps());
    probeNow(this.#state.breaker, Date.now());
    await this.#wakeUp(Date.now());
    return answer;
  }

  async #send(delivery: OpenDelivery): Promise<void> {
    const config = this.#endpoint;
    const { lanes } = this.#backlog;
    const deps = { sql: this.#sql, lanes, state: this.#state, fresh: this.#fresh, sendDeps: this.#sendDeps, config };
    const answered = await tryDelivery(deps, delivery);
    if (!answered) return;
    if (answered.result.verdict !== "delivered") {
      // A failure may open the circuit or disable the endpoint. Nothing more is sent before that is written.
      this.#outcomes.flush();
      return this.#settle([answered]);
    }
    freeSlot(lanes, delivery);
    this.#outcomes.add(answered, lanes.busy === 0);
  }

  #settle(answered: readonly Answered[]): void {
    if (!this.#endpoint) return;
    const object = { lanes: this.#backlog.lanes, state: this.#state, config: this.#endpoint };
    const written = storage.recordOutcomes(this.#sql, answered.map(attemptOutcomeOf));
    for (const { delivery, stored, result } of answered)
      this.#notify(settleAttempt(object, delivery, stored, result, written.has(stored.deliveryId)));
    refill(this.#backlog, this.#sql);
  }

  /** Recording a notice may wait, but an endpoint that answered "gone" must not be called again. */
  #notify(notices: readonly storage.PendingNotice[]): void {
    if (notices.length === 0) return;
    for (const notice of notices) storage.addPendingNotice(this.#sql, notice);
    // Stop sending now, whatever the database answers and whenever it does.
    this.#stopped ||= notices.some((notice) => notice.kind === "disabled");
    this.ctx.waitUntil(this.#runMaintenance(Date.now()).catch(() => this.#alarm.ensure(Date.now() + LEASE)));
  }

  async #runMaintenance(now: number): Promise<void> {
    const config = this.#endpoint;
    if (!config || config.deleted) return;
    const reported = (report: contract.HealthReport) => forgetReported(this.#state.counters, report);
    const { newer, nextAt } = await this.#maintenance.run(config, () => this.health(), reported, now);
    if (newer) await this.configure(newer);
    // Someone changed the endpoint in the meantime, so it is not disabled after all.
    if (this.#stopped && !storage.isDisablePending(this.#sql)) {
      this.#stopped = false;
      this.ctx.waitUntil(this.#pump.wake());
    }
    if (nextAt !== null) await this.#alarm.ensure(nextAt);
  }

  async #wakeUp(now: number): Promise<void> {
    if (this.#endpoint)
      this.#notify(endpointState.watchBacklog(this.#state, this.#endpoint, openCount(this.#backlog), now));
    await this.#alarm.ensure(now + LEASE);
    // An idle object is soon evicted from memory and loses its counters, so they are reported first.
    this.ctx.waitUntil(this.#pump.wake().then(() => this.#runMaintenance(Date.now()).catch(() => undefined)));
  }

  /** Also where the ordering was changed, once nothing is under way. */
  #readBacklog(): void {
    const { backlog, lastArrival } = readBacklog(this.#sql, this.#endpoint?.ordering ?? "call");
    this.#backlog = backlog;
    // The machine this object ran on before may have had a faster clock.
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

  /** What interventions work on. Writes all outcomes that wait in memory first. */
  #deps(): interventions.ObjectDeps {
    this.#outcomes.flush();
    return { sql: this.#sql, backlog: this.#backlog, now: Date.now(), nextArrival: this.#nextArrival };
  }

  /** Increases with each delivery, also across restarts of the object. */
  readonly #nextArrival = (): number => (this.#arrival = Math.max(this.#arrival + 1, Date.now() * 1000));

  #mayRead(organizationId: string): boolean {
    this.#outcomes.flush();
    return this.#endpoint?.organizationId === organizationId;
  }
}
