import { EndpointObject as Real } from "../../../src/delivery/object/object";
import { countedDatabase } from "./database";
import { countedQueue } from "./queue";
import { count, countWrites } from "./counters";

/** The namespace with every call of every stub counted: each is a billed request. */
export function countedNamespace<T extends DurableObjectNamespace<Real>>(namespace: T): T {
  return new Proxy(namespace, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(value, target, args);
        return name === "get" || name === "getByName" ? countedStub(answer as object) : answer;
      };
    },
  });
}

function countedStub(stub: object): object {
  return new Proxy(stub, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        count("objectRequests");
        return (value as (...all: unknown[]) => unknown)(...args);
      };
    },
  });
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
