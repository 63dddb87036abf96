import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./router";
import { securitySchemes } from "./security";

const DESCRIPTION = `
Trunkline keeps the calls of any phone or voice platform, works out how they went, and tells every other system.

Send an API key in one of three headers: \`X-API-Key\`, \`Authorization: Bearer\` or \`X-Auth-Token\`. Times are ISO 8601 in
UTC. A list answers with \`data\` and \`next_cursor\`; pass that as \`cursor\` until it is null. A failure is
\`application/problem+json\` and names each field that is wrong. What belongs to another organization is not found.
`.trim();

/** Serves the description of everything mounted on the app so far, generated from the schemas that validate it. */
export function serveDocument(app: OpenAPIHono<ApiEnv>): void {
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  app.get("/openapi.json", (c) => {
    const url = c.var.deps.config.publicUrl || new URL(c.req.url).origin;
    return c.json(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: {
          title: "Trunkline",
          version: "1",
          description: DESCRIPTION,
          license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        servers: [{ url }],
      }),
    );
  });
}
