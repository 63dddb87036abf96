import { sha256Hex } from "../../lib/hmac";
import { err, ok, type Result } from "../../lib/result";
import { MINUTE, SECOND } from "../../lib/time";
import { askJson } from "./ask-json";
import { toText } from "../reading/coerce";
import type { AccessDeps, PullFailure } from "../contract";
import { readSeconds } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";

/** What is posted for a token: RFC 6749 §4, with the grant of the platform. */
export type TokenRequest = { url: string; headers: Record<string, string>; body?: string };

// One isolate asks for many recordings of one source; platforms allow few token requests a minute.
const tokens = new Map<string, { token: string; until: number }>();
const MAX_TOKENS = 500;
const MAX_TOKEN = 8_000;
/** A token that ends while a file is on its way is no use. */
const MARGIN = MINUTE;
const DEFAULT_LIFE = 600;

/**
 * An OAuth access token for a source, kept in the isolate until a minute before it expires. Changed credentials ask
 * anew: the memory is by a hash of what would be sent.
 */
export async function accessTokenOf(
  sourceId: string,
  request: TokenRequest,
  deps: AccessDeps,
): Promise<Result<string, PullFailure>> {
  const key = `${sourceId}:${await sha256Hex(JSON.stringify(request))}`;
  const known = tokens.get(key);
  if (known && known.until > deps.now()) return ok(known.token);
  const { url, headers, body } = request;
  const answer = await askJson(url, { method: "POST", headers, ...(body !== undefined && { body }) }, deps);
  if (!answer.ok) return answer;
  const fields = fieldsOf(answer.value);
  const token = toText(fields?.get("access_token"), MAX_TOKEN);
  if (!token) {
    return err({ kind: "refused", reason: `${URL.parse(url)?.host ?? url} gave no access token`, retryAfter: null });
  }
  const life = (readSeconds(fields?.get("expires_in")) ?? DEFAULT_LIFE) * SECOND - MARGIN;
  if (tokens.size >= MAX_TOKENS) tokens.clear();
  if (life > 0) tokens.set(key, { token, until: deps.now() + life });
  return ok(token);
}
