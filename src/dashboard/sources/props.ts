import type { Context } from "hono";
import type { DashboardEnv } from "../deps";
import { failureAnswer } from "../forms";
import { frameOf, readWhole } from "../frame";
import { readSourceParts } from "./read";
import type { SourcePageProps } from "./source-page";

type PageContext = Context<DashboardEnv>;

export const MOST_CAMPAIGNS = 500;

export function originOf(c: PageContext): string {
  return new URL(c.req.url).origin;
}

/** What every page of one source needs, or the answer where there is no such source. */
export async function sourceProps(c: PageContext, id: string): Promise<SourcePageProps | Response> {
  const { deps, view, visitor } = c.var;
  const [parts, whole] = await Promise.all([
    readSourceParts(deps, visitor.caller, { id }, originOf(c)),
    readWhole(deps.db, visitor, view.now),
  ]);
  if (!parts.ok) return failureAnswer(c, parts.error);
  const frame = frameOf(view, visitor, whole);
  return { view, frame, caller: visitor.caller, ...parts.value, done: c.req.query("done") ?? "" };
}
