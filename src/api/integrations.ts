import { createRoute, z } from "@hono/zod-openapi";
import { explainProblem } from "../connectors";
import { CAUSES, INTEGRATION_STATUSES, readIntegrations, type Integration } from "../health";
import { may } from "../identity";
import { toIso } from "../lib/time";
import { MANNER_OF_API, sentenceOfIntegration } from "../ui/failures";
import { failures } from "./problem";
import { newRouter } from "./router";
import { SECURED } from "./security";
import { json, listOf, wholeOf } from "./shapes";

const integration = z
  .object({
    kind: z.string().describe("`source`, `connector` (a storage), `endpoint` or `api`. More kinds may come."),
    id: z.string().nullable().describe("Of the source, connector or endpoint; null for the API, which is one."),
    name: z.string(),
    state: z
      .enum(INTEGRATION_STATUSES)
      .describe(
        "`active`: it works. `limited`: requests were answered 429 lately. `quiet`: nothing in 24 hours. `never`: nothing yet. `paused`, `off`: it does nothing. `failing`: most fails.",
      ),
    status: z.enum(INTEGRATION_STATUSES).describe("The same as `state`, by the name it had before."),
    last_sync_at: z.iso
      .datetime()
      .nullable()
      .describe("The last notice, look, delivered event or request: a delivery that failed is none."),
    success_rate: z
      .number()
      .nullable()
      .describe("Of the last 24 hours, between 0 and 1, and of a storage of all its looks; null when nothing came."),
    cause: z.enum(CAUSES).nullable().describe("What is wrong, as a word; null where nothing is."),
    message: z.string().nullable().describe("The same in a sentence."),
    remedy: z.string().nullable().describe("What to do about it."),
  })
  .openapi("Integration", {
    example: {
      kind: "endpoint",
      id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      name: "CRM",
      state: "failing",
      status: "failing",
      last_sync_at: "2026-08-20T14:00:00.000Z",
      success_rate: 0.42,
      cause: "endpoint_signature",
      message:
        "crm.example.com answers 401: 12 attempts since 2026-08-20T13:40:00.000Z. Likely because the receiver holds another secret.",
      remedy: "Compare both secrets and check a signature.",
    },
  });

const list = createRoute({
  tags: ["Integrations"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "How every integration is, what is wrong and what to do about it",
  description:
    "Sources, storages, endpoints and the API, those that fail first. Endpoints and the API are listed to who may read endpoints. Figures are of the last 24 hours, those of the API to 15 seconds.",
  responses: {
    200: { description: "All of them", ...json(listOf(integration)) },
    ...failures(401, 403),
  },
});

/** `/v1/integrations` */
export function integrationRoutes() {
  return newRouter().openapi(list, async (c) => {
    const { caller, deps } = c.var;
    const { organizationId, reach } = caller;
    const sees = {
      sources: may(caller, "sources:read"),
      endpoints: may(caller, "endpoints:read"),
      api: may(caller, "endpoints:read"),
    };
    const integrations = await readIntegrations(deps.db, { organizationId, reach, sees }, deps.now());
    return c.json(wholeOf(integrations.map(view)), 200);
  });
}

function view(one: Integration): z.infer<typeof integration> {
  const { kind, id, name, status, lastSyncAt, successRate, cause } = one;
  const sentence = sentenceOfIntegration(one, explainProblem, MANNER_OF_API);
  return {
    kind,
    id,
    name,
    state: status,
    status,
    last_sync_at: toIso(lastSyncAt),
    success_rate: successRate,
    cause,
    message: sentence && sentence.what,
    remedy: sentence && sentence.next,
  };
}
