import { err, ok, type Result } from "../../lib/result";
import { SECOND } from "../../lib/time";
import { askJson } from "../asking/ask-json";
import type { AccessConfig, AccessDeps, ListedCall, PullFailure } from "../contract";
import { firstOf, readMoment } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";
import { apiUrl, authorizationOf } from "./access";
import { callIdOf } from "./map";
import type { AircallSettings } from "./settings";

// The most Aircall gives at once (API reference, pagination).
const PER_PAGE = 50;

/** `GET /v1/calls` in the order of their beginning. The cursor is the number of the page. */
export async function list(
  span: { from: number; until: number },
  cursor: string | null,
  config: AccessConfig<AircallSettings>,
  deps: AccessDeps,
): Promise<Result<{ calls: ListedCall[]; cursor: string | null }, PullFailure>> {
  const page = cursor ?? "1";
  const query = new URLSearchParams({
    from: String(Math.floor(span.from / SECOND)),
    to: String(Math.ceil(span.until / SECOND)),
    order: "asc",
    per_page: String(PER_PAGE),
    page,
  });
  const answer = await ask(`calls?${query.toString()}`, config, deps);
  if (!answer.ok) return answer;
  const reply = fieldsOf(answer.value) ?? new Map<string, unknown>();
  const entries: unknown = reply.get("calls");
  const calls = (Array.isArray(entries) ? entries : [])
    .flatMap((entry) => listed(entry) ?? [])
    .filter(({ startedAt }) => startedAt >= span.from && startedAt < span.until);
  const more = firstOf(reply, ["meta.next_page_link"]) !== undefined;
  return ok({ calls, cursor: more ? String(Number(page) + 1) : null });
}

/** `GET /v1/calls/{id}`. */
export async function one(
  externalId: string,
  config: AccessConfig<AircallSettings>,
  deps: AccessDeps,
): Promise<Result<ListedCall | undefined, PullFailure>> {
  const answer = await ask(`calls/${encodeURIComponent(externalId)}`, config, deps);
  return answer.ok ? ok(listed(fieldsOf(answer.value)?.get("call"))) : answer;
}

async function ask(path: string, config: AccessConfig<AircallSettings>, deps: AccessDeps) {
  const authorization = authorizationOf(config);
  if (!authorization) {
    return err<PullFailure>({ kind: "refused", reason: "the source has no credentials of Aircall", retryAfter: null });
  }
  return askJson(apiUrl(config.settings, path), { headers: authorization }, deps);
}

function listed(entry: unknown): ListedCall | undefined {
  const call = fieldsOf(entry);
  const externalId = call && callIdOf(call);
  const startedAt = call && readMoment(call.get("started_at"), "UTC");
  if (!externalId || typeof startedAt !== "number") return undefined;
  return { externalId, startedAt, body: JSON.stringify({ call: entry }) };
}
