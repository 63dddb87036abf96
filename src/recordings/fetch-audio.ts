import { within } from "../lib/deadline";
import { checkUrl, type GuardPolicy } from "../lib/network-guard";
import { NetworkFailure } from "../lib/outbound";
import { err, ok, type Result } from "../lib/result";
import { MINUTE, SECOND, type Clock } from "../lib/time";
import { messageOf, peek, readBody, type BodyLimits } from "./audio-body";
import { needsPatience, notReady, refused, type AudioFailure } from "./failure";
import { declaredLength, failureOf } from "./http-answer";
import { inflatedLimit } from "./inflated";
import { openAudio, type OpenedAudio } from "./open-audio";

/** What a provider adds to the fetching of its recordings. Both are asked per address, so no secret follows a redirect. */
export type AudioAccess = {
  /** Headers for this very URL and no other, e.g. its API key; undefined for hosts that are not the provider's. */
  credentialsFor?(url: URL): Promise<Record<string, string> | undefined> | Record<string, string> | undefined;
  /** Whether the address a notice gave may be asked at all, by host name; redirects may lead on from there. */
  mayAsk?(host: string): boolean;
  /** Plain http to public addresses, where the source's owner opted in. */
  allowHttp?: boolean;
  /** Where the audio is, when this URL answers with JSON that holds the link to it. */
  linkIn?(url: URL, reply: unknown): string | undefined;
  /** Where the platform is asked for the audio anew (mostly through `linkIn`) when the notice's own link gave none. */
  freshLinkAt?: string;
};

export type FetchAudioRequest = AudioAccess & {
  url: string;
  fetch: typeof fetch;
  guardPolicy: GuardPolicy;
  now: Clock;
  /** Largest file taken, in bytes. */
  maxBytes: number;
  /** Files larger than this fail as `large` without being read: another try takes them. */
  laterAbove?: number;
  timeouts?: FetchTimeouts;
};

/** In milliseconds. */
export type FetchTimeouts = {
  /** Until the headers of each answer. */
  headers: number;
  /** Between two pieces of the body. */
  stall: number;
  /** From start to the last byte. */
  total: number;
  /** From start to the headers of the answer that is the audio, redirects and keys included. */
  opening?: number;
  pace?: { grace: number; bytesPerSecond: number };
};

/** `total` leaves room in a queue consumer's 15 minutes for what follows the download. */
export const FETCH_TIMEOUTS: FetchTimeouts = { headers: 30 * SECOND, stall: 30 * SECOND, total: 10 * MINUTE };

/** How long a request that was given up is waited for, which may say why nothing came. */
const SILENCE_EXPLAINED = 2 * SECOND;
const MAX_HOPS = 3;
const MAX_LINK_REPLY = 64 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// `identity`: a compressed body has no length we could hold it to.
const HEADERS = { accept: "audio/*, */*;q=0.5", "accept-encoding": "identity", "user-agent": "Trunkline" };

type Answer = { url: URL; response: Response };

/**
 * Asks for a recording's audio: at most three redirects or links further, each checked by the guard, the body not yet read
 * but for its first bytes, which say that it is audio. A link that gives none may have expired: then the platform is asked
 * where the audio is now, and its answer counts. Whoever gets a body reads it to its end or cancels it.
 */
export async function fetchAudio(request: FetchAudioRequest): Promise<Result<OpenedAudio, AudioFailure>> {
  const timeouts = request.timeouts ?? FETCH_TIMEOUTS;
  const startedAt = request.now();
  const limits = {
    stallTimeout: timeouts.stall,
    deadline: startedAt + timeouts.total,
    ...(timeouts.pace && { pace: { startedAt, ...timeouts.pace } }),
  };
  const host = URL.parse(request.url)?.hostname ?? "";
  if (request.mayAsk?.(host) === false)
    return err(refused("blocked_url", `${host} is not among the source's recording_hosts`));
  const audio = await follow(request.url, request, timeouts, limits);
  if (audio.ok || request.freshLinkAt === undefined || isSameFile(audio.error)) return audio;
  if (timeouts.opening !== undefined && needsPatience(audio.error)) return audio;
  return follow(request.freshLinkAt, request, timeouts, limits);
}

/** Whether a fresh link would lead to the same failure. */
function isSameFile({ reason }: AudioFailure): boolean {
  return reason.startsWith("too_large:");
}

async function follow(
  first: string,
  request: FetchAudioRequest,
  timeouts: FetchTimeouts,
  limits: BodyLimits,
): Promise<Result<OpenedAudio, AudioFailure>> {
  let target = first;
  for (let hop = 0; hop <= MAX_HOPS; hop += 1) {
    const left = limits.deadline - timeouts.total + (timeouts.opening ?? timeouts.total) - request.now();
    const answer = await ask(target, request, Math.min(timeouts.headers, Math.max(0, left)));
    if (!answer.ok) return answer;
    const onward = await followUp(answer.value, request, limits);
    if (!onward.ok) return onward;
    if (onward.value === undefined) return accept(answer.value.response, request, limits);
    target = onward.value;
  }
  return err(notReady("redirects", `the address led further more than ${MAX_HOPS} times`));
}

