import { createRoute, z } from "@hono/zod-openapi";
import {
  readCallActions,
  readCampaignActions,
  retryCallActions,
  rotateActionSecret,
  writeCampaignActions,
  type KeptAction,
} from "../../actions";
import { notFound } from "../../errors";
import { may, type Permission } from "../../identity";
import { tryActions } from "../../pipeline";
import { operatorChannelOf } from "../../sources";
import { actOf, withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import {
  actionSecret,
  actionsRequest,
  actionTry,
  callActionsView,
  campaignActionsView,
  exampleActions,
  triedActions,
  viewCallActions,
  viewCampaignActions,
  viewTriedActions,
} from "./shapes";

const common = { tags: ["Post-call actions"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/{id}/actions",
  summary: "Read the post-call actions of a campaign",
  request: { params: idParam },
  responses: { 200: { description: "The actions", ...json(campaignActionsView) }, ...failures(401, 403, 404) },
});

const write = createRoute({
  ...common,
  method: "put",
  path: "/{id}/actions",
  summary: "Replace the post-call actions of a campaign",
  description:
    "They are done, one after the other, with each call whose findings end from then on; calls under way keep theirs. `call.processed`, Voqo's `call_ended`, waits for them, at most 15 minutes after the call ended. A webhook that is new or changed needs `endpoints:write` too, a new assignment `reviews:assign`, and a new question `analyses:write` and `analyses:read`.",
  request: { params: idParam, body: { required: true, ...json(actionsRequest, { actions: exampleActions }) } },
  responses: {
    200: { description: "The actions, with the secrets that are new", ...json(campaignActionsView) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

const tryOut = createRoute({
  ...common,
  method: "post",
  path: "/{id}/actions/try",
  summary: "Try post-call actions on a past call",
  description:
    "Whether each would be done, and what it would do. Nothing is sent or written; with `ask` engines are asked. Needs `campaigns:read` and `calls:read` too, since it shows both; without `recordings:read` the body of a request is shown without recordings.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(actionTry, { call_id: "call_3v5g8k2m9q4t7w0y1z6x3c8b5n", actions: [exampleActions[0]!] }),
    },
  },
  responses: {
    200: { description: "What would be done", ...json(triedActions) },
    ...failures(400, 401, 403, 404, 415, 422),
  },
});

const rotate = createRoute({
  ...common,
  method: "post",
  path: "/{id}/actions/{actionId}/rotate-secret",
  summary: "Replace the secret of a post-call action's webhook",
  description: "The one before signs nothing any more.",
  request: { params: idParam.extend({ actionId: z.string().max(200) }) },
  responses: {
    200: { description: "The new secret", ...json(actionSecret) },
    ...failures(401, 403, 404, 409),
  },
});

/** `/v1/campaigns/{id}/actions` */
export function campaignActionRoutes() {
  return newRouter()
    .openapi(read, async (c) => {
      const found = await readCampaignActions(c.var.deps, { ...withinOf(c), id: c.req.valid("param").id });
      return found.ok ? c.json(viewCampaignActions(found.value), 200) : problem(c, found.error);
    })
    .openapi(write, async (c) => {
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const allows = (permission: Permission) => may(c.var.caller, permission);
      const written = await writeCampaignActions(c.var.deps, target, c.req.valid("json"), allows, actOf(c));
      if (!written.ok) return problem(c, written.error);
      return c.json(viewCampaignActions(written.value, written.value.secrets), 200);
    })
    .openapi(tryOut, async (c) => {
      const { caller, deps } = c.var;
      // Whoever may read calls and no campaigns learns of none of these by trying its actions.
      if (!may(caller, "campaigns:read")) return problem(c, notFound("campaign"));
      const { call_id: callId, actions, ask } = c.req.valid("json");
      // What would be posted has the whole call in it.
      if (!may(caller, "calls:read")) return problem(c, { kind: "permission_missing", permission: "calls:read" });
      if (ask && !may(caller, "analyses:write"))
        return problem(c, { kind: "permission_missing", permission: "analyses:write" });
      const target = { ...withinOf(c), id: c.req.valid("param").id };
      const found = await readCampaignActions(deps, target);
      if (!found.ok) return problem(c, found.error);
      const wanted = actions?.map((one): KeptAction => ({ ...one, id: one.id ?? "new" })) ?? found.value.actions;
      const operatorChannel = (source: { organizationId: string; id: string }) => operatorChannelOf(deps.db, source);
      const recordings = may(caller, "recordings:read");
      const result = await tryActions({ ...deps, operatorChannel }, target, {
        callId,
        actions: wanted,
        ask,
        recordings,
      });
      return result.ok ? c.json(viewTriedActions(callId, result.value), 200) : problem(c, result.error);
    })
    .openapi(rotate, async (c) => {
      const { id, actionId } = c.req.valid("param");
      const rotated = await rotateActionSecret(c.var.deps, { ...withinOf(c), id, actionId }, actOf(c));
      return rotated.ok ? c.json({ action_id: actionId, secret: rotated.value }, 200) : problem(c, rotated.error);
    });
}

const ofCall = createRoute({
  ...common,
  method: "get",
  path: "/{id}/actions",
  summary: "Read what came of a call's post-call actions",
  request: { params: idParam },
  responses: { 200: { description: "The results", ...json(callActionsView) }, ...failures(401, 403, 404) },
});

const retry = createRoute({
  ...common,
  method: "post",
  path: "/{id}/actions/retry",
  summary: "Do failed post-call actions of a call again",
  description:
    "What comes of it is told by `call.updated`. Completed and skipped ones stay as they are. An assignment needs `reviews:assign` too, a question `analyses:write` and `analyses:read`. A request is made to the address it was set up with, under the same id.",
  request: {
    params: idParam,
    body: {
      required: true,
      ...json(
        z.strictObject({
          action_id: z.string().max(200).optional().describe("This one alone; without it, all that failed."),
        }),
        {},
      ),
    },
  },
  responses: {
    202: { description: "They are done again", ...json(callActionsView) },
    ...failures(400, 401, 403, 404, 409, 415, 422),
  },
});

/** `/v1/calls/{id}/actions` */
export function callActionRoutes() {
  return newRouter()
    .openapi(ofCall, async (c) => {
      const callId = c.req.valid("param").id;
      const found = await readCallActions(c.var.deps.db, { ...withinOf(c), callId });
      return found.ok ? c.json(viewCallActions(callId, found.value), 200) : problem(c, found.error);
    })
    .openapi(retry, async (c) => {
      const callId = c.req.valid("param").id;
      const target = { ...withinOf(c), callId, actionId: c.req.valid("json").action_id };
      const allows = (permission: Permission) => may(c.var.caller, permission);
      const again = await retryCallActions(c.var.deps, target, allows, actOf(c));
      return again.ok ? c.json(viewCallActions(callId, again.value), 202) : problem(c, again.error);
    });
}
