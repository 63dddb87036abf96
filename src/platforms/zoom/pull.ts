import { ok, type Result } from "../../lib/result";
import { DAY } from "../../lib/time";
import { askJson } from "../asking/ask-json";
import type { AccessConfig, AccessDeps, ListedCall, PullFailure } from "../contract";
import { firstText, readMoment } from "../reading/fields";
import { fieldsOf } from "../reading/json-object";
import { tokenOf } from "./access";
import { callIdOf } from "./map-recordings";
import type { ZoomSettings } from "./settings";

const API = "https://api.zoom.us";
const PAGE_SIZE = 300;

/**
 * `GET /v2/phone/recordings`: calls that were recorded. Zoom takes days and does not document the zone, so a day more
 * is asked for on either side and what lies outside the span is left out. The cursor is Zoom's `next_page_token`.
 */
export async function list(
  span: { from: number; until: number },
  cursor: string | null,
  config: AccessConfig<ZoomSettings>,
  deps: AccessDeps,
): Promise<Result<{ calls: ListedCall[]; cursor: string | null }, PullFailure>> {
  const token = await tokenOf(config, deps);
  if (!token.ok) return token;
  const query = new URLSearchParams({
    from: dayOf(span.from - DAY),
    to: dayOf(span.until + DAY),
    page_size: String(PAGE_SIZE),
    ...(cursor !== null && { next_page_token: cursor }),
  });
  const url = `${config.settings.api_url ?? API}/v2/phone/recordings?${query.toString()}`;
  const answer = await askJson(url, { headers: { authorization: `Bearer ${token.value}` } }, deps);
  if (!answer.ok) return answer;
  const reply = fieldsOf(answer.value) ?? new Map<string, unknown>();
  const calls = callsIn(reply.get("recordings"), config.settings.time_zone ?? "UTC");
  return ok({
    calls: calls.filter(({ startedAt }) => startedAt >= span.from && startedAt < span.until),
    cursor: firstText(reply, ["next_page_token"], 1_000),
  });
}

/** The entries by call: a call may have several recordings. It begins with the first. */
function callsIn(entries: unknown, timeZone: string): ListedCall[] {
  const calls = new Map<string, { startedAt: number; recordings: unknown[] }>();
  for (const entry of Array.isArray(entries) ? (entries as unknown[]) : []) {
    const fields = fieldsOf(entry);
    const externalId = fields && callIdOf(fields);
    const startedAt = fields && readMoment(fields.get("date_time"), timeZone);
    if (!externalId || typeof startedAt !== "number") continue;
    const known = calls.get(externalId);
    calls.set(externalId, {
      startedAt: Math.min(startedAt, known?.startedAt ?? startedAt),
      recordings: [...(known?.recordings ?? []), entry],
    });
  }
  return [...calls].map(([externalId, { startedAt, recordings }]) => ({
    externalId,
    startedAt,
    body: JSON.stringify({ recordings }),
  }));
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
