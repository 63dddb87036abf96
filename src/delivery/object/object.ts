import { DurableObject } from "cloudflare:workers";
import { newAlarmClock, type AlarmClock } from "./alarm-clock";
import { probeNow } from "./breaker";
import { newMaintenance } from "./maintenance";
import type * as contract from "../contract";
import * as interventions from "./interventions";
import { openCount, readBacklog, refill, type Backlog } from "./backlog";
import { forgetFresh, newFreshEvents } from "./fresh-events";
import { takeEvents } from "./take-events";
import { newUnwritten } from "./unwritten";
import { newUpkeep, type Upkeep } from "./upkeep";
import { slotsOf, type OpenDelivery } from "./lanes";
import { newOutcomes, type Answered, type Outcomes } from "./outcomes";
import * as storage from "./storage";
import { LEASE, newPump, type Pump } from "./pump";
import { limitAll, newRateLimit, type Limits } from "./rate-limit";
import { tryDelivery } from "./try-delivery";
import { newTestSlots, sendTest } from "./send-test";
import { sendDepsOn, type SendDepsOn } from "./send-deps";
import { settleAttempts } from "./settle-attempt";
import { forgetReported } from "./counters";
import * as endpointState from "./endpoint-state";
import { DAY } from "../../lib/time";

/** The deliveries of an endpoint or of one shard of it: connects the pure parts of the folder with SQLite and alarm. */
export class EndpointObject extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  readonly #alarm: AlarmClock;
  readonly #pump: Pump;
  readonly #sendDeps: SendDepsOn;
  #endpoint: contract.EndpointConfig | undefined;
  #backlog!: Backlog;
  #state!: endpointState.EndpointState;
  #upkeep!: Upkeep;
  readonly #memory = { fresh: newFreshEvents(), unwritten: newUnwritten((deliveries) => this.#insert(deliveries)) };
  readonly #outcomes: Outcomes;
  readonly #tests = newTestSlots();
  readonly #limits: Limits = { all: undefined, replays: undefined };
  #arrival = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = newAlarmClock(ctx.storage);
    this.#sendDeps = sendDepsOn(env);
    this.#pump = newPump({
      lanes: () => this.#backlog.lanes,
      breaker: () => this.#state.breaker,
      limits: () => this.#limits,
      slots: () => slotsOf(this.#endpoint),
      send: (delivery) => this.#send(delivery),
      ensureAlarm: (at) => this.#alarm.ensure(at),
      ensureLease: (at) => this.#ensureLease(at),
      mayRun: () => this.#isReady(),
      now: () => Date.now(),
    });
    this.#outcomes = newOutcomes({
      write: (answered) => this.#settle(answered),
      written: () => this.ctx.waitUntil(this.#pump.wake()),
    });
    void ctx.blockConcurrencyWhile(async () => {
      this.#endpoint = storage.openStorage(this.#sql);
      this.#state = endpointState.newEndpointState(this.#sql, Date.now());
      this.#upkeep = newUpkeep({
        ctx,
        alarm: this.#alarm,
        maintenance: newMaintenance(ctx.storage, env),
        config: () => this.#endpoint,
        health: () => this.health(),
        reported: (report) => forgetReported(this.#state.counters, report),
        configure: (newer) => this.configure(newer),
        wake: () => this.#pump.wake(),
      });
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
    // Only new events take room. The exact count, which looks at rows, is needed only when the whole batch does not fit.
    if (!fits(events.length)) {
      this.#writeAll();
      if (!fits(storage.countUnknown(this.#sql, events, replay)))
        return { accepted: 0, duplicates: 0, refused: "full" };
    }
    const now = Date.now();
    if (perSecond !== undefined) this.#limits.replays = newRateLimit(perSecond, now);
    const isFree = this.#isReady() && !this.#limits.all && endpointState.isUntroubled(this.#state, this.#endpoint);
    const own = { storage: this.ctx.storage, backlog: this.#backlog, now, nextArrival: this.#nextArrival };
    const slots = isFree ? slotsOf(this.#endpoint) : 0;
    const { accepted, written } = takeEvents({ ...own, ...this.#memory, slots }, events, replay);
    await Promise.all([accepted > 0 && this.#wakeUp(now), written]);
    // Also where all events are known: the call that brought them first may have failed before the alarm was set.
    await this.#ensureLease(Date.now() + LEASE);
    return { accepted, duplicates: events.length - accepted, refused: null };
  }

  /** Takes over a newer configuration. An older or equal version changes nothing. A deleted endpoint stays deleted. */
  async configure(config: contract.EndpointConfig): Promise<void> {
    if (this.#endpoint && (this.#endpoint.deleted || this.#endpoint.version >= config.version)) return;
    const wasActive = this.#endpoint?.active ?? true;
    this.#endpoint = config;
    this.#upkeep.goOn();
    storage.writeConfigRow(this.#sql, config);
    if (config.deleted) {
      storage.dropEverything(this.#sql);
      forgetFresh(this.#memory.fresh);
      this.#memory.unwritten.drop();
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
    return this.#isReadBy(organizationId) ? storage.listDeliveries(this.#sql, query) : [];
  }

  /** Up to `limit` lanes that wait, the oldest head first. Empty for another organization. */
  blocked(organizationId: string, query: contract.BlockedQuery): contract.BlockedLane[] {
    if (!this.#isReadBy(organizationId)) return [];
    const rest = endpointState.restOf(this.#state, this.#endpoint, this.#upkeep.isStopped());
    return storage.listBlocked(this.#sql, this.#backlog.lanes.ordering, query, rest);
  }

  /** How many deliveries match, over all pages, up to one more than `COUNTED_TO`; or how many there are of these calls. */
  count(organizationId: string, query: Omit<contract.LogQuery, "limit" | "before"> | readonly string[]): number {
    return this.#isReadBy(organizationId) ? storage.countDeliveries(this.#sql, query) : 0;
  }

  /** One delivery, or null when there is none. */
  delivery(organizationId: string, deliveryId: string): contract.DeliveryLogEntry | null {
    return this.#isReadBy(organizationId) ? (storage.findDelivery(this.#sql, deliveryId)?.entry ?? null) : null;
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
    if (!this.#isReadBy(organizationId)) return false;
    if (action === "skip") this.#state.mayHaveGaps = true;
    const settled = interventions.settleHeld(this.#deps(), id, action, seen);
    await this.#wakeUp(Date.now());
    return settled;
  }

  /** Holds a head that waits for its next attempt, until a person releases or skips it. */
  hold(organizationId: string, deliveryId: string, { dryRun = false } = {}): contract.HoldOutcome {
    return this.#isReadBy(organizationId) ? interventions.holdHead(this.#deps(), deliveryId, { dryRun }) : "not_found";
  }

  /** Sends matching deliveries of this object again, or only counts them, up to one more than `COUNTED_TO`. */
  async replay(
    organizationId: string,
    query: contract.ReplayQuery,
    options: { dryRun: boolean; replay: number; perSecond?: number },
  ): Promise<{ matched: number; enqueued: number }> {
    if (!this.#isReadBy(organizationId)) return { matched: 0, enqueued: 0 };
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
    forgetFresh(this.#memory.fresh);
    return interventions.eraseSeen(this.#deps(), typeof streams === "string" ? [streams] : streams);
  }

  /** Restarts the pump without waiting for it. Must not throw: the platform drops an alarm that fails six times. */
  override async alarm(): Promise<void> {
    this.#alarm.rang();
    this.ctx.waitUntil(this.#pump.wake());
    await this.#upkeep.run();
  }

  /** What a person wants tried now: the next probe too. `none` is for another organization. */
  async #intervene<T>(organizationId: string, none: T, act: (deps: interventions.ObjectDeps) => T): Promise<T> {
    if (!this.#isReadBy(organizationId)) return none;
    const answer = act(this.#deps());
    probeNow(this.#state.breaker, Date.now());
    await this.#wakeUp(Date.now());
    return answer;
  }

  #send(delivery: OpenDelivery): Promise<void> {
    const own = { sql: this.#sql, lanes: this.#backlog.lanes, state: this.#state, config: this.#endpoint };
    const toWrite = { outcomes: this.#outcomes, settle: (answered: Answered) => this.#settle([answered]) };
    return tryDelivery({ ...own, ...this.#memory, ...toWrite, sendDeps: this.#sendDeps }, delivery);
  }

  #settle(answered: readonly Answered[]): void {
    const config = this.#endpoint;
    if (!config) return;
    const own = { sql: this.#sql, lanes: this.#backlog.lanes, state: this.#state, config };
    const notices = settleAttempts({ ...own, ...this.#memory }, answered);
    refill(this.#backlog, this.#sql);
    this.#upkeep.notify(notices);
    // Retention must reach what was written closed, whatever becomes of this life of the object.
    this.ctx.waitUntil(this.#alarm.ensure(Date.now() + DAY));
  }

  async #wakeUp(now: number): Promise<void> {
    if (this.#endpoint)
      this.#upkeep.notify(endpointState.watchBacklog(this.#state, this.#endpoint, openCount(this.#backlog), now));
    await this.#ensureLease(now + LEASE);
    // An idle object is soon evicted from memory and loses its counters, so they are reported first.
    this.ctx.waitUntil(this.#pump.wake().then(() => this.#upkeep.run()));
  }

  #readBacklog(): void {
    const { backlog, lastArrival } = readBacklog(this.#sql, this.#endpoint?.ordering ?? "call");
    this.#backlog = backlog;
    // The machine this object ran on before may have had a faster clock.
    this.#arrival = Math.max(this.#arrival, lastArrival);
  }

  /** Whether anything may be sent. Where the ordering was changed, lanes are laid out anew once nothing is under way. */
  #isReady(): boolean {
    const config = this.#endpoint;
    if (!config || this.#upkeep.isStopped() || !config.active || config.paused || config.deleted) return false;
    if (this.#backlog.lanes.ordering === config.ordering) return true;
    if (this.#backlog.lanes.busy > 0) return false;
    this.#writeAll();
    this.#readBacklog();
    return true;
  }

  /** Sees to it that a lost object is started again. What has no row needs no alarm: who handed it over still has it. */
  async #ensureLease(at: number): Promise<void> {
    if (openCount(this.#backlog) > this.#memory.unwritten.size()) await this.#alarm.ensure(at);
  }

  /** Writes deliveries as open. From here on the alarm stands for them. */
  #insert(deliveries: readonly storage.NewDelivery[]): void {
    this.ctx.storage.transactionSync(() => storage.insertDeliveries(this.#sql, deliveries));
    this.ctx.waitUntil(this.#alarm.ensure(Date.now() + LEASE));
  }

  /** Writes what is only in memory: outcomes, and then deliveries that have no row yet. */
  #writeAll(): void {
    this.#outcomes.flush();
    this.#memory.unwritten.write();
  }

  /** What interventions work on. All that is only in memory is written first. */
  #deps(): interventions.ObjectDeps {
    this.#writeAll();
    return { sql: this.#sql, backlog: this.#backlog, now: Date.now(), nextArrival: this.#nextArrival };
  }

  /** Increases with each delivery, also across restarts of the object. */
  readonly #nextArrival = (): number => (this.#arrival = Math.max(this.#arrival + 1, Date.now() * 1000));

  /** Whether the organization may read this object. What is only in memory is written, so that it is read too. */
  #isReadBy(organizationId: string): boolean {
    this.#writeAll();
    return this.#endpoint?.organizationId === organizationId;
  }
}
