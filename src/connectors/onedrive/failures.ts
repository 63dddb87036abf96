import { z } from "zod";
import { SECOND } from "../../lib/time";
import type { ConnectorFailure } from "../contract";

const error = z.object({ error: z.object({ code: z.string(), message: z.string().default("") }) });

/** What an answer of Graph other than a good one means. */
export function failureOf(response: Response, text: string, what: string, now: number): ConnectorFailure {
  const { status } = response;
  const named = error.safeParse(jsonOf(text)).data?.error.code ?? "";
  const request = response.headers.get("request-id");
  const detail = `graph.microsoft.com answered ${status} ${named} to ${what}${request === null ? "" : ` (request ${request})`}`;
  if (status === 429 || status === 503 || status === 509) {
    const retryAfter = retryAfterOf(response, now);
    return { code: "slow_down", detail, ...(retryAfter !== undefined && { retryAfter }) };
  }
  if (status === 401) return { code: "sign_in_again", detail };
  if (status === 403) return { code: "consent_missing", detail };
  if (status === 404) return { code: "gone", detail };
  if (status === 409 || status === 412) return { code: "changed", detail };
  return { code: "storage_error", detail };
}

/** How long a server asks us to wait, in milliseconds: it says so in seconds, or as a date. */
export function retryAfterOf(response: Response, now: number): number | undefined {
  const given = response.headers.get("retry-after")?.trim();
  if (!given) return undefined;
  if (/^\d{1,7}$/.test(given)) return Number(given) * SECOND;
  const at = Date.parse(given);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
