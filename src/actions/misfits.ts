import { and, eq, sql } from "drizzle-orm";
import { modelNames } from "../analysis";
import type { CampaignTarget } from "../campaigns";
import { endpoints, memberships, teams } from "../db/schema";
import type { FieldError } from "../lib/field-issues";
import { foldName } from "../lib/fold-name";
import { checkUrl } from "../lib/network-guard";
import { mayReview } from "../quality";
import type { KeptAction, PostCallAction } from "./action";
import type { ActionDeps } from "./campaign-actions";

/** What the actions name and is not there, or not before them. */
export async function misfitsOf(
  deps: ActionDeps,
  target: CampaignTarget,
  actions: readonly PostCallAction[],
  known: readonly KeptAction[],
  now: number,
): Promise<FieldError[]> {
  const models = actions.some(({ kind }) => kind === "ask")
    ? await modelNames(deps.db, deps.offeredEngines, target.organizationId)
    : [];
  const own = await Promise.all(
    actions.map(async (action, at): Promise<FieldError[]> => {
      const field = (name: string) => `actions.${at}.${name}`;
      const before = actions.slice(0, at);
      const isTwice = before.some(({ name }) => foldName(name) === foldName(action.name));
      const isUnknown = action.id !== undefined && !known.some(({ id }) => id === action.id);
      const isRepeated = action.id !== undefined && before.some(({ id }) => id === action.id);
      const late = action.when.findIndex(
        (one) => one.kind === "answer" && !before.some(({ kind, name }) => kind === "ask" && name === one.action),
      );
      const misfit = await misfitOf(deps, target, action, models, now);
      return [
        ...(isTwice ? [{ field: field("name"), message: "is the name of another action" }] : []),
        ...(isUnknown || isRepeated ? [{ field: field("id"), message: "names no action of this campaign" }] : []),
        ...(late >= 0
          ? [{ field: field(`when.${late}.action`), message: "names no action before this one that asks an engine" }]
          : []),
        ...(misfit ? [{ field: field(misfit.field), message: misfit.message }] : []),
      ];
    }),
  );
  return own.flat();
}

async function misfitOf(
  { db, guardPolicy }: ActionDeps,
  { organizationId, reach }: CampaignTarget,
  action: PostCallAction,
  models: readonly string[],
  now: number,
): Promise<FieldError | undefined> {
  const noTeam = async (id: string | null) =>
    id !== null &&
    !(await hasRow(
      db
        .select({ id: teams.id })
        .from(teams)
        .where(and(eq(teams.id, id), eq(teams.organizationId, organizationId))),
    ))
      ? { field: "team_id", message: "names no team of this organization" }
      : undefined;
  switch (action.kind) {
    case "tag":
      return undefined;
    case "assign": {
      const reviewer = await mayReview(db, { organizationId, reach }, action.reviewer_id, now);
      if (!reviewer.ok) return { field: "reviewer_id", message: "names nobody of this organization who may review" };
      return noTeam(action.team_id);
    }
    case "webhook": {
      if (action.url !== null) {
        const checked = await checkUrl(action.url, guardPolicy);
        return checked.ok ? undefined : { field: "url", message: checked.error.message };
      }
      const named = db
        .select({ id: endpoints.id })
        .from(endpoints)
        .where(
          and(
            eq(endpoints.id, action.endpoint_id ?? ""),
            eq(endpoints.organizationId, organizationId),
            sql`${endpoints.deletedAt} IS NULL`,
          ),
        );
      return (await hasRow(named))
        ? undefined
        : { field: "endpoint_id", message: "names no endpoint of this organization" };
    }
    case "email": {
      const member = db
        .select({ id: memberships.userId })
        .from(memberships)
        .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, action.user_id ?? "")));
      if (action.user_id !== null && !(await hasRow(member)))
        return { field: "user_id", message: "names no member of this organization" };
      return noTeam(action.team_id);
    }
    case "ask":
      return models.includes(action.engine)
        ? undefined
        : { field: "engine", message: "names no AI model of this organization" };
  }
}

async function hasRow(query: { limit(rows: number): PromiseLike<unknown[]> }): Promise<boolean> {
  return (await query.limit(1)).length > 0;
}
