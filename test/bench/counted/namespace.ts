import { count } from "./counters";

/** The namespace with every call of every stub counted: each is a billed request. */
export function countedNamespace<T extends object>(namespace: T): T {
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
