import type { Memory } from "./admit";
import { lookupCache } from "./lookup-cache";
import { refusalCounter, type RefusalCounter } from "./refusal-counter";
import { refusalGate, type RefusalGate } from "./refusal-gate";
import { refusalSampler, type RefusalSampler } from "./refusal-sampler";
import { strangerGate, type StrangerGate } from "./stranger-gate";

/** The state that one isolate keeps between requests. All of it is bounded. */
export type Isolate = {
  memory: Memory;
  sample: RefusalSampler;
  counter: RefusalCounter;
  gate: RefusalGate;
  strangers: StrangerGate;
};

export function newIsolate(): Isolate {
  const memory: Memory = { callers: lookupCache(), sources: lookupCache() };
  return {
    memory,
    sample: refusalSampler(),
    counter: refusalCounter(),
    gate: refusalGate(),
    strangers: strangerGate(memory),
  };
}