async function ask(target: string, request: FetchAudioRequest, timeout: number): Promise<Result<Answer, AudioFailure>> {
  const { allowHttp = request.guardPolicy.allowHttp ?? false } = request;
  const checked = await checkUrl(target, { ...request.guardPolicy, allowHttp });
  if (!checked.ok) return err(refused("blocked_url", checked.error.message));
  const url = checked.value;
  const keys = await within(timeout, Promise.resolve(request.credentialsFor?.(url)));
  if (keys.expired) return err(notReady("timeout", `the key for ${url.host} did not come in time`));
  const credentials = keys.value;
  const controller = new AbortController();
  // Called bare: workerd's fetch refuses to be a method of something else.
  const { fetch } = request;
  try {
    const asked = fetch(url.href, {
      headers: { ...HEADERS, ...credentials },
      redirect: "manual",
      signal: controller.signal,
    });
    const answered = await within(timeout, asked);
    if (!answered.expired) return ok({ url, response: answered.value });
    controller.abort();
    // A first try leaves finding out to the one that follows.
    if (request.timeouts?.opening !== undefined) return err(notReady("timeout", silentFor(url, timeout)));
    const silence = await within(
      SILENCE_EXPLAINED,
      asked.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    if (!silence.expired && silence.value instanceof NetworkFailure) return err(unreachable(url, silence.value));
    return err(notReady("timeout", silentFor(url, timeout)));
  } catch (error) {
    return err(unreachable(url, error));
  }
}

function silentFor(url: URL, milliseconds: number): string {
  return `${url.host} did not answer within ${Math.ceil(milliseconds / SECOND)} seconds`;
}

function unreachable(url: URL, error: unknown): AudioFailure {
  return notReady("unreachable", `${url.host} could not be reached: ${messageOf(error)}`);
}

/** Where an answer sends us next; undefined when it is itself the answer. */
async function followUp(
  { url, response }: Answer,
  request: FetchAudioRequest,
  limits: BodyLimits,
): Promise<Result<string | undefined, AudioFailure>> {
  if (REDIRECTS.has(response.status)) {
    await discard(response);
    const location = response.headers.get("location");
    const next = location === null ? null : URL.parse(location, url.href);
    return next ? ok(next.href) : err(notReady("redirects", `${url.host} redirects without saying where`));
  }
  const isJson = /\bjson\b/i.test(response.headers.get("content-type") ?? "");
  if (!request.linkIn || response.status !== 200 || !isJson) return ok(undefined);
  const reply = await readLinkReply(response, limits, request.now);
  const link = reply === undefined ? undefined : request.linkIn(url, reply);
  if (link === undefined) return err(notReady("not_there", `${url.host} answered without a link to the audio`));
  return ok(URL.parse(link, url.href)?.href ?? link);
}

async function readLinkReply(response: Response, limits: BodyLimits, now: Clock): Promise<unknown> {
  if (!response.body) return undefined;
  const peeked = await peek(readBody(response.body, limits, now), MAX_LINK_REPLY);
  if (!peeked.ok) return undefined;
  if (peeked.value.total === null) {
    await peeked.value.body.cancel();
    return undefined;
  }
  try {
    return JSON.parse(new TextDecoder().decode(peeked.value.head));
  } catch {
    return undefined;
  }
}

async function accept(
  response: Response,
  request: FetchAudioRequest,
  limits: BodyLimits,
): Promise<Result<OpenedAudio, AudioFailure>> {
  const failure = failureOf(response, request.now());
  if (failure) {
    await discard(response);
    return err(failure);
  }
  const length = declaredLength(response.headers);
  if (length !== null && length > request.maxBytes) {
    await discard(response);
    return err(refused("too_large", `the file has ${length} bytes; ${request.maxBytes} are allowed`));
  }
  if (length !== null && length > (request.laterAbove ?? length)) {
    await discard(response);
    return err(notReady("large", `the file has ${length} bytes`));
  }
  if (!response.body) return err(notReady("empty", "the file has no bytes yet"));
  const body = readBody(response.body, limits, request.now);
  const opened = await openAudio(body, length, response.headers.get("content-type"));
  const inflated = inflatedLimit(response.headers);
  return opened.ok && inflated ? ok({ ...opened.value, inflated }) : opened;
}

async function discard(response: Response): Promise<void> {
  // A body that already broke rejects its cancelling; nobody waits for it any more.
  await response.body?.cancel().catch(() => undefined);
}
