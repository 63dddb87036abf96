import type { z } from "zod";
import { within } from "../../lib/deadline";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure } from "../contract";
import { failureOf, jsonOf } from "./failures";
import { dropToken, tokenFor, type Access } from "./token";
import { hostsOf } from "./clouds";

const PATIENCE = 30 * SECOND;
const MAX_TEXT = 8 * 1024 * 1024;

export type Question = {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: object;
};
type Answered = { status: number; headers: Headers; text: string };

/**
 * Asks Graph, at a path or at an address that it gave: one of its own only, since the token goes with it. A token that is
 * refused is asked for anew, once.
 */
export async function ask(
  access: Access,
  target: string,
  question: Question = {},
  isAnswer: (status: number) => boolean = (status) => status >= 200 && status < 300,
): Promise<Result<Answered, ConnectorFailure>> {
  const url = target.startsWith("/") ? `https://${hostsOf(access.settings).graph}/v1.0${target}` : target;
  if (!isOfGraph(access, url))
    return err({
      code: "unreadable_list",
      detail: `${hostsOf(access.settings).graph} named an address that is not its own`,
    });
  const first = await askOnce(access, url, question, isAnswer);
  if (first.ok || first.error.code !== "sign_in_again") return first;
  dropToken(access);
  return askOnce(access, url, question, isAnswer);
}

export function isOfGraph({ settings }: Access, url: string): boolean {
  return url.startsWith(`https://${hostsOf(settings).graph}/`);
}

/** The same, with the answer read by a schema. */
export async function askJson<T>(
  access: Access,
  target: string,
  schema: z.ZodType<T>,
  question: Question = {},
): Promise<Result<T, ConnectorFailure>> {
  const answered = await ask(access, target, question);
  if (!answered.ok) return answered;
  const read = schema.safeParse(jsonOf(answered.value.text));
  return read.success
    ? ok(read.data)
    : err({ code: "storage_error", detail: `${hostsOf(access.settings).graph} gave an answer that cannot be read` });
}

async function askOnce(
  access: Access,
  url: string,
  { method = "GET", headers = {}, body }: Question,
  isAnswer: (status: number) => boolean,
): Promise<Result<Answered, ConnectorFailure>> {
  const token = await tokenFor(access);
  if (!token.ok) return token;
  const { fetch, now } = access.deps;
  const host = hostsOf(access.settings).graph;
  const controller = new AbortController();
  // Links may carry what proves who asks: nothing but the path is told.
  const what = `${method} ${new URL(url).pathname.slice(0, 200)}`;
  try {
    const asked = fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token.value}`,
        accept: "application/json",
        ...(body && { "content-type": "application/json" }),
        ...headers,
      },
      redirect: "manual",
      signal: controller.signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    const answered = await within(PATIENCE, asked);
    if (answered.expired) {
      controller.abort();
      asked.catch(() => undefined);
      return err({ code: "unreachable", detail: `${host} did not answer ${what} in time` });
    }
    const response = answered.value;
    const read = await within(PATIENCE, readTextUpTo(response, MAX_TEXT));
    if (read.expired || read.value === undefined)
      return err({ code: "storage_error", detail: `${host} did not end its answer to ${what}` });
    const { status } = response;
    if (isAnswer(status)) return ok({ status, headers: response.headers, text: read.value });
    return err(failureOf(host, response, read.value, what, now()));
  } catch (error) {
    return err({ code: "unreachable", detail: `${host}: ${String(error).slice(0, 200)}` });
  }
}
