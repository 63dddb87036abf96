import { createRoute, z } from "@hono/zod-openapi";
import { listReveals, type SecretReveal } from "../../delivery";
import { toIso } from "../../lib/time";
import { pageQuery } from "../cursor";
import { failures } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { sortQuery } from "../sort";
import { json, listOf, pageOf } from "../shapes";

const secretReveal = z
  .object({
    id: z.string(),
    endpoint_id: z.string().nullable().describe("Null for the company secret."),
    api_key_id: z.string().describe("Who was shown it."),
    revealed_at: z.iso.datetime(),
  })
  .openapi("SecretReveal", {
    example: {
      id: "rvl_01k3a7w8q0m4x2c9v5b6n7p8r1",
      endpoint_id: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      api_key_id: "key_01k3a7w8q0m4x2c9v5b6n7p8r1",
      revealed_at: "2026-08-20T14:00:00.000Z",
    },
  });

const list = createRoute({
  tags: ["Endpoint secrets"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "List who was shown which signing secret, newest first",
  request: {
    query: z.strictObject({
      ...pageQuery(z.object({ id: z.string() })),
      ...sortQuery("revealed_at", "descending"),
      endpoint_id: z.string().max(200).optional(),
    }),
  },
  responses: { 200: { description: "A page of reveals", ...json(listOf(secretReveal)) }, ...failures(401, 403, 422) },
});

/** `/v1/secret-reveals` */
export function secretRevealRoutes() {
  return newRouter().openapi(list, async (c) => {
    const { limit, cursor, sort: order, endpoint_id: endpointId } = c.req.valid("query");
    const { organizationId } = c.var.caller;
    const rows = await listReveals(c.var.deps.db, {
      organizationId,
      endpointId,
      limit: limit + 1,
      after: cursor,
      order,
    });
    return c.json(
      pageOf(rows, limit, viewReveal, (row) => ({ id: row.id })),
      200,
    );
  });
}

function viewReveal(row: SecretReveal): z.infer<typeof secretReveal> {
  return { id: row.id, endpoint_id: row.endpointId, api_key_id: row.apiKeyId, revealed_at: toIso(row.revealedAt) };
}
