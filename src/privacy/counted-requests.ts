import { objectsOf } from "../delivery";
import type { EraseDeps } from "./erase-calls";

// What an invocation may ask of R2 and of objects is limited by the platform: 10,000 requests (`limits.subrequests`).

/** Deps whose requests to R2 and to endpoints' objects are counted, one for each object that an endpoint has. */
export function countRequests<D extends EraseDeps>(deps: D): { deps: D; requests(): number } {
  let asked = 0;
  const bucket = new Proxy(deps.bucket, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        asked += 1;
        return Reflect.apply(value, target, given);
      };
    },
  });
  const { count, erase, health } = deps.endpointObjects;
  const endpointObjects: EraseDeps["endpointObjects"] = {
    count: (endpoint, query) => {
      asked += objectsOf(endpoint).length;
      return count(endpoint, query);
    },
    erase: (endpoint, streams) => {
      asked += objectsOf(endpoint).length;
      return erase(endpoint, streams);
    },
    health: (endpoint) => {
      asked += objectsOf(endpoint).length;
      return health(endpoint);
    },
  };
  return { deps: { ...deps, bucket, endpointObjects }, requests: () => asked };
}
