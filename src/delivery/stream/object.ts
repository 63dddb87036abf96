import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../../config";
import { openBothHomes } from "../../db/homes";
import { readEventData } from "../../events";
import { MINUTE } from "../../lib/time";
import { frameFor, type Frame } from "./frame";
import { mayHear, type Listener } from "./listener";
import { register, unregister } from "./listeners";
import { listenerSecret } from "./secret";
import * as storage from "./storage";

/** What is kept for listeners that come back. */
const KEEP = { count: 1_000, bytes: 4 * 1024 * 1024, time: 10 * MINUTE };
/** How often the registration is renewed, and how long it is good for: a renewal may fail twice. */
const RENEW = 10 * MINUTE;
const REGISTERED = 30 * MINUTE;
/** Listeners of an organization at a time. */
export const MAX_LISTENERS = 50;

type Attachment = { listener: string; organizationId: string };

/**
 * The events of one organization, for those who listen to them as they happen. It sleeps between events: a listener's
 * Worker is joined to it by a hibernating WebSocket. Writers call it only while it is registered in the database.
 */
export class EventStream extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  /** Sockets and numbers are touched by one at a time, so that every listener hears events in their order. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    storage.openStorage(this.#sql);
  }

  /** Makes a listener known before they join. False when there are as many as there may be. */
  async admit(organizationId: string, listener: Listener): Promise<boolean> {
    if (this.ctx.getWebSockets().length >= MAX_LISTENERS) return false;
    await this.#inTurn(() => this.#register(organizationId));
    storage.writeListener(this.#sql, listener, Date.now());
    return true;
  }

  /** Joins an admitted listener: `listener` and `after`, the number after which they go on, are in the query. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const id = searchParams.get("listener") ?? "";
    const organizationId = searchParams.get("organization") ?? "";
    const listener = storage.readListener(this.#sql, id);
    if (!listener) return new Response(null, { status: 404 });
    const { 0: client, 1: server } = new WebSocketPair();
    await this.#inTurn(async () => {
      this.ctx.acceptWebSocket(server);
      server.serializeAttachment({ listener: id, organizationId } satisfies Attachment);
      storage.markThere(this.#sql, id);
      await this.#greet(server, listener, organizationId, searchParams.get("after"));
    });
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Takes recorded events, those of a call in order. What is kept already is not taken again. */
  async publish(organizationId: string, events: readonly storage.NewEvent[]): Promise<void> {
    await this.#inTurn(async () => {
      const now = Date.now();
      const kept = storage.keepEvents(this.#sql, events, now);
      this.#trim(now);
      for (const event of kept) {
        const data = await this.#dataOf(event);
        if (data)
          for (const socket of this.ctx.getWebSockets()) {
            const listener = storage.readListener(this.#sql, attached(socket).listener);
            if (listener) await this.#sendEvent(socket, listener, organizationId, event, data);
          }
      }
    });
  }

  /** Forgets the events of erased calls: who comes back does not hear them. */
  erase(streams: readonly string[]): void {
    storage.eraseStreams(this.#sql, streams);
  }

  /** Keeps the registration while somebody listens, or left so lately that they may come back. */
  override async alarm(): Promise<void> {
    const organizationId = await this.ctx.storage.get<string>("organization");
    if (organizationId === undefined) return;
    const now = Date.now();
    try {
      await this.#inTurn(async () => {
        this.#trim(now);
        const listeners = storage.forgetListeners(this.#sql, now - KEEP.time);
        if (this.ctx.getWebSockets().length > 0 || listeners > 0) return this.#renew(organizationId, now);
        await unregister(openBothHomes(this.env), organizationId);
        storage.writeState(this.#sql, "registered_until", 0);
        storage.breakNumbering(this.#sql);
      });
    } catch (cause) {
      // An alarm that throws too often is never called again.
      console.error(JSON.stringify({ event: "stream.not_registered", organizationId, error: String(cause) }));
      await this.ctx.storage.setAlarm(now + MINUTE);
    }
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#leave(socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#leave(socket);
  }

  #leave(socket: WebSocket): void {
    const { listener } = attached(socket);
    const isThere = this.ctx.getWebSockets().some((one) => one !== socket && attached(one).listener === listener);
    if (!isThere) storage.markLeft(this.#sql, listener, Date.now());
    close(socket, 1000);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #register(organizationId: string): Promise<void> {
    const now = Date.now();
    if (storage.readState(this.#sql, "registered_until") - now > RENEW) return;
    await this.ctx.storage.put("organization", organizationId);
    await this.#renew(organizationId, now);
  }

  async #renew(organizationId: string, now: number): Promise<void> {
    const wasUntil = storage.readState(this.#sql, "registered_until");
    await register(openBothHomes(this.env), organizationId, now + REGISTERED);
    storage.writeState(this.#sql, "registered_until", now + REGISTERED);
    await this.ctx.storage.setAlarm(now + RENEW);
    if (wasUntil > now) return;
    // Nobody was called meanwhile: what happened is unknown here.
    storage.breakNumbering(this.#sql);
    for (const socket of this.ctx.getWebSockets()) this.#sendReset(socket);
  }

  /** What a listener hears first: who they are, and what they missed. */
  async #greet(socket: WebSocket, listener: Listener, organizationId: string, after: string | null): Promise<void> {
    const { id, profile } = listener;
    const secret = profile === null ? null : await this.#secretOf(listener, organizationId);
    const last = storage.readState(this.#sql, "last");
    send(socket, {
      id: after === null ? last : null,
      event: "ready",
      data: JSON.stringify({ listener: id, profile, secret }),
    });
    if (after === null) return;
    this.#trim(Date.now());
    const missed = /^\d{1,15}$/.test(after) ? storage.eventsAfter(this.#sql, Number(after)) : undefined;
    if (!missed) return this.#sendReset(socket);
    for (const event of missed) {
      const data = await this.#dataOf(event);
      if (data) await this.#sendEvent(socket, listener, organizationId, event, data);
    }
  }

  async #sendEvent(
    socket: WebSocket,
    listener: Listener,
    organizationId: string,
    event: storage.KeptEvent,
    data: Record<string, unknown>,
  ): Promise<void> {
    if (!mayHear(listener, { type: event.type, data })) return;
    const { publicUrl } = readConfig(this.env);
    const secret = await this.#secretOf(listener, organizationId);
    try {
      const frame = await frameFor(listener, event, data, { organizationId, publicUrl, secret, now: Date.now() });
      if (frame) send(socket, frame);
    } catch (cause) {
      // There is no such request, as one that is too large for its profile: it keeps nobody from the others.
      console.error(JSON.stringify({ event: "stream.no_request", eventId: event.id, error: String(cause) }));
    }
  }

  #sendReset(socket: WebSocket): void {
    send(socket, { id: storage.readState(this.#sql, "last"), event: "reset", data: "{}" });
  }

  #secretOf({ id }: Listener, organizationId: string): Promise<string> {
    return listenerSecret(readConfig(this.env).masterKeys, { id, organizationId });
  }

  /** The data of an event; undefined where it is lost, which keeps nobody from the events behind it. */
  async #dataOf({ data, id }: storage.KeptEvent): Promise<Record<string, unknown> | undefined> {
    try {
      return JSON.parse(await readEventData(this.env.BUCKET, data)) as Record<string, unknown>;
    } catch (cause) {
      console.error(JSON.stringify({ event: "stream.data_lost", eventId: id, error: String(cause) }));
      return undefined;
    }
  }

  #trim(now: number): void {
    storage.trimEvents(this.#sql, { count: KEEP.count, bytes: KEEP.bytes, before: now - KEEP.time });
  }
}

function attached(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}

/** A socket that is closing takes nothing more. */
function send(socket: WebSocket, frame: Frame): void {
  try {
    socket.send(JSON.stringify(frame));
  } catch {
    close(socket, 1011);
  }
}

function close(socket: WebSocket, code: number): void {
  try {
    socket.close(code);
  } catch {
    // It is closed.
  }
}
