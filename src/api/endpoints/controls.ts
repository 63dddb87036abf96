import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { updateEndpoint, type EndpointOptions } from "../../delivery";
import { actOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter, type ApiEnv } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { endpoint, viewEndpoint } from "./shapes";

function control<Path extends string>(path: Path, summary: string, description: string) {
  return createRoute({
    tags: ["Endpoints"],
    security: SECURED,
    method: "post",
    path,
    summary,
    description,
    request: { params: idParam },
    responses: { 200: { description: "The endpoint", ...json(endpoint) }, ...failures(401, 403, 404, 409) },
  });
}

const pause = control(
  "/{id}/pause",
  "Pause an endpoint",
  "Nothing is sent until it is resumed. Events in the meantime wait in order; none is lost.",
);
const resume = control("/{id}/resume", "Resume a paused endpoint", "What waited is sent, each call in order.");
const enable = control(
  "/{id}/enable",
  "Enable an endpoint",
  "Enables an endpoint that was inactive or that Trunkline disabled, and tries it at once. Events it missed can be replayed call by call.",
);

/** Pauses and resumes an endpoint, and enables it again after it was disabled. */
export function controlRoutes() {
  return newRouter()
    .openapi(pause, async (c) => change(c, c.req.valid("param").id, { paused: true }))
    .openapi(resume, async (c) => change(c, c.req.valid("param").id, { paused: false }))
    .openapi(enable, async (c) => change(c, c.req.valid("param").id, { active: true }));
}

async function change(c: Context<ApiEnv>, id: string, options: EndpointOptions) {
  const { deps, caller } = c.var;
  const target = { organizationId: caller.organizationId, id };
  const updated = await updateEndpoint(deps, target, options, actOf(c));
  return updated.ok ? c.json(viewEndpoint(updated.value), 200) : problem(c, updated.error);
}
