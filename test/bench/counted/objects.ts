import { EndpointObject as Real } from "../../../src/delivery/object/object";
import { applyRetention, KEEP_ROWS } from "../../../src/delivery/object/storage";
import { SourceLane as RealLane } from "../../../src/jobs";
import { DAY, HOUR } from "../../../src/lib/time";
import { countedBindings } from "./bindings";
import { countedDatabase } from "./database";
import { countedQueue } from "./queue";
import { count, countWrites } from "./counters";

/** The real lane of a source, over bindings that count. Its own storage is a key and an alarm. */
export class SourceLane extends RealLane {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, countedBindings(env));
  }
}

/** The real object over storage that counts. */
export class EndpointObject extends Real {
  constructor(ctx: DurableObjectState, env: Env) {
    // The platform insists on its own state object, so its storage is what is replaced.
    Object.defineProperty(ctx, "storage", { value: countedStorage(ctx.storage) });
    super(ctx, { ...env, DB: countedDatabase(env.DB), EVENTS_QUEUE: countedQueue(env.EVENTS_QUEUE) });
  }

  override async alarm(): Promise<void> {
    count("objectAlarms");
    await super.alarm();
  }

  /** Retention as it runs when the day is over, and when the deliveries of that day are past their time. */
  async expire(): Promise<void> {
    const now = Date.now();
    applyRetention(this.ctx.storage, {}, now + DAY + HOUR);
    applyRetention(this.ctx.storage, {}, now + DAY + HOUR + KEEP_ROWS + DAY);
  }
}

function countedStorage(storage: DurableObjectStorage): DurableObjectStorage {
  const sql = countedSql(storage.sql);
  return new Proxy(storage, {
    get(target, name) {
      if (name === "sql") return sql;
      if (name === "setAlarm") {
        return (at: number | Date) => {
          count("objectAlarmsSet");
          // An alarm is stored, and billed, as a row.
          countWrites("object", "INSERT alarm", 1);
          return target.setAlarm(at);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function countedSql(sql: SqlStorage): SqlStorage {
  return new Proxy(sql, {
    get(target, name) {
      if (name !== "exec") return Reflect.get(target, name, target) as unknown;
      return (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = target.exec(query, ...bindings);
        // A cursor's figures grow while it is read, which the object does in the same turn.
        queueMicrotask(() => {
          count("objectRowsRead", cursor.rowsRead);
          countWrites("object", query, cursor.rowsWritten);
        });
        return cursor;
      };
    },
  });
}
