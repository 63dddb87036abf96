import type { Context } from "hono";
import type { DashboardEnv } from "../deps";
import { may } from "../../identity";
import { failureAnswer } from "../forms";
import { frameOf, readWhole } from "../frame";
import { storagesOfSources } from "../../sources";
import { readSourceParts } from "./read";
import type { SourcePageProps } from "./source-page";

type PageContext = Context<DashboardEnv>;

export const MOST_CAMPAIGNS = 500;

/** Whether a form of something else may make a key too: by who may, and proved lately who they are. */
export function mayMakeKey({ var: { visitor } }: PageContext): boolean {
  return visitor.confirmed && may(visitor.caller, "keys:write");
}

export function originOf(c: PageContext): string {
  return new URL(c.req.url).origin;
}

/**
 * What every page of one source needs, or the answer where there is no such source. `campaign`: the id of the one whose number
 * the body shows, where each call names its campaign; else that of the address, if any.
 */
export async function sourceProps(
  c: PageContext,
  id: string,
  campaign = c.req.query("campaign") ?? "",
): Promise<SourcePageProps | Response> {
  const { deps, view, visitor } = c.var;
  const [parts, storages, whole] = await Promise.all([
    readSourceParts(deps, visitor.caller, { id, ...(campaign === "" ? {} : { campaign }) }, originOf(c)),
    storagesOfSources(deps.db, visitor.caller.organizationId, [id]),
    readWhole(deps.db, visitor),
  ]);
  if (!parts.ok) return failureAnswer(c, parts.error);
  // The source of a storage has no page of its own: all that is done with it is done with the storage.
  if (storages.has(id)) return c.redirect(`/dashboard/connectors/${storages.get(id)?.id}`, 303);
  const frame = frameOf(view, visitor, whole);
  return { view, frame, caller: visitor.caller, ...parts.value, done: c.req.query("done") ?? "" };
}
