import { z } from "zod";
import { readRetryAfter } from "../../lib/http/retry-after";
import type { ConnectorFailure } from "../contract";

const error = z.object({ error: z.object({ code: z.string(), message: z.string().default("") }) });

/** What an answer of Graph other than a good one means. */
export function failureOf(host: string, response: Response, text: string, what: string, now: number): ConnectorFailure {
  const { status } = response;
  const named = error.safeParse(jsonOf(text)).data?.error.code ?? "";
  const request = response.headers.get("request-id");
  const detail = `${host} answered ${status} ${named} to ${what}${request === null ? "" : ` (request ${request})`}`;
  if (status === 429 || status === 503 || status === 509) {
    const retryAfter = readRetryAfter(response.headers, now);
    return { code: "slow_down", detail, ...(retryAfter !== null && { retryAfter }) };
  }
  if (status === 401) return { code: "sign_in_again", detail };
  if (status === 403) return { code: "consent_missing", detail };
  if (status === 404) return { code: "gone", detail };
  if (status === 409 || status === 412) return { code: "changed", detail };
  return { code: "storage_error", detail };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
