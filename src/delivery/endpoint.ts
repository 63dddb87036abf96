import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config";
import { guardPolicyOf } from "../lib/guard-policy";
import { newId } from "../lib/id";
import { checkUrl } from "../lib/network-guard";
import { unseal } from "../lib/seal";
import { DAY, HOUR } from "../lib/time";
import { playbackKey, signPlaybackLink } from "../recordings";
import type { DeliveryLogEntry, EndpointConfig, EnqueueAnswer, EnqueuedEvent, LogQuery } from "./contract";
import { closeDelivery, newLanes, putBack, type OpenDelivery } from "./lanes";
import {
  dropDeliveries,
  expireDeliveries,
  gapBefore,
  insertDelivery,
  listDeliveries,
  migrateLedger,
  openDeliveries,
  previousOpen,
  readConfigRow,
  readForAttempt,
  recordOutcome,
  WINDOW,
  writeConfigRow,
} from "./ledger";
import { LEASE, newPump, type Pump } from "./pump";
import { STANDARD_POLICY } from "./schedule";
import { send, type SendResult } from "./send";

/** How long a closed delivery and its log are kept. */
const KEEP_FOR = 30 * DAY;
/** How often, and how much at a time, closed deliveries are looked through for aged ones. */
const EXPIRE_EVERY = DAY;
const EXPIRE_AT_ONCE = 5_000;
/** How long a link to a recording works once it was sent. */
const LINK_LIFETIME = DAY;

/**
 * One endpoint's deliveries: its lanes, retries and log, in its own SQLite. This file is the shell around the pure parts
 * of the folder; it alone knows storage, alarm and environment.
 */
