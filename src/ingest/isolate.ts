import type { Memory } from "./admit";
import { lookupCache } from "./lookup-cache";
import { refusalCounter, type RefusalCounter } from "./refusal-counter";
import { refusalGate, type RefusalGate } from "./refusal-gate";
import { refusalSampler, type RefusalSampler } from "./refusal-sampler";

/** What one isolate remembers from request to request, all of it bounded. */
export type Isolate = { memory: Memory; sample: RefusalSampler; counter: RefusalCounter; gate: RefusalGate };

export function newIsolate(): Isolate {
  return {
    memory: { callers: lookupCache(), sources: lookupCache() },
    sample: refusalSampler(),
    counter: refusalCounter(),
    gate: refusalGate(),
  };
}
