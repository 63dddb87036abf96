import { authenticate, ended, looksLikeCredential, may, noteKeyUse, onlyCampaign, type Caller } from "../identity";
import type { HeaderFields } from "../lib/http/header-fields";
import { sha256Hex } from "../lib/hmac";
import { err, ok, type Result } from "../lib/result";
import { defaultSourceOf, loadSource } from "../sources";
import { type KeyedPlatform, type ReadingConfig, type SourceConfig } from "../platforms";
import { NOBODY, type EdgeRefusal, type Sender } from "./decision";
import type { IngestDeps } from "./deps";
import type { Lookup } from "./lookup-cache";
import { senderKeys } from "./sender-keys";

/** The caches of one isolate, so that a repeated request needs no database. */
export type Memory = { callers: Lookup<Caller>; sources: Lookup<SourceConfig> };

export type Admission = { sender: Sender; config: ReadingConfig & { state: SourceConfig["state"] } };

/** A refusal, and the sender it is logged for. */
export type Rejection = { sender: Sender; refusal: EdgeRefusal };

/**
 * Checks the API key of a request and finds the source it is for. Missing and wrong keys get the same 401; only the log
 * distinguishes them. On a shared path the source's settings and state are not read: the consumer, which has the
 * database, reads the same bytes with them, and they change no id.
 */
export async function admitKey(
  headers: HeaderFields,
  source: KeyedPlatform,
  sourceId: string | undefined,
  deps: IngestDeps,
  memory: Memory,
): Promise<Result<Admission, Rejection>> {
  const keys = senderKeys(headers);
  if (keys.length === 0) return refuseKey("missing_key");
  if (!keys.every(looksLikeCredential)) return refuseKey("unknown_key");
  // The cache is keyed by hash, so that it holds no keys.
  const now = deps.now();
  const caller = await memory.callers(await sha256Hex(keys.join("\n")), now, async () => {
    const found = await authenticate(deps, keys);
    if (!found.ok) return undefined;
    deps.waitUntil(noteUse(found.value, deps, now));
    return found.value;
  });
  // A key in the cache still ends at its time.
  if (!caller || ended(caller, now)) return refuseKey("unknown_key");
  const { organizationId } = caller;
  // A key of one source sends to it, also where the path names none.
  const named = sourceId ?? caller.sourceId ?? undefined;
  const id = named ?? (await defaultSourceOf(source.kind, organizationId));
  const sender: Sender = { organizationId, sourceId: id, campaignLimit: onlyCampaign(caller.reach), proven: true };
  const nameless = { ...sender, sourceId: null };
  if (!may(caller, "notices:write")) return err({ sender: nameless, refusal: PERMISSION_MISSING });
  if (named === undefined) return ok({ sender, config: { id, organizationId, settings: {}, state: "active" } });
  const config = await admitSource(source.kind, named, deps, memory);
  if (!config.ok) return err({ sender: nameless, refusal: config.error });
  // Another organization's source and a missing one get the same 404.
  if (config.value.organizationId !== organizationId) return err({ sender: nameless, refusal: UNKNOWN_SOURCE });
  if (caller.sourceId !== null && caller.sourceId !== named) return err({ sender, refusal: OTHER_SOURCE });
  return ok({ sender, config: config.value });
}

async function noteUse({ unnoted }: Caller, { db, log }: IngestDeps, now: number): Promise<void> {
  try {
    await noteKeyUse(db, unnoted, now);
  } catch (cause) {
    log({ event: "key_use.not_noted", error: String(cause) });
  }
}

/**
 * The configured source of a path, from a cache entry at most `maxAge` milliseconds old where that is given. A source
 * of another kind, a deleted one and a missing one get the same 404.
 */
export async function admitSource(
  kind: string,
  id: string,
  deps: IngestDeps,
  memory: Memory,
  maxAge?: number,
): Promise<Result<SourceConfig, EdgeRefusal>> {
  const known = /^src_[0-9a-z]{26}$/.test(id)
    ? await memory.sources(id, deps.now(), () => loadSource(deps.db, deps.masterKeys, id), maxAge)
    : undefined;
  if (known?.kind === kind) return ok(known);
  return err(UNKNOWN_SOURCE);
}

const UNKNOWN_SOURCE: EdgeRefusal = {
  status: 404,
  reason: "unknown_source",
  message: "No source is configured at this address.",
};

const OTHER_SOURCE: EdgeRefusal = {
  status: 403,
  reason: "source_not_allowed",
  message: "This API key may only send to another source.",
};

const PERMISSION_MISSING: EdgeRefusal = {
  status: 403,
  reason: "permission_missing",
  message: "The permission notices:write is missing.",
};

function refuseKey(reason: string): Result<never, Rejection> {
  const message = "A valid API key is required: send it in the X-API-Key header.";
  return err({ sender: NOBODY, refusal: { status: 401, reason, message } });
}
