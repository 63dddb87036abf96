import type { OpenAPIHono } from "@hono/zod-openapi";
import { sha256Hex } from "../lib/hmac";
import { permissionOf, SELF } from "./permissions";
import type { ApiEnv } from "./router";
import { SECURED, securitySchemes } from "./security";

const DESCRIPTION = `
Trunkline keeps the calls of any phone or voice platform, works out how they went, and sends events to every other system.

Send an API key or a token (JWT) in one of three headers: \`X-API-Key\`, \`Authorization: Bearer\` or \`X-Auth-Token\`.
Several together must be of one organization and have the rights they have in common. Times are ISO 8601 in
UTC. A list answers with \`data\` and \`next_cursor\`; pass that as \`cursor\` until it is null. A failure is
\`application/problem+json\` and names each field that is wrong. What belongs to another organization is not found.

Platforms send their notices to \`/webhook/{kind}/{source id}\`, which is not described here: each has a form of its own, and
\`GET /v1/sources/{id}/guide\` says how. Neither is \`/v1/uploads/tus\`, which speaks the protocol tus 1.0.0.
`.trim();

/** Placeholder for the address in the document, which is written once. */
const ORIGIN = "https://origin.invalid";
const TAG_LENGTH = 16;

const TAGS = {
  Sources: "The phone and voice platforms that calls come from: set up, try out, watch over, compare.",
  "Inbound requests": "Every request of a platform as it came, and what became of it.",
  Quarantine: "Calls whose campaign is not known yet.",
  Uploads: "Recordings that a person or a program of yours sends.",
  "External API": "Uploads and task look-ups for programs written for AuditorIA.",
  Calls: "The platforms' notices, combined into one record per call.",
  Recordings: "The audio of calls.",
  Tasks: "The work for reviewers, one for each recorded call.",
  Teams: "Groups of members that tasks are assigned to.",
  Analyses: "What was measured in the audio.",
  Campaigns: "What calls are grouped by.",
  Operators: "Who was on the calls.",
  Endpoints: "Subscribers' webhooks. The same under `/v1/webhooks`.",
  Deliveries: "What an endpoint was sent, each attempt, and doing it again.",
  "Endpoint secrets": "What deliveries are signed with.",
  "Event types": "Every event there is.",
  "Audian webhooks": "Endpoints, as programs written for Audian manage them.",
  People: "Who belongs to the organization, with which role, and who is invited.",
  Yourself: "What belongs to the person who signed in.",
  "API keys": "Who may use this API and send notices.",
  Usage: "What was used, by day, campaign and service, and what it is estimated to cost.",
  "Audit log": "Who changed what, and who was shown what.",
  Tokens: "JSON Web Tokens: short-lived ones made from an API key, and those of your own issuer.",
  Deployment: "For the admin, the owner of the deployment. The same under `/operator`, the name it had before.",
};

/** Serves the description of everything mounted on the app so far, generated from the validation schemas. */
export function serveDocument(app: OpenAPIHono<ApiEnv>): void {
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  let made: Promise<{ text: string; tag: string }> | undefined;
  app.get("/openapi.json", async (c) => {
    const url = c.var.deps.config.publicUrl || new URL(c.req.url).origin;
    made ??= writeDocument(app);
    const { text, tag } = await made;
    const etag = `"${tag}-${(await sha256Hex(url)).slice(0, TAG_LENGTH)}"`;
    c.header("etag", etag);
    c.header("cache-control", "no-cache");
    const known = (c.req.header("if-none-match") ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
    if (known.includes(etag) || known.includes("*")) return c.body(null, 304);
    return c.body(
      text.replace(JSON.stringify(ORIGIN), () => JSON.stringify(url)),
      200,
      {
        "content-type": "application/json",
      },
    );
  });
}

/** The document. Within an isolate only the address differs between requests. */
async function writeDocument(app: OpenAPIHono<ApiEnv>): Promise<{ text: string; tag: string }> {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Trunkline",
      version: "1",
      description: DESCRIPTION,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: ORIGIN }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  namePermissions(document.paths ?? {});
  const text = JSON.stringify(document);
  return { text, tag: (await sha256Hex(text)).slice(0, TAG_LENGTH) };
}

/** Names the permission of each operation beside the keys that open it, as OpenAPI 3.1 has it for roles. */
function namePermissions(paths: object): void {
  for (const [path, item] of Object.entries<Record<string, { security?: Record<string, string[]>[] }>>({ ...paths })) {
    for (const [method, operation] of Object.entries(item)) {
      const permission = permissionOf(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ":$1"));
      if (permission === undefined || permission === "any" || permission === SELF) continue;
      operation.security = SECURED.map((way) =>
        Object.fromEntries(Object.keys(way).map((name) => [name, [permission]])),
      );
    }
  }
}
