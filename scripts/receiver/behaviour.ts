import { isObject } from "../api-client.ts";

/** How the receiver misbehaves, for tests. */
export type Behaviour = {
  /** The share of deliveries it refuses at random. */
  failRate: number;
  /** Refuses this many of the next deliveries, whatever the rate. */
  failNext: number;
  /** The same delivery is refused at random no more often than this. */
  failsEach: number;
  /** The status of a refusal. */
  status: number;
  /** The delay before any answer. */
  delayMs: number;
};

export const WELL_BEHAVED: Behaviour = { failRate: 0, failNext: 0, failsEach: 1_000_000, status: 503, delayMs: 0 };

/** Reads a whole new behaviour; what is not named does not misbehave. A string is the error message. */
export function readBehaviour(body: unknown): Behaviour | string {
  if (!isObject(body)) return "expected a JSON object";
  const behaviour = { ...WELL_BEHAVED };
  for (const [name, [low, high]] of Object.entries(RANGES)) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= low && value <= high))
      return `${name} must be a number from ${low} to ${high}`;
    behaviour[name as keyof Behaviour] = value;
  }
  const unknown = Object.keys(body).find((name) => !(name in RANGES));
  return unknown === undefined ? behaviour : `unknown key ${unknown}`;
}

/** Whether a delivery that was refused `refusals` times before is refused now, and the behaviour after it. */
export function decideFailure(
  behaviour: Behaviour,
  refusals: number,
  random: () => number,
): { fails: boolean; next: Behaviour } {
  if (behaviour.failNext > 0) return { fails: true, next: { ...behaviour, failNext: behaviour.failNext - 1 } };
  return { fails: refusals < behaviour.failsEach && random() < behaviour.failRate, next: behaviour };
}

const RANGES: { [name in keyof Behaviour]: [number, number] } = {
  failRate: [0, 1],
  failNext: [0, 1_000_000],
  failsEach: [0, 1_000_000],
  status: [200, 599],
  delayMs: [0, 600_000],
};
