import { createRoute, z } from "@hono/zod-openapi";
import { verifyReceived, type Verification } from "../../delivery";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { detailOf } from "./verification-words";
import { SECURED } from "../security";
import { json } from "../shapes";

const headers = z
  .union([z.string().max(65_536), z.record(z.string().max(200), z.union([z.string().max(8_192), z.array(z.string())]))])
  .describe("The headers as they arrived: one a line, or by name.");

const received = z
  .strictObject({
    webhookId: z.string().max(200).optional().describe("The endpoint. Without it all endpoints are tried."),
    headers,
    body: z.string().describe("The body as it arrived, byte for byte, before anything parsed it."),
    secret: z.string().max(500).optional().describe("The secret that the receiver has, to be told which one it is."),
  })
  .openapi("ReceivedRequest", {
    example: {
      headers: { "x-audian-signature": "5d1a…", "x-audian-timestamp": "1787234400" },
      body: '{"event":"call.completed"}',
    },
  });

const verification = z
  .object({
    valid: z.boolean().describe("Whether a receiver with the current secret and a right clock accepts it."),
    finding: z
      .enum(["valid", "wrong_secret", "stale", "body_changed", "body_rewritten", "no_match", "missing_header"])
      .describe("What was found; stable."),
    detail: z.string().describe("The same in words, with what to do."),
    webhookId: z.string().nullable().describe("The endpoint that it is of."),
    secret: z.enum(["current", "previous", "expired"]).nullable().describe("Which secret signed it."),
    receivers_secret: z
      .enum(["current", "previous", "expired", "unknown"])
      .nullable()
      .describe("Which secret the receiver has; null where none was given."),
    header: z.string().nullable().describe("The header that is missing."),
    age_seconds: z.number().nullable().describe("How long ago it was signed, by the clock here; null without a time."),
  })
  .openapi("Verification", {
    example: {
      valid: false,
      finding: "body_rewritten",
      detail:
        "The body was parsed and written anew before it was checked: check the bytes as they arrive, before any JSON parser.",
      webhookId: "wh_01k3a7w8q0m4x2c9v5b6n7p8r1",
      secret: null,
      receivers_secret: null,
      header: null,
      age_seconds: 12,
    },
  });

const verify = createRoute({
  tags: ["Deliveries"],
  security: SECURED,
  method: "post",
  path: "/verify",
  summary: "Find out why a receiver refuses a signature",
  description:
    "Paste the body and the headers of a request as they were received. The answer says whether it is one of ours, by which secret it was signed, and what a receiver would have against it. Nothing is sent and no secret is shown. For requests up to 256 kB.",
  request: { body: { required: true, ...json(received) } },
  responses: {
    200: { description: "What was found", ...json(verification) },
    ...failures(400, 401, 403, 404, 413, 415, 422),
  },
});

/** `POST /v1/webhooks/verify` */
export function verifyRoutes() {
  return newRouter().openapi(verify, async (c) => {
    const { webhookId: id, headers: given, ...rest } = c.req.valid("json");
    const { organizationId } = c.var.caller;
    const request = { ...rest, headers: linesOf(given) };
    const found = await verifyReceived(c.var.deps, { organizationId, id }, request, c.var.deps.now());
    return found.ok ? c.json(view(found.value), 200) : problem(c, found.error);
  });
}

function linesOf(given: z.infer<typeof headers>): string {
  if (typeof given === "string") return given;
  return Object.entries(given)
    .flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value.replaceAll(/[\r\n]+/g, " ")}`))
    .join("\n");
}

function view(found: Verification): z.infer<typeof verification> {
  return {
    valid: found.finding === "valid",
    finding: found.finding,
    detail: detailOf(found),
    webhookId: found.endpointId,
    secret: found.secret,
    receivers_secret: found.receiversSecret,
    header: found.header,
    age_seconds: found.age,
  };
}
