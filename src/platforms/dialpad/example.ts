import { toBase64Url } from "../../lib/hmac";
import { CALLER, digitsOf, LENGTH, LINE, momentsOf, OPERATOR, TALK, written, type ExampleContext } from "../example";
import type { DialpadSettings } from "./settings";

/** The claims of the event that ends an answered call. Dialpad's times and lengths are milliseconds. */
export function example({ now, unique }: ExampleContext<DialpadSettings>): string {
  const { startedAt, answeredAt, endedAt } = momentsOf(now);
  return written({
    call_id: Number(digitsOf(unique, 15)),
    state: "hangup",
    direction: "inbound",
    date_started: startedAt,
    date_connected: answeredAt,
    date_ended: endedAt,
    duration: TALK * 1_000,
    total_duration: LENGTH * 1_000,
    external_number: CALLER,
    internal_number: LINE,
    target: { type: "user", name: OPERATOR, phone: LINE },
    contact: { name: "Sample caller", phone: CALLER, type: "local" },
    was_recorded: false,
    call_recording_ids: [],
    event_timestamp: endedAt,
  });
}

/** The token that Dialpad would send with these claims, but for its signature: reading looks at the claims alone. */
export function asToken(claims: string): string {
  if (!/^\s*\{/.test(claims)) return claims;
  const encoder = new TextEncoder();
  const [header, payload, signature] = ['{"alg":"HS256","typ":"JWT"}', claims, "sample"].map((part) =>
    toBase64Url(encoder.encode(part)),
  );
  return `${header}.${payload}.${signature}`;
}