export class EndpointObject extends DurableObject<Env> {
  readonly #lanes = newLanes();
  readonly #pump: Pump;
  #endpoint: EndpointConfig | undefined;
  #alarmAt: number | null = null;
  #secrets: { sealed: string; opened: readonly string[] } | undefined;
  #expiredAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#pump = newPump({
      lanes: this.#lanes,
      send: (delivery) => this.#send(delivery),
      refill: () => openDeliveries(this.ctx.storage.sql, WINDOW),
      previousOpen: (delivery) => previousOpen(this.ctx.storage.sql, delivery),
      ensureAlarm: (at) => this.#ensureAlarm(at),
      mayRun: () => this.#endpoint !== undefined && this.#endpoint.active && !this.#endpoint.deleted,
      now: () => Date.now(),
    });
    void this.ctx.blockConcurrencyWhile(async () => {
      migrateLedger(this.ctx.storage.sql);
      this.#endpoint = readConfigRow(this.ctx.storage.sql);
      this.#alarmAt = await this.ctx.storage.getAlarm();
    });
  }

  /** Takes events in, in order, and begins to send. What this object has seen before is not taken twice. */
  async enqueue(config: EndpointConfig, events: readonly EnqueuedEvent[]): Promise<EnqueueAnswer> {
    await this.configure(config);
    if (this.#endpoint?.deleted) return { accepted: 0, duplicates: 0, refused: "deleted" };
    const now = Date.now();
    let accepted = 0;
    for (const event of events) {
      if (!insertDelivery(this.ctx.storage.sql, event, 0, newId("dlv", now), now)) continue;
      accepted += 1;
      this.#pump.add({ stream: event.stream, seq: event.seq, replay: 0, attempts: 0, dueAt: now });
    }
    if (accepted > 0) {
      await this.#ensureAlarm(now + LEASE);
      this.ctx.waitUntil(this.#pump.wake());
    }
    return { accepted, duplicates: events.length - accepted, refused: null };
  }

  /** Takes a newer version of the endpoint; an older or equal one is not written. A deleted endpoint stays deleted. */
  async configure(config: EndpointConfig): Promise<void> {
    if (this.#endpoint && (this.#endpoint.deleted || this.#endpoint.version >= config.version)) return;
    this.#endpoint = config;
    writeConfigRow(this.ctx.storage.sql, config);
    if (config.deleted) {
      dropDeliveries(this.ctx.storage.sql);
      await this.ctx.storage.deleteAlarm();
      this.#alarmAt = null;
      return;
    }
    this.ctx.waitUntil(this.#pump.wake());
  }

  /** The deliveries of this endpoint with their attempts, newest first; nothing for another organization's. */
  log(organizationId: string, query: LogQuery): DeliveryLogEntry[] {
    if (this.#endpoint?.organizationId !== organizationId) return [];
    return listDeliveries(this.ctx.storage.sql, query);
  }

  /**
   * Restarts the pump and returns: the next alarm may then come while requests are out. Never throws: six failed alarms
   * and the platform would drop the alarm.
   */
  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      this.#expire();
      this.ctx.waitUntil(this.#pump.wake());
    } catch (cause) {
      console.error(
        JSON.stringify({ event: "endpoint.alarm_failed", endpoint: this.#endpoint?.id, error: String(cause) }),
      );
      await this.#ensureAlarm(Date.now() + LEASE);
    }
  }

  async #send(delivery: OpenDelivery): Promise<void> {
    const { sql } = this.ctx.storage;
    const config = this.#endpoint;
    const stored = config && readForAttempt(sql, delivery, delivery.attempts);
    if (!config || !stored) {
      closeDelivery(this.#lanes, delivery);
      return;
    }
    let result: SendResult;
    try {
      result = await send(delivery, stored, {
        config,
        policy: STANDARD_POLICY,
        secrets: await this.#openSecrets(config),
        gap: gapBefore(sql, delivery),
        mint: (recordingId) => this.#mintLink(config, recordingId),
        blocked: (url) => this.#blocked(url),
        fetch: (input, init) => fetch(input, init),
        now: () => Date.now(),
        random: () => Math.random(),
      });
    } catch (cause) {
      // Only a fault of ours comes here (a key that is gone, say): the delivery stays open and is tried again.
      console.error(JSON.stringify({ event: "endpoint.send_failed", endpoint: config.id, error: String(cause) }));
      putBack(this.#lanes, delivery, { attempts: delivery.attempts, dueAt: Date.now() + LEASE });
      return;
    }
    const written = recordOutcome(sql, delivery, delivery.attempts, result);
    if (written && result.state === "pending")
      putBack(this.#lanes, delivery, { attempts: delivery.attempts + 1, dueAt: result.dueAt });
    else closeDelivery(this.#lanes, delivery);
  }

  async #openSecrets(config: EndpointConfig): Promise<readonly string[]> {
    if (this.#secrets?.sealed !== config.secrets) {
      const { masterKeys } = readConfig(this.env);
      const opened = JSON.parse(await unseal(masterKeys, `endpoint:${config.id}`, config.secrets)) as string[];
      this.#secrets = { sealed: config.secrets, opened };
    }
    return this.#secrets.opened;
  }

  async #mintLink(config: EndpointConfig, recordingId: string) {
    const { publicUrl, masterKeys } = readConfig(this.env);
    const expiresAt = Date.now() + LINK_LIFETIME;
    const signingKey = await playbackKey(masterKeys);
    const url = await signPlaybackLink({
      publicUrl,
      organizationId: config.organizationId,
      recordingId,
      expiresAt,
      signingKey,
    });
    return { url, expiresAt: new Date(expiresAt).toISOString() };
  }

  async #blocked(url: string): Promise<string | undefined> {
    const checked = await checkUrl(url, guardPolicyOf(readConfig(this.env)));
    return checked.ok ? undefined : checked.error.message;
  }

  async #ensureAlarm(at: number): Promise<void> {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }

  #expire(): void {
    const now = Date.now();
    if (now - this.#expiredAt < EXPIRE_EVERY) return;
    const gone = expireDeliveries(this.ctx.storage.sql, now - KEEP_FOR, EXPIRE_AT_ONCE);
    this.#expiredAt = gone < EXPIRE_AT_ONCE ? now : now - EXPIRE_EVERY + HOUR;
  }
}
