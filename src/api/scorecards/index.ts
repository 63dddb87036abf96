import { createRoute, z } from "@hono/zod-openapi";
import {
  archiveScorecard,
  changeScorecard,
  createScorecard,
  listScorecards,
  listVersions,
  misfitsOf,
  publishScorecard,
  readScorecard,
  scoreOf,
} from "../../quality";
import { actOf, withinOf } from "../authenticate";
import { campaignIdOf, campaignName } from "../campaign-name";
import { pageQuery } from "../cursor";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json, listOf, pageOf } from "../shapes";
import {
  attempt,
  exampleAttempt,
  exampleNew,
  exampleScore,
  newScorecard,
  score,
  scorecard,
  scorecardChanges,
  scorecardDetail,
  viewFacts,
  viewScore,
  viewScorecard,
} from "./shapes";
import { sortQuery } from "../sort";
import { wholeNumber } from "../whole-number";

const common = { tags: ["Scorecards"], security: SECURED };

const list = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "List scorecards",
  description: "Each with its newest version, or with the newest one in `state`.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("id", "ascending"),
      state: scorecard.shape.state.optional(),
      campaign_id: campaignName.optional().openapi({ description: "Those for the calls of this campaign." }),
    }),
  },
  responses: { 200: { description: "A page of scorecards", ...json(listOf(scorecard)) }, ...failures(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/",
  summary: "Create a scorecard as a draft",
  description: "`definition` is what a read of any scorecard answers: so one is copied or brought from elsewhere.",
  request: { body: { required: true, ...json(newScorecard, exampleNew) } },
  responses: { 201: { description: "The draft", ...json(scorecard) }, ...failures(400, 401, 403, 409, 415, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}",
  summary: "Read a scorecard with its versions",
  request: {
    params: idParam,
    query: z.strictObject({
      version: wholeNumber({ min: 1 })
        .optional()
        .openapi({ description: "The version; otherwise the newest one.", example: 1 }),
    }),
  },
  responses: { 200: { description: "The scorecard", ...json(scorecardDetail) }, ...failures(401, 403, 404, 422) },
});

const change = createRoute({
  ...common,
  method: "patch",
  path: "/{id}",
  summary: "Change the draft of a scorecard",
  description: "Where the newest version is no draft, one is begun from it. What was published stays as it is.",
  request: { params: idParam, body: { required: true, ...json(scorecardChanges, { name: "Sales calls, spring" }) } },
  responses: {
    200: { description: "The draft", ...json(scorecard) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const publish = createRoute({
  ...common,
  method: "post",
  path: "/{id}/publish",
  summary: "Publish the draft of a scorecard",
  description: "It never changes from then on. The version that was published before is archived.",
  request: { params: idParam },
  responses: { 200: { description: "The version", ...json(scorecard) }, ...failures(401, 403, 404, 409) },
});

const archive = createRoute({
  ...common,
  method: "delete",
  path: "/{id}",
  summary: "Archive a scorecard",
  description: "All its versions can still be read, and a change begins a new draft.",
  request: { params: idParam },
  responses: { 204: { description: "It is archived" }, ...failures(401, 403, 404) },
});

const tryOut = createRoute({
  ...common,
  method: "post",
  path: "/try",
  summary: "Compute the score of answers",
  description: "Nothing is stored.",
  request: { body: { required: true, ...json(attempt, exampleAttempt) } },
  responses: { 200: { description: "The score", ...json(score, exampleScore) }, ...failures(400, 401, 403, 415, 422) },
});

/** `/v1/scorecards` */
export function scorecardRoutes() {
  return newRouter()
    .openapi(list, async (c) => {
      const { limit, cursor, sort: order, state, campaign_id: named } = c.req.valid("query");
      const { db } = c.var.deps;
      const campaign = await campaignIdOf(db, withinOf(c), named);
      if (!campaign.ok) return problem(c, campaign.error);
      const query = { ...withinOf(c), state, campaignId: campaign.value, limit: limit + 1, after: cursor, order };
      const rows = await listScorecards(db, query);
      return c.json(
        pageOf(rows, limit, viewScorecard, (row) => ({ id: row.id })),
        200,
      );
    })
    .openapi(tryOut, (c) => {
      const { definition, answers } = c.req.valid("json");
      const misfits = misfitsOf(definition, answers);
      if (misfits.length > 0) return problem(c, { kind: "invalid", fields: misfits });
      return c.json(viewScore(scoreOf(definition, answers)), 200);
    })
    .openapi(create, async (c) => {
      const { name, campaign_ids: campaigns, definition } = c.req.valid("json");
      const input = { organizationId: c.var.caller.organizationId, name, campaigns, definition };
      const made = await createScorecard(c.var.deps, input, actOf(c));
      return made.ok ? c.json(viewScorecard(made.value), 201) : problem(c, made.error);
    })
    .openapi(read, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const found = await readScorecard(c.var.deps.db, { ...target, version: c.req.valid("query").version });
      if (!found.ok) return problem(c, found.error);
      const versions = await listVersions(c.var.deps.db, target);
      return c.json({ ...viewScorecard(found.value), versions: versions.map(viewFacts) }, 200);
    })
    .openapi(change, async (c) => {
      const { name, campaign_ids: campaigns, definition } = c.req.valid("json");
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const changes = {
        ...(name === undefined ? {} : { name }),
        ...(campaigns === undefined ? {} : { campaigns }),
        ...(definition === undefined ? {} : { definition }),
      };
      const changed = await changeScorecard(c.var.deps, target, changes, actOf(c));
      return changed.ok ? c.json(viewScorecard(changed.value), 200) : problem(c, changed.error);
    })
    .openapi(publish, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const published = await publishScorecard(c.var.deps, target, actOf(c));
      return published.ok ? c.json(viewScorecard(published.value), 200) : problem(c, published.error);
    })
    .openapi(archive, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const archived = await archiveScorecard(c.var.deps, target, actOf(c));
      return archived.ok ? c.body(null, 204) : problem(c, archived.error);
    });
}
