import { within } from "../lib/deadline";
import { isJsonType, readContentType } from "../lib/http/content-type";
import { checkUrl, type GuardPolicy } from "../lib/network-guard";
import { NetworkFailure } from "../lib/outbound";
import { err, ok, type Result } from "../lib/result";
import { MINUTE, SECOND, type Clock } from "../lib/time";
import { messageOf, peek, readBody, type BodyLimits } from "./audio-body";
import { needsPatience, notReady, refused, type AudioFailure } from "./failure";
import { declaredLength, failureOf } from "./http-answer";
import { inflatedLimit } from "./inflated";
import { NO_BYTES, openAudio, type OpenedAudio } from "./open-audio";

/**
 * What a provider adds to the download of its recordings. Each is asked per URL, so that no secret follows a redirect.
 */
export type AudioAccess = {
  /** Headers for exactly this URL, e.g. an API key. Undefined for hosts that are not the provider's. */
  credentialsFor?(url: URL): Promise<Record<string, string> | undefined> | Record<string, string> | undefined;
  /** Whether a host in a notice's link may be asked at all. Redirects may lead to other hosts. */
  mayAsk?(host: string): boolean;
  /** Plain http to public addresses, if the source's owner allowed it. */
  allowHttp?: boolean;
  /** The link to the audio in a JSON answer of this URL. */
  linkIn?(url: URL, reply: unknown): string | undefined;
  /** Where to ask the platform for a new link, when the notice's link did not give the audio. */
  freshLinkAt?: string;
};

export type FetchAudioRequest = AudioAccess & {
  url: string;
  fetch: typeof fetch;
  guardPolicy: GuardPolicy;
  now: Clock;
  /** The largest file accepted, in bytes. */
  maxBytes: number;
  /** Larger files fail as `large` without being read; a later try takes them. */
  laterAbove?: number;
  timeouts?: FetchTimeouts;
};

/** In milliseconds. */
export type FetchTimeouts = {
  /** Until the headers of each answer. */
  headers: number;
  /** Between two chunks of the body. */
  stall: number;
  /** From the start to the last byte. */
  total: number;
  /** From the start to the headers of the answer with the audio, redirects and keys included. */
  opening?: number;
};

/** `total` leaves time in a queue consumer's 15 minutes for what follows the download. */
export const FETCH_TIMEOUTS: FetchTimeouts = { headers: 30 * SECOND, stall: 30 * SECOND, total: 10 * MINUTE };

/** How long to look for the reason after a request got no answer, in milliseconds. */
const SILENCE_EXPLAINED = 2 * SECOND;
const MAX_HOPS = 3;
const MAX_LINK_REPLY = 64 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// `identity`: the length of a compressed body cannot be checked.
const HEADERS = { accept: "audio/*, */*;q=0.5", "accept-encoding": "identity", "user-agent": "Trunkline" };

type Answer = { url: URL; response: Response };

/**
 * Requests a recording's audio: follows at most three redirects or links, each checked by the network guard. Of the
 * body only the first bytes are read, to check that it is audio. A link that fails may have expired: the platform is
 * then asked for a new one, and the result of that counts. The caller must read the body to its end or cancel it.
 */
export async function fetchAudio(request: FetchAudioRequest): Promise<Result<OpenedAudio, AudioFailure>> {
  const timeouts = request.timeouts ?? FETCH_TIMEOUTS;
  const limits = { stallTimeout: timeouts.stall, deadline: request.now() + timeouts.total };
  const host = URL.parse(request.url)?.hostname ?? "";
  if (request.mayAsk?.(host) === false)
    return err(refused("blocked_url", `${host} is not among the source's recording_hosts`));
  const audio = await follow(request.url, request, timeouts, limits);
  if (audio.ok || request.freshLinkAt === undefined || isSameFile(audio.error)) return audio;
  if (timeouts.opening !== undefined && needsPatience(audio.error)) return audio;
  return follow(request.freshLinkAt, request, timeouts, limits);
}

/** Whether a new link would lead to the same failure. */
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

async function ask(target: string, request: FetchAudioRequest, longest: number): Promise<Result<Answer, AudioFailure>> {
  const { allowHttp = request.guardPolicy.allowHttp ?? false } = request;
  const startedAt = request.now();
  const checked = await checkUrl(target, { ...request.guardPolicy, allowHttp });
  if (!checked.ok) return err(refused("blocked_url", checked.error.message));
  const url = checked.value;
  // A first try is short as a whole: a name that is slow to resolve is as slow as its server.
  const timeout = request.timeouts?.opening === undefined ? longest : longest - (request.now() - startedAt);
  if (timeout <= 0) return err(notReady("timeout", `the name ${url.host} did not resolve in time`));
  const keys = await within(timeout, Promise.resolve(request.credentialsFor?.(url)));
  if (keys.expired) return err(notReady("timeout", `the key for ${url.host} did not come in time`));
  const credentials = keys.value;
  const controller = new AbortController();
  // Called without its object: workerd's fetch must not be called as another object's method.
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
    // A first try leaves this to the next try.
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

/** Where to go on from an answer; undefined when it is the final one. */
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
  const isJson = isJsonType(readContentType(response.headers.get("content-type")).type);
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
  if (!response.body) return err(NO_BYTES);
  const body = readBody(response.body, limits, request.now);
  const opened = await openAudio(body, length, response.headers.get("content-type"));
  const inflated = inflatedLimit(response.headers);
  return opened.ok && inflated ? ok({ ...opened.value, inflated }) : opened;
}

async function discard(response: Response): Promise<void> {
  // Cancelling a body that already failed rejects; the failure is already known.
  await response.body?.cancel().catch(() => undefined);
}
