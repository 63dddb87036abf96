// The durable floor: the cost of delivering in order what was stored first, and storing the outcome. One RPC brings an
// endpoint its share of a batch, one statement inserts it, six requests are under way at a time. No signature, no
// filter, no retry, no log.
import { DurableObject } from "cloudflare:workers";
import { take, type Message, type TakeEnv } from "../../floor/src/take";

type Row = { id: number; stream: string; body: string };

type Env = TakeEnv & {
  ENDPOINTS: DurableObjectNamespace<DurableFloor>;
  RECEIVER_URL: string;
  OUTCOME: "each" | "grouped";
};

const REQUESTS_AT_A_TIME = 6;
/** Milliseconds. */
const GROUP_FOR = 5;
const ALARM_AHEAD = 60_000;

export class DurableFloor extends DurableObject<Env> {
  /** The first row of each stream that has none under way. */
  #ready: Row[] = [];
  #streams = new Map<string, Row[]>();
  #underWay = 0;
  #nextId: number;
  #outcomes: number[] = [];
  #alarmAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS deliveries
       (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, stream TEXT NOT NULL, body TEXT NOT NULL)`,
    );
    const { last } = ctx.storage.sql.exec<{ last: number | null }>("SELECT max(id) AS last FROM deliveries").one();
    this.#nextId = (last ?? 0) + 1;
  }

  async enqueue(endpoint: number, bodies: string[]): Promise<void> {
    const rows = bodies.map((body) => ({ id: this.#nextId++, stream: streamOf(body), body }));
    this.ctx.storage.sql.exec(
      `INSERT INTO deliveries (id, state, stream, body)
       SELECT value ->> 0, 0, value ->> 1, value ->> 2 FROM json_each(?)`,
      JSON.stringify(rows.map(({ id, stream, body: text }) => [id, stream, text])),
    );
    for (const row of rows) {
      const waiting = this.#streams.get(row.stream);
      if (waiting) waiting.push(row);
      else {
        this.#streams.set(row.stream, [row]);
        this.#ready.push(row);
      }
    }
    const now = Date.now();
    if (this.#alarmAt < now + ALARM_AHEAD / 2) {
      this.#alarmAt = now + ALARM_AHEAD;
      await this.ctx.storage.setAlarm(this.#alarmAt);
    }
    while (this.#underWay < REQUESTS_AT_A_TIME && this.#ready.length > 0) {
      this.#underWay += 1;
      this.ctx.waitUntil(this.#send(`${this.env.RECEIVER_URL}/${endpoint}`));
    }
  }

  override async alarm(): Promise<void> {
    // A real deliverer would look here for what a crash left open; the floor pays for the alarm only.
  }

  async #send(url: string): Promise<void> {
    for (let row = this.#ready.shift(); row; row = this.#ready.shift()) {
      const response = await fetch(url, { method: "POST", body: row.body });
      await response.body?.cancel();
      this.#settle(row);
    }
    this.#underWay -= 1;
  }

  #settle({ id, stream }: Row): void {
    const waiting = this.#streams.get(stream)!;
    waiting.shift();
    const [next] = waiting;
    if (this.#outcomes.push(id) === 1 && this.env.OUTCOME === "grouped") setTimeout(() => this.#flush(), GROUP_FOR);
    // The next of a stream is not sent before the outcome of the one before it is written.
    if (this.env.OUTCOME === "each" || next) this.#flush();
    if (next) this.#ready.push(next);
    else this.#streams.delete(stream);
  }

  #flush(): void {
    if (this.#outcomes.length === 0) return;
    this.ctx.storage.sql.exec(
      "UPDATE deliveries SET state = 1 WHERE id IN (SELECT value FROM json_each(?))",
      JSON.stringify(this.#outcomes),
    );
    this.#outcomes = [];
  }
}

export default {
  fetch: take,

  /** One call of each endpoint's object, with all of the batch that is for it. */
  async queue(batch: { messages: readonly { body: Message }[] }, env: Env): Promise<void> {
    const byEndpoint = new Map<number, string[]>();
    for (const { body: message } of batch.messages) {
      for (let endpoint = message.first; endpoint < message.first + message.endpoints; endpoint += 1) {
        const bodies = byEndpoint.get(endpoint);
        if (bodies) bodies.push(message.body);
        else byEndpoint.set(endpoint, [message.body]);
      }
    }
    await Promise.all(
      [...byEndpoint].map(([endpoint, bodies]) => env.ENDPOINTS.getByName(String(endpoint)).enqueue(endpoint, bodies)),
    );
  },
};

function streamOf(body: string): string {
  return /"call_id":"([^"]+)"/.exec(body)?.[1] ?? "";
}
