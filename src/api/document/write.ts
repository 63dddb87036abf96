import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "../router";
import { securitySchemes } from "../security";
import { complete } from "./complete";
import { describeEvents } from "./events";
import { describeResumableUploads } from "./resumable";
import type { Document } from "./shape";

const DESCRIPTION = `
Trunkline keeps the calls of any phone or voice platform, works out how they went, and sends events to every other system.

Send an API key or a token (JWT) in one of three headers: \`X-API-Key\`, \`Authorization: Bearer\` or \`X-Auth-Token\`.
Several together must be of one organization and have the rights they have in common. What belongs to another
organization is not found.

**Answers.** Times are ISO 8601 in UTC. A list has \`data\`, \`next_cursor\` and \`prev_cursor\`: pass one of them as
\`cursor\`. \`fields=id,state\` keeps only these fields. Filters by time are \`from\` (at or after) and \`to\` (before), as ISO
8601 with an offset. Booleans are \`true\` or \`false\`. The External API and \`/v2\` answer in the shapes of AuditorIA and
Audian instead, whose clients use them.

**Failures** are \`application/problem+json\` (RFC 9457) with a stable \`code\`, each wrong field in \`errors\`, and the
\`request_id\` that the header \`X-Request-Id\` has on every answer. Another method than those of a path is answered 405 with
\`Allow\`.

**Changes.** A read has an \`ETag\`. \`If-None-Match\` answers 304 to who has it. \`If-Match\` on a change is optional: what
was changed since answers 412.

Platforms send their notices to \`/webhook/{kind}/{source id}\`, which is not described here: each has a form of its own, and
\`GET /v1/sources/{id}/guide\` says how.
`.trim();

/** Placeholder for the address in the document, which is written once. */
export const ORIGIN = "https://origin.invalid";

const TAGS = {
  Sources: "The phone and voice platforms that calls come from: set up, try out, watch over, compare.",
  Connectors: "Storages that Trunkline looks into for recordings: Amazon S3, MinIO and what speaks their language.",
  "Inbound requests": "Every request of a platform as it came, and what became of it.",
  Quarantine: "Calls whose campaign is not known yet.",
  Samples: "Calls to try things with, which are removed without a trace.",
  Uploads: "Recordings that a person or a program of yours sends.",
  "Resumable uploads": "The same in pieces, after an interruption from where it stopped: the protocol tus 1.0.0.",
  "External API": "Uploads and task look-ups for programs written for AuditorIA.",
  Calls: "The platforms' notices, combined into one record per call.",
  Privacy: "What is erased for good, and what must not be.",
  Bulk: "The same act on many calls, at once or as a job.",
  Recordings: "The audio of calls.",
  Tasks: "The work for reviewers, one for each recorded call.",
  Analyses: "What was measured in the audio.",
  Campaigns: "What calls are grouped by.",
  Operators: "Who was on the calls.",
  Endpoints: "Subscribers' webhooks. The same under `/v1/webhooks`.",
  Deliveries: "What an endpoint was sent, each attempt, and doing it again.",
  "Test receivers": "Addresses of our own that show what arrives, with what is to be said of its signature.",
  "Endpoint secrets": "What deliveries are signed with.",
  "Event types": "Every event there is.",
  Events: "What an endpoint with the profile `standard` receives: see `webhooks`.",
  "Audian webhooks": "Endpoints, as programs written for Audian manage them.",
  People: "Who belongs to the organization, with which role, and who is invited.",
  "Post-call actions": "What a campaign has done with its calls once their findings have ended, and what came of it.",
  Rules: "What is looked for in calls: phrases, numbers, measures, repeats and scores, with their weight as risk.",
  Alerts: "Calls that rules or their platform warn of, as work of people.",
  Scorecards: "What a call is judged by: sections, weighted criteria, a pass mark.",
  Reviews: "Calls that people judge by a scorecard: taken from the queue or given to them.",
  Engines: "What turns recordings into words, and what that costs.",
  Teams: "Groups of members that tasks are assigned to.",
  Yourself: "What belongs to the person who signed in.",
  "API keys": "Who may use this API and send notices.",
  "Audit log": "Who changed what, and who was shown what.",
  Integrations: "How sources, endpoints and the API are, and what to do about what is wrong.",
  Reports: "Volumes, talk, risk, scores and turnaround over time, by campaign, operator, team and reviewer.",
  Usage: "What was used, by day, campaign and service, and what it is estimated to cost.",
  Tokens: "JSON Web Tokens: short-lived ones made from an API key, and those of your own issuer.",
  Deployment: "For the admin, the owner of the deployment. The same under `/operator`, the name it had before.",
};

/** Adds what no route registers by itself. Once for each app, when all its routes are mounted. */
export function registerTheRest(app: OpenAPIHono<ApiEnv>): void {
  for (const [name, scheme] of Object.entries(securitySchemes)) {
    app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  describeResumableUploads(app);
  describeEvents(app);
}

/** Two routes of one method and path: only the first would ever be asked, and only the last described. */
function refuseDoubled(app: OpenAPIHono<ApiEnv>): void {
  const seen = new Set<string>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const name = `${definition.route.method} ${definition.route.path}`;
    if (seen.has(name)) throw new Error(`two operations are ${name}`);
    seen.add(name);
  }
}

/** The document, generated from the validation schemas of everything that is mounted. */
export function writeDocument(app: OpenAPIHono<ApiEnv>): Document {
  refuseDoubled(app);
  const written = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Trunkline",
      version: "1",
      description: DESCRIPTION,
      contact: { name: "Whoever runs this deployment" },
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: ORIGIN, description: "This deployment" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  // The same schema may be an object in several places: what is completed must not be shared.
  return complete(JSON.parse(JSON.stringify(written)) as Document);
}
