import { MAX_SELECTED, type Selection } from "../../bulk";
import type { Caller } from "../../identity";
import { ownPath } from "../../lib/http/own-path";
import type { Formats } from "../../ui/formats";
import {
  callFilterOf,
  callsHref,
  fixedDays,
  hasFilter,
  queryText,
  readCallQuery,
  type CallQuery,
} from "../calls/filter";

/** What a person chose in the list of calls, as an address or a form says it. */
export type Selected = {
  /** The list it was chosen in. */
  back: string;
  /** Calls that began later are left as they are. */
  until: number;
} & ({ ids: readonly string[] } | { asked: CallQuery });

const CALL = /^[\w-]{1,200}$/;

/** From the address that the list leads to; undefined where nothing is chosen. */
export function selectedIn(params: URLSearchParams, formats: Formats, now: number): Selected | undefined {
  const ids = params.getAll("call").filter((id) => CALL.test(id));
  const back = ownPath.catch("/dashboard/calls").parse(params.get("back"));
  if (ids.length > 0) return { back, until: now, ids: ids.slice(0, MAX_SELECTED) };
  const asked = fixedDays(readCallQuery(params), formats, now);
  return hasFilter(asked) ? { back: callsHref(asked, {}), until: now, asked } : undefined;
}

/** The same from the form of the page that asked. */
export function selectedOf(text: (name: string) => string): Selected | undefined {
  const back = ownPath.catch("/dashboard/calls").parse(text("back"));
  const until = Number(/^\d{1,15}$/.exec(text("until"))?.[0]);
  if (!Number.isFinite(until)) return undefined;
  const ids = text("calls")
    .split(" ")
    .filter((id) => CALL.test(id));
  if (ids.length > 0) return { back, until, ids: ids.slice(0, MAX_SELECTED) };
  const asked = readCallQuery(new URLSearchParams(text("filters")));
  return hasFilter(asked) ? { back, until, asked } : undefined;
}

/** The hidden fields of a form that `selectedOf` reads. */
export function fieldsOf(selected: Selected): Record<string, string> {
  const common = { back: selected.back, until: String(selected.until) };
  if ("ids" in selected) return { ...common, calls: selected.ids.join(" ") };
  return { ...common, filters: queryText(selected.asked) };
}

/** As core takes it. */
export function selectionOf(selected: Selected, formats: Formats, now: number, caller: Caller): Selection {
  if ("ids" in selected) return { ids: selected.ids };
  const { asked, until } = selected;
  const filter = callFilterOf(asked, formats, now, caller);
  return { filter: { ...filter, to: Math.min(filter.to ?? until, until) } };
}
