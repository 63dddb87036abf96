import { AwsV4Signer } from "aws4fetch";
import { within } from "../../lib/deadline";
import { readTextUpTo } from "../../lib/http/text-up-to";
import { checkUrl } from "../../lib/network-guard";
import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure, StorageDeps } from "../contract";
import { failureOf, unreachable } from "./failures";
import type { S3Settings } from "./settings";

/** Until the headers of an answer. */
const PATIENCE = 30 * SECOND;
/** A page of a thousand keys of a thousand bytes, each byte encoded as three. */
const MAX_TEXT = 5 * 1024 * 1024;

/** One bucket and who asks it. `region` is corrected where the storage names another one. */
export type Access = {
  settings: S3Settings;
  accessKey: string;
  secretKey: string;
  region: string;
  deps: StorageDeps;
};

export type Question = { method?: "GET" | "HEAD" | "PUT" | "DELETE"; headers?: Record<string, string>; body?: string };

/**
 * Asks the storage: through the network guard, signed (AWS Signature Version 4), and once more where it names the
 * region to sign for. Gives the answer as it came where `isAnswer` is true of its status; its body is then the caller's
 * to read or cancel.
 */
export async function ask(
  access: Access,
  url: () => URL,
  question: Question,
  isAnswer: (status: number) => boolean = (status) => status >= 200 && status < 300,
): Promise<Result<Response, ConnectorFailure>> {
  let first = await askOnce(access, url(), question, isAnswer);
  // A kept connection may have been closed, or left in the middle of an answer. Each of our questions can be asked twice.
  if (!first.ok && first.error.isBroken) first = await askOnce(access, url(), question, isAnswer);
  if (first.ok || first.error.code !== "wrong_region") return first;
  const { region } = first.error;
  if (region === undefined || region === access.region) return first;
  access.region = region;
  access.settings = { ...access.settings, region };
  return askOnce(access, url(), question, isAnswer);
}

/** The same, with the whole body as text. */
export async function askText(
  access: Access,
  url: () => URL,
  question: Question,
): Promise<Result<string, ConnectorFailure>> {
  const answer = await ask(access, url, question);
  if (!answer.ok) return answer;
  const host = url().host;
  try {
    const text = await within(PATIENCE, readTextUpTo(answer.value, MAX_TEXT));
    if (text.expired) return err({ code: "unreachable", detail: `${host} stopped in the middle of its answer` });
    return text.value === undefined
      ? err({ code: "unreadable_list", detail: `${host} answered with more than ${MAX_TEXT} bytes` })
      : ok(text.value);
  } catch (error) {
    return err(unreachable(host, error));
  }
}

async function askOnce(
  { accessKey, secretKey, region, deps }: Access,
  target: URL,
  { method = "GET", headers = {}, body }: Question,
  isAnswer: (status: number) => boolean,
): Promise<Result<Response, ConnectorFailure & { region?: string; isBroken?: boolean }>> {
  const checked = await checkUrl(target, deps.guardPolicy);
  if (!checked.ok) return err({ code: "blocked", detail: checked.error.message });
  const signer = new AwsV4Signer({
    url: checked.value.href,
    method,
    headers,
    accessKeyId: accessKey,
    secretAccessKey: secretKey,
    service: "s3",
    region,
    datetime: new Date(deps.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    ...(body !== undefined && { body }),
  });
  const signed = await signer.sign();
  const controller = new AbortController();
  // Called without its object: workerd's fetch must not be called as another object's method.
  const { fetch } = deps;
  try {
    const asked = fetch(signed.url.href, {
      method,
      headers: signed.headers,
      // A redirect leads to another region: what it says is read, and nothing signed follows it.
      redirect: "manual",
      signal: controller.signal,
      ...(body !== undefined && { body }),
    });
    const answered = await within(PATIENCE, asked);
    if (answered.expired) {
      controller.abort();
      asked.catch(() => undefined);
      return err({ code: "unreachable", detail: `${target.host} did not answer within ${PATIENCE / SECOND} seconds` });
    }
    const response = answered.value;
    if (isAnswer(response.status)) return ok(response);
    const read = await within(PATIENCE, readTextUpTo(response, 64 * 1024));
    return err(failureOf(response, read.expired ? "" : (read.value ?? ""), deps.now()));
  } catch (error) {
    return err({ ...unreachable(target.host, error), isBroken: true });
  }
}
