import { z } from "zod";
import type { ViewsOf } from "../../identity";
import { newId } from "../../lib/id";
import { queryText, readCallQuery } from "../calls/filter";
import type { PageContext } from "../deps";

/** The views of Calls of whoever looks. */
export function viewsOf(c: PageContext): ViewsOf {
  const { caller, session } = c.var.visitor;
  return { caller, userId: session.userId, list: "calls" };
}

/** An id of a form, which becomes that of the view that it saves. */
export function newViewId(now: number): string {
  return newId("view", now);
}

export const viewId = z.string().regex(/^view_[0-9a-hjkmnp-tv-z]{26}$/);
export const viewName = z.string().trim().min(1).max(80);

/** A view and the version that was seen of it, as the list's form names them. */
export const viewToReplace = z
  .string()
  .regex(/^view_[0-9a-z]{26}\.\d{1,9}$/)
  .transform((text) => {
    const [id = "", version = ""] = text.split(".");
    return { id, version: Number(version) };
  });

/** The filters that a form sent, as the list itself would write them; empty where there are none. */
export function filtersIn(text: string): string {
  return queryText(readCallQuery(new URLSearchParams(text.slice(0, 2000))));
}
