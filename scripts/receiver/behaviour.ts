import { isObject } from "../api-client.ts";

/** How the receiver misbehaves, for tests: the share and the number of next deliveries it refuses, with what, how slowly. */
export type Behaviour = { failRate: number; failNext: number; status: number; delayMs: number };

export const WELL_BEHAVED: Behaviour = { failRate: 0, failNext: 0, status: 503, delayMs: 0 };

/** Reads a whole new behaviour; what is not named is well behaved. A text says what is wrong. */
export function readBehaviour(body: unknown): Behaviour | string {
  if (!isObject(body)) return "expected a JSON object";
  const behaviour = { ...WELL_BEHAVED };
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= low && value <= high)) return `${name} must be a number from ${low} to ${high}`;
    behaviour[name as keyof Behaviour] = value;
  }
  const unknown = Object.keys(body).find((name) => !(name in RANGES));
  return unknown === undefined ? behaviour : `unknown key ${unknown}`;
}

/** Whether the next delivery is refused, and the behaviour after it. */
export function decideFailure(behaviour: Behaviour, random: () => number): { fails: boolean; next: Behaviour } {
  if (behaviour.failNext > 0) return { fails: true, next: { ...behaviour, failNext: behaviour.failNext - 1 } };
  return { fails: random() < behaviour.failRate, next: behaviour };
}

const RANGES: { [name in keyof Behaviour]: [number, number] } = {
  failRate: [0, 1],
  failNext: [0, 1_000_000],
  status: [200, 599],
  delayMs: [0, 600_000],
};
