import type { Context } from "hono";
import { sha256Hex } from "../lib/hmac";
import { networkOf } from "../lib/ip-address";
import { shutNames } from "../lib/shut-names";
import { SECOND } from "../lib/time";
import { answer } from "./problem";
import type { ApiEnv } from "./router";

const CAPACITY = 1_000;

const shut = shutNames();
/** Valid keys, by hash: they pass even when their address is refused. */
const working = new Set<string>();

/**
 * The 429 for an address with too many failed authentications this minute, before anything is looked up; undefined when
 * the request may go on. A key that was valid in this isolate passes, and so does one request a second, because an
 * office shares one address. `door` is what the proof opens, `proof` what was sent, empty when nothing was.
 */
export async function turnedAway(c: Context<ApiEnv>, door: "api" | "admin", proof: readonly string[]) {
  if (shut.isEmpty()) return undefined;
  const now = c.var.deps.now();
  const name = nameOf(c, door);
  if (shut.until(name, now) === undefined || (proof.length > 0 && working.has(await hashOf(proof)))) return undefined;
  const until = shut.untilBut(name, now);
  if (until === undefined) return undefined;
  c.header("retry-after", String(Math.max(1, Math.ceil((until - now) / SECOND))));
  return answer(c, 429, "Authentication failed too often from this address. Try again later, with a key that works.");
}

/** Counts a failure. After too many, the address is refused for the rest of the minute. */
export async function noteFailure(c: Context<ApiEnv>, door: "api" | "admin"): Promise<void> {
  const name = nameOf(c, door);
  if (!(await c.var.deps.limits.refused(name))) shut.shut(name, c.var.deps.now());
}

/** Remembers a valid proof. */
export async function noteSuccess(proof: readonly string[]): Promise<void> {
  const hash = await hashOf(proof);
  if (working.has(hash)) return;
  const oldest = working.size >= CAPACITY ? working.values().next().value : undefined;
  if (oldest !== undefined) working.delete(oldest);
  working.add(hash);
}

/** Locally there is no address, and all requests come from this machine. */
function nameOf(c: Context<ApiEnv>, door: "api" | "admin"): string {
  return `${door} ${networkOf(c.req.header("cf-connecting-ip") ?? "local")}`;
}

async function hashOf(proof: readonly string[]): Promise<string> {
  return sha256Hex([...new Set(proof)].toSorted().join("\n").slice(0, 40_000));
}
