import { z } from "zod";
import { err, ok, type Result } from "../../lib/result";
import { askJson } from "../asking/ask-json";
import type { AccessConfig, AccessDeps, ListedCall, PullFailure } from "../contract";
import { firstText } from "../reading/fields";
import { fieldsOf, type Fields } from "../reading/json-object";
import { listedId, listedStart } from "./map-listed";
import { apiUrlOf, type Net2phoneSettings } from "./settings";

const PAGE = 50;
/** More than this is a list that leads round in circles. */
const MAX_PAGES = 200;

const USUAL_CURSORS = [
  "after",
  "next",
  "next_cursor",
  "next_page_token",
  "cursor",
  "paging.after",
  "paging.next",
  "paging.cursors.after",
  "pagination.next_cursor",
  "cursors.after",
];

/** Where we are: what asks for the page, whether net2phone named it, the page before's first call, and pages so far. */
const place = z.object({ after: z.string(), given: z.boolean(), first: z.string(), pages: z.number() });
type Place = z.infer<typeof place>;

type Entry = { fields: Fields; value: unknown; id: string; startedAt: number | null };
type Page = { entries: Entry[]; size: number; token: string | null };

/**
 * A page of the calls that began in the span, by `POST /call-detail-records:search {"limit": 50}`. How it is paged is
 * not documented: `after` is what the same search takes for trunks, its value the one the answer holds under a usual
 * name, else the id of a full page's last call. A page that begins as the one before did, is refused to a guess, or
 * ends before the span is the last. It takes no time span that we know of, so this filters. Refused until
 * `list_call_id_field` is set.
 */
export async function list(
  span: { from: number; until: number },
  cursor: string | null,
  config: AccessConfig<Net2phoneSettings>,
  deps: AccessDeps,
): Promise<Result<{ calls: ListedCall[]; cursor: string | null }, PullFailure>> {
  const at = cursor === null ? null : place.parse(JSON.parse(cursor));
  const answer = await askPage(at, config, deps);
  if (!answer.ok) {
    // It is not documented that the next page is asked for like this.
    return at?.given === false && answer.error.kind === "refused" ? ok({ calls: [], cursor: null }) : answer;
  }
  const { entries } = answer.value;
  const repeats = at !== null && entries[0]?.id === at.first;
  if (repeats) return ok({ calls: [], cursor: null });
  const calls = entries.flatMap(({ id, startedAt, value }) =>
    startedAt !== null && startedAt >= span.from && startedAt < span.until
      ? [{ externalId: id, startedAt, body: JSON.stringify(value) }]
      : [],
  );
  const next = isBefore(span.from, entries) ? null : nextPlace(at, answer.value);
  return ok({ calls, cursor: next && JSON.stringify(next) });
}

async function askPage(
  at: Place | null,
  { settings, credentials }: AccessConfig<Net2phoneSettings>,
  deps: AccessDeps,
): Promise<Result<Page, PullFailure>> {
  const key = credentials?.["api_key"];
  if (key === undefined) return refused("the source has no api_key");
  const {
    list_call_id_field: idField,
    list_cursor_parameter: parameter = "after",
    list_cursor_field: field,
  } = settings;
  // Under a wrong id every call of the list would be a second call here.
  if (idField === undefined) return refused("set list_call_id_field once a listed call was compared with its notice");
  const answer = await askJson(
    `${apiUrlOf(settings)}/call-detail-records:search`,
    {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify({ limit: PAGE, ...(at && { [parameter]: at.after }) }),
    },
    deps,
  );
  if (!answer.ok) return answer;
  const reply = fieldsOf(answer.value);
  const items = reply?.get("items");
  if (!reply || !Array.isArray(items)) return refused("the answer holds no list of calls: check api_url");
  const entries = items.flatMap((value: unknown) => {
    const fields = fieldsOf(value);
    const id = fields && listedId(fields, settings);
    return fields && id ? [{ fields, value, id, startedAt: listedStart(fields, settings) }] : [];
  });
  const token = firstText(reply, field === undefined ? USUAL_CURSORS : [field], 2_000);
  return ok({ entries, size: items.length, token });
}

/** Whether the list is newest first and has come to calls from before the span. */
function isBefore(from: number, entries: readonly Entry[]): boolean {
  const starts = entries.flatMap(({ startedAt }) => startedAt ?? []);
  const [newest, oldest] = [starts[0], starts.at(-1)];
  return newest !== undefined && oldest !== undefined && oldest < newest && oldest < from;
}

function nextPlace(at: Place | null, { entries, size, token }: Page): Place | null {
  const [first, last] = [entries[0], entries.at(-1)];
  const pages = (at?.pages ?? 0) + 1;
  if (!first || !last || pages >= MAX_PAGES) return null;
  if (token !== null) return { after: token, given: true, first: first.id, pages };
  return size < PAGE
    ? null
    : { after: firstText(last.fields, ["id"]) ?? last.id, given: false, first: first.id, pages };
}

function refused(reason: string): Result<never, PullFailure> {
  return err({ kind: "refused", reason: `net2phone: ${reason}`, retryAfter: null });
}
