import type { Database } from "../../db/client";
import type { DomainError } from "../../errors";
import { sameText } from "../../lib/constant-time";
import { ok, type Result } from "../../lib/result";
import type { MasterKeys } from "../../lib/seal";
import { listEndpoints, MAX_ENDPOINTS, openSecrets, readEndpoint, signingAt, type EndpointRow } from "../endpoints";
import { isSigningKey, profiles } from "../profiles";
import { judgeSignature, type ReceivedRequest, type SignatureFinding } from "./check-signature";

/** Which of an endpoint's secrets one is. `expired`: a former one whose overlap is over. */
export type SecretVersion = "current" | "previous" | "expired";

/** What is found of a received request: whose it is, by which secret, and what keeps a receiver from accepting it. */
export type Verification = {
  finding: "valid" | "wrong_secret" | "stale" | "body_changed" | "body_rewritten" | "no_match" | "missing_header";
  endpointId: string | null;
  /** The secret that signed it. */
  secret: SecretVersion | null;
  /** Which secret the receiver has, where it was given one to compare. */
  receiversSecret: SecretVersion | "unknown" | null;
  /** The header that is missing. */
  header: string | null;
  /** Seconds since it was signed; negative when the receiver's clock, or ours, is behind. */
  age: number | null;
};

/** Receivers refuse what is further off than this, in seconds. */
const WINDOW = 300;

/** From what says most about a request to what says least. */
const ORDER = ["current", "previous", "expired", "trimmed", "reformatted", "none", "no_header"] as const;

type Judged = { endpoint: EndpointRow; kind: (typeof ORDER)[number]; header: string | null; age: number | null };

/**
 * Whether a request that a receiver got is one of ours, and what a receiver would have against it. Without an id all
 * endpoints of the organization are tried. Reveals no secret.
 */
export async function verifyReceived(
  deps: { db: Database; masterKeys: MasterKeys },
  target: { organizationId: string; id?: string },
  received: ReceivedRequest & { secret?: string },
  now: number,
): Promise<Result<Verification, DomainError>> {
  const { organizationId, id } = target;
  const named = id === undefined ? undefined : await readEndpoint(deps.db, { organizationId, id });
  if (named && !named.ok) return named;
  const tried = named ? [named.value] : await listEndpoints(deps.db, { organizationId, limit: MAX_ENDPOINTS });
  const judged = await Promise.all(tried.map((endpoint) => judge(deps.masterKeys, endpoint, received, now)));
  const [best] = judged.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
  if (!best)
    return ok({ finding: "no_match", endpointId: null, secret: null, receiversSecret: null, header: null, age: null });
  const receiversSecret =
    received.secret === undefined ? null : await versionOf(deps.masterKeys, best.endpoint, received.secret, now);
  return ok(verificationOf(best, receiversSecret, named !== undefined));
}

async function judge(
  masterKeys: MasterKeys,
  endpoint: EndpointRow,
  received: ReceivedRequest,
  now: number,
): Promise<Judged> {
  const all = (await openSecrets(masterKeys, endpoint.id, endpoint.secrets)).filter(
    ({ value }) => !isSigningKey(value),
  );
  const signing = signingAt(all, now);
  const profile = profiles[endpoint.profile];
  const found = await judgeSignature(profile, signing, received, now);
  if (found.kind === "no_header") return { endpoint, kind: found.kind, header: found.header, age: null };
  const kind = found.kind === "none" ? await amongExpired() : found.kind;
  return { endpoint, kind, header: null, age: found.age };

  async function amongExpired(): Promise<Judged["kind"]> {
    const former = all.filter((one) => !signing.includes(one));
    const { kind: of }: SignatureFinding = await judgeSignature(profile, former, received, now);
    return of === "current" || of === "previous" ? "expired" : "none";
  }
}

function verificationOf(
  { endpoint, kind, header, age }: Judged,
  receiversSecret: Verification["receiversSecret"],
  isNamed: boolean,
): Verification {
  const secret = kind === "current" || kind === "previous" || kind === "expired" ? kind : null;
  const isKnown = isNamed || (kind !== "none" && kind !== "no_header");
  const common = { endpointId: isKnown ? endpoint.id : null, secret, receiversSecret, header, age };
  const isOther = receiversSecret !== null && receiversSecret !== "current";
  switch (kind) {
    case "no_header":
      return { ...common, finding: "missing_header" };
    case "none":
      return { ...common, finding: "no_match" };
    case "trimmed":
      return { ...common, finding: "body_changed" };
    case "reformatted":
      return { ...common, finding: "body_rewritten" };
    default:
      if (kind === "expired" || isOther) return { ...common, finding: "wrong_secret" };
      return { ...common, finding: age !== null && Math.abs(age) > WINDOW ? "stale" : "valid" };
  }
}

async function versionOf(
  masterKeys: MasterKeys,
  { id, secrets }: EndpointRow,
  candidate: string,
  now: number,
): Promise<SecretVersion | "unknown"> {
  const all = await openSecrets(masterKeys, id, secrets);
  const signing = signingAt(all, now);
  for (const [index, one] of all.entries())
    if (await sameText(one.value, candidate.trim()))
      return index === 0 ? "current" : signing.includes(one) ? "previous" : "expired";
  return "unknown";
}
