import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { sameText } from "../../lib/constant-time";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import type { SigningSecret } from "../contract";
import { openSecrets, readEndpoint, signingAt } from "../endpoints";
import { isSigningKey, profiles, type Profile } from "../profiles";

/**
 * What a signature is worth. `current`, `previous`: made with that secret over exactly this body. `trimmed`,
 * `reformatted`: made over this body before a line end was lost or added, or before its JSON was written anew. `none`: made
 * with another secret, or over another body. `no_header`: the header named is not there.
 */
export type SignatureFinding =
  | { kind: "current" | "previous" | "trimmed" | "reformatted" | "none"; age: number | null }
  | { kind: "no_header"; header: string };

/** A request as a receiver got it: its headers, one a line, and its body. */
export type ReceivedRequest = { headers: string; body: string };

/** Whether an endpoint's secrets made the signature of a request that its receiver refuses. Reveals no secret. */
export async function checkSignature(
  { db, masterKeys }: { db: Database; masterKeys: MasterKeys },
  target: { organizationId: string; id: string },
  received: ReceivedRequest,
  now: number,
): Promise<Result<SignatureFinding, DomainError>> {
  const endpoint = await readEndpoint(db, target);
  if (!endpoint.ok) return endpoint;
  const { id, secrets, profile } = endpoint.value;
  const signing = signingAt(await openSecrets(masterKeys, id, secrets), now).filter(
    ({ value }) => !isSigningKey(value),
  );
  return ok(await judgeSignature(profiles[profile], signing, received, now));
}

/** The same for secrets in hand: the current one first. */
export async function judgeSignature(
  profile: Pick<Profile, "signature" | "sign">,
  secrets: readonly SigningSecret[],
  { headers: text, body }: ReceivedRequest,
  now: number,
): Promise<SignatureFinding> {
  const headers = headersIn(text);
  const { form, header, timestamp } = profile.signature;
  const needed = [header, ...(timestamp === null ? [] : [timestamp]), ...(form === "standard" ? ["webhook-id"] : [])];
  const missing = needed.find((name) => !headers.has(name.toLowerCase()));
  if (missing !== undefined) return { kind: "no_header", header: missing };
  const given = headers.get(header.toLowerCase()) ?? "";
  const seconds = timestamp === null ? null : Number(headers.get(timestamp.toLowerCase()));
  const age = seconds === null || !Number.isFinite(seconds) ? null : Math.round(now / 1000 - seconds);
  const context = {
    eventId: headers.get("webhook-id") ?? "",
    deliveryId: "",
    now: Number.isFinite(seconds) ? (seconds ?? 0) * 1000 : 0,
    ed25519: false,
  };
  const isMadeWith = async (secret: string, over: string) => {
    const made = await profile.sign({ ...context, secrets: [secret] }, over);
    const expected = made[header] ?? "";
    const matches = await Promise.all(given.split(/\s+/).map((one) => sameText(one, expected)));
    return matches.includes(true);
  };
  for (const [index, { value }] of secrets.entries())
    if (await isMadeWith(value, body)) return { kind: index === 0 ? "current" : "previous", age };
  for (const { value } of secrets) {
    for (const other of [body.trimEnd(), `${body}\n`, body.replaceAll("\r\n", "\n")])
      if (await isMadeWith(value, other)) return { kind: "trimmed", age };
    for (const other of rewritten(body)) if (await isMadeWith(value, other)) return { kind: "reformatted", age };
  }
  return { kind: "none", age };
}

function headersIn(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
}

/** The body as compact JSON: what was signed, where a receiver parsed it and wrote it anew. */
function rewritten(body: string): string[] {
  try {
    return [JSON.stringify(JSON.parse(body))];
  } catch {
    return [];
  }
}
