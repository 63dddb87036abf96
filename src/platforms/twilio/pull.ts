import { z } from "zod";
import { type Result, err, ok } from "../../lib/result";
import { DAY, MINUTE } from "../../lib/time";
import { askJson } from "../asking/ask-json";
import type { AccessConfig, AccessDeps, ListedCall, Pull, PullFailure } from "../contract";
import { outcomeOf } from "../reading/call-status";
import { readMailDate } from "../reading/mail-date";
import { authorization } from "./access";
import {
  type Entry,
  type ListedRecording,
  type TwilioCall,
  listedCall,
  listedRecording,
  readListed,
  startOf,
} from "./map-listed";
import { type TwilioSettings, apiUrlOf } from "./settings";

type Config = AccessConfig<TwilioSettings>;
type Span = { from: number; until: number };

const CALLS_A_PAGE = 200;
/** Twilio's largest. */
const RECORDINGS_A_PAGE = 1_000;
const MAX_RECORDING_PAGES = 20;
const MAX_RECORDINGS_A_CALL = 100;

const next = z.string().startsWith("/").max(4_000).nullish();
const callPage = z.object({ calls: z.array(listedCall), next_page_uri: next });
const recordingPage = z.object({ recordings: z.array(listedRecording), next_page_uri: next });

/** Twilio's list of calls (Twilio docs, "Read multiple Call resources" and "Read multiple Recording resources"). */
export const pull: Pull<TwilioSettings> = { list, one, readListed };

/**
 * One page of the calls that began in the span and have ended, the newest first, each with its recordings. The
 * recordings are asked for once a page, by the time they were made in, and not once a call. A leg that a call led to is
 * listed only where it was recorded: without, it is part of the conversation that its parent is.
 */
async function list(
  span: Span,
  cursor: string | null,
  config: Config,
  deps: AccessDeps,
): Promise<Result<{ calls: ListedCall[]; cursor: string | null }, PullFailure>> {
  const path = accountPath(config);
  if (path === undefined) return err(noCredentials());
  const first = `${path}/Calls.json?${between("StartTime", span, CALLS_A_PAGE)}`;
  const page = await ask(cursor ?? first, callPage, config, deps);
  if (!page.ok) return page;
  if (page.value === undefined) return err(unknownAccount());
  const calls = page.value.calls.filter((call) => isWithin(call, span) && hasEnded(call));
  const recordings = calls.length === 0 ? ok(new Map()) : await recordingsOf(calls, path, config, deps);
  if (!recordings.ok) return recordings;
  const { value: known } = recordings;
  const listed = calls.flatMap((call) => {
    const own = known === null ? null : (known.get(call.sid) ?? []);
    return call.parent_call_sid && own?.length === 0 ? [] : [listedOf({ call, recordings: own })];
  });
  return ok({ calls: listed, cursor: page.value.next_page_uri ?? null });
}

async function one(
  externalId: string,
  config: Config,
  deps: AccessDeps,
): Promise<Result<ListedCall | undefined, PullFailure>> {
  const path = accountPath(config);
  if (path === undefined) return err(noCredentials());
  const sid = encodeURIComponent(externalId);
  const call = await ask(`${path}/Calls/${sid}.json`, listedCall, config, deps);
  if (!call.ok) return call;
  if (call.value === undefined) return ok(undefined);
  const own = `${path}/Recordings.json?CallSid=${sid}&PageSize=${MAX_RECORDINGS_A_CALL}`;
  const recordings = await ask(own, recordingPage, config, deps);
  if (!recordings.ok) return recordings;
  return ok(listedOf({ call: call.value, recordings: recordings.value?.recordings ?? [] }));
}

/**
 * The recordings made while these calls went on, by call; null when there are more than it is sensible to go through.
 */
async function recordingsOf(
  calls: readonly TwilioCall[],
  path: string,
  config: Config,
  deps: AccessDeps,
): Promise<Result<Map<string, ListedRecording[]> | null, PullFailure>> {
  const starts = calls.map((call) => startOf(call) ?? 0);
  const ends = calls.map((call, index) => readMailDate(call.end_time) ?? starts[index] ?? 0);
  const span = { from: Math.min(...starts) - MINUTE, until: Math.max(...ends) + MINUTE };
  const found = new Map<string, ListedRecording[]>();
  let at: string | null = `${path}/Recordings.json?${between("DateCreated", span, RECORDINGS_A_PAGE)}`;
  for (let count = 0; at !== null; count += 1) {
    if (count === MAX_RECORDING_PAGES) return ok(null);
    const page: Result<z.infer<typeof recordingPage> | undefined, PullFailure> = await ask(
      at,
      recordingPage,
      config,
      deps,
    );
    if (!page.ok) return page;
    for (const recording of page.value?.recordings ?? []) {
      const { call_sid: sid } = recording;
      if (!sid) continue;
      const own = found.get(sid) ?? [];
      if (own.length < MAX_RECORDINGS_A_CALL) found.set(sid, [...own, recording]);
    }
    at = page.value?.next_page_uri ?? null;
  }
  return ok(found);
}

/** Asks for a path of the API; undefined where there is no such thing. */
async function ask<T>(
  path: string,
  shape: z.ZodType<T>,
  config: Config,
  deps: AccessDeps,
): Promise<Result<T | undefined, PullFailure>> {
  const headers = authorization(config, undefined);
  if (!headers) return err(noCredentials());
  // Joined as text: a path that begins with two slashes would lead the credentials to another host.
  const answer = await askJson(`${apiUrlOf(config.settings)}${path}`, { headers }, deps);
  if (!answer.ok || answer.value === undefined) return answer as Result<undefined, PullFailure>;
  const parsed = shape.safeParse(answer.value);
  if (parsed.success) return ok(parsed.data);
  const reason = `Twilio answered with something else than was asked for (${parsed.error.issues[0]?.path.join(".") ?? ""})`;
  return err({ kind: "not_ready", reason, retryAfter: null });
}

/**
 * Twilio's client libraries send the time of day, its documentation speaks of dates only. So the end is asked for a day
 * late, which is right whether or not the time counts, and what is outside the span is left out here.
 */
function between(field: string, span: Span, pageSize: number): string {
  return new URLSearchParams([
    [`${field}>`, secondsOf(span.from)],
    [`${field}<`, secondsOf(span.until + DAY)],
    ["PageSize", String(pageSize)],
  ]).toString();
}

function secondsOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function isWithin(call: TwilioCall, span: Span): boolean {
  const start = startOf(call);
  return start !== null && start >= span.from && start < span.until;
}

/** A call that still goes on is not lost: its notice will come. */
function hasEnded(call: TwilioCall): boolean {
  const outcome = outcomeOf(call.status);
  return outcome === "completed" || outcome === "failed";
}

function listedOf(entry: Entry): ListedCall {
  return { externalId: entry.call.sid, startedAt: startOf(entry.call) ?? 0, body: JSON.stringify(entry) };
}

function accountPath({ credentials }: Config): string | undefined {
  const sid = credentials?.["account_sid"];
  return sid === undefined ? undefined : `/2010-04-01/Accounts/${sid}`;
}

function noCredentials(): PullFailure {
  return { kind: "refused", reason: "the source has no credentials of Twilio", retryAfter: null };
}

function unknownAccount(): PullFailure {
  return { kind: "refused", reason: "Twilio knows no account of the credentials' account_sid", retryAfter: null };
}
