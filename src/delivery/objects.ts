import type { DeliveryLogEntry, EndpointConfig, EnqueuedEvent, LogQuery } from "./contract";
import type { EndpointObject } from "./endpoint";

/** The objects of all endpoints, as the rest of the program speaks to them. */
export type EndpointObjects = {
  enqueue(config: EndpointConfig, events: readonly EnqueuedEvent[]): Promise<void>;
  configure(config: EndpointConfig): Promise<void>;
  log(endpointId: string, organizationId: string, query: LogQuery): Promise<DeliveryLogEntry[]>;
};

const TRIES = 3;

export function endpointObjects(namespace: DurableObjectNamespace<EndpointObject>): EndpointObjects {
  // A stub that has failed stays failed, so each try takes a new one.
  const stubOf = (endpointId: string) => namespace.getByName(`${endpointId}/0`);
  return {
    enqueue: (config, events) => persist(async () => void (await stubOf(config.id).enqueue(config, events))),
    configure: (config) => persist(async () => await stubOf(config.id).configure(config)),
    log: async (endpointId, organizationId, query) => await stubOf(endpointId).log(organizationId, query),
  };
}

/** Tries again unless the object says that it is overloaded: pressing on would only make that worse. */
async function persist(action: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (cause) {
      const overloaded =
        typeof cause === "object" && cause !== null && "overloaded" in cause && cause.overloaded === true;
      if (attempt >= TRIES || overloaded) throw cause;
    }
  }
}
