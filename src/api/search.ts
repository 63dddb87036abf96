import { createRoute, z } from "@hono/zod-openapi";
import { callSnapshot, exampleCall } from "../events";
import { findCalls } from "../search";
import { withinOf } from "./authenticate";
import { callView, viewCall } from "./calls/call-view";
import { tagName } from "./calls/tags";
import { exampleTalkStrip } from "./calls/talk-strip";
import { campaignIdOf, campaignName } from "./campaign-name";
import { encodeCursor, pageQuery } from "./cursor";
import { failures, problem } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json, listOf, moment } from "./shapes";
import { conditions, gradedBy, risk } from "./search-conditions";

const complete = z
  .boolean()
  .describe("False while calls from before the index are still being added to it: they may be missing in the answer.");

const search = createRoute({
  tags: ["Calls"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "Search calls, newest first",
  description:
    "Finds what is said in a call where there is text of it, numbers by their last digits, operators and tags; by condition also scores and risk. All words must be in the call, in any order; words of three letters and more also find what begins with them; a phrase in quotes is found as it is. Accents and case make no difference. A change can be found within ten seconds. 409 where the deployment has no search database.",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ row: z.number().int() })),
      q: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .optional()
        .openapi({ description: "What to look for. Without it the other conditions alone.", example: "refund" }),
      campaign_id: campaignName.optional(),
      operator_id: z.string().max(200).optional(),
      team_id: z.string().max(200).optional().openapi({
        description:
          "Calls whose task this team has or had, as the report by team counts them. The index does not know it: a page has those among the calls that it finds, so that it can be short, even empty, and still have a `next_cursor`.",
        example: "tem_3v5g8k2m9q4t7w0y1z6x3c8b5n",
      }),
      state: callSnapshot.shape.state.optional(),
      direction: callSnapshot.shape.direction.unwrap().optional(),
      tag: tagName.optional().openapi({ description: "Calls with this tag, in any spelling." }),
      topic: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .optional()
        .openapi({ description: "Calls of which an engine named this topic, in any case.", example: "cancellation" }),
      risk_min: risk.optional().openapi({ description: "Calls with this risk or more.", example: 70 }),
      risk_max: risk.optional().openapi({ description: "Calls with this risk or less." }),
      score: conditions.optional(),
      from: moment.optional().openapi({ description: "Began at or after this moment." }),
      to: moment.optional().openapi({ description: "Began before this moment." }),
    }),
  },
  responses: {
    200: {
      description: "A page of calls",
      ...json(listOf(callView).extend({ complete }), {
        data: [{ ...exampleCall, talk_strip: exampleTalkStrip }],
        next_cursor: null,
        complete: true,
      }),
    },
    ...failures(401, 403, 409, 422),
  },
});

/** `/v1/search` */
export function searchRoutes() {
  return newRouter().openapi(search, async (c) => {
    const {
      limit,
      cursor,
      q: text,
      campaign_id: named,
      operator_id: operatorId,
      team_id: teamId,
      from,
      to,
      risk_min: least,
      risk_max: most,
      score: scores,
      ...rest
    } = c.req.valid("query");
    const within = withinOf(c);
    const campaign = await campaignIdOf(c.var.deps.db, within, named);
    if (!campaign.ok) return problem(c, campaign.error);
    const filter = {
      ...rest,
      text,
      campaignId: campaign.value,
      operatorId,
      ...gradedBy({ least, most, scores }),
    };
    const marked = teamId === undefined ? {} : { teamId };
    const found = await findCalls(c.var.deps, { ...within, filter, marked, from, to, limit, after: cursor?.row });
    if (!found.ok) return problem(c, found.error);
    const { calls, next, complete: isComplete } = found.value;
    const data = calls.map(viewCall);
    return c.json({ data, next_cursor: next === null ? null : encodeCursor({ row: next }), complete: isComplete }, 200);
  });
}
