import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import { readSource, readSourceHealth } from "../../sources";
import { adviceOn, failureOfSource, MANNER_OF_API, sentenceOf } from "../../ui/failures";
import { withinOf } from "../authenticate";
import { failures, problem } from "../problem";
import { newRouter } from "../router";
import { SECURED } from "../security";
import { idParam, json } from "../shapes";
import { healthState, healthStatus } from "./shapes";
import { wholeNumber } from "../whole-number";

/** In hours: 30 days. */
const MAX_HOURS = 720;

const counts = {
  accepted: z.number().int(),
  ignored: z.number().int(),
  quarantined: z.number().int(),
  refused: z.number().int(),
  dead: z.number().int().describe("Given up by Trunkline: they can be replayed."),
};

const health = z
  .object({
    state: healthState,
    status: healthStatus,
    code: z
      .string()
      .nullable()
      .describe("What is wrong: the reason of most failures, or `never`, `quiet`, `source_paused`. Null: nothing is."),
    message: z
      .string()
      .describe("What is wrong: since when, how many requests, what likely is behind it, and what to do about it."),
    last_notice_at: z.iso.datetime().nullable().describe("When the last request arrived, whatever its outcome."),
    last_accepted_at: z.iso.datetime().nullable(),
    from: z.iso.datetime().describe("Start of the first hour counted here."),
    counts: z.object(counts),
    success_rate: z
      .number()
      .nullable()
      .describe("The share of accepted and ignored requests; null when there were none."),
    handshakes: z.number().int().describe("Handshakes of the platform. Not included in any other number."),
    reasons: z
      .array(
        z.object({
          outcome: z
            .enum(["refused", "dead", "quarantined", "accepted"])
            .describe("`accepted`: the reason is a warning."),
          reason: z.string(),
          requests: z.number().int(),
          last_at: z.iso.datetime(),
          advice: z.string().nullable(),
        }),
      )
      .describe("Why requests were refused, given up or put in quarantine, the most frequent first."),
    hours: z
      .array(z.object({ hour: z.iso.datetime(), ...counts }))
      .describe("Each hour, oldest first; the last one is not over yet."),
  })
  .openapi("SourceHealth", {
    example: {
      state: "failing",
      status: "failing",
      code: "wrong_signature",
      message:
        "What Audian, sales floor sends is turned away: 12 requests since 2026-08-20T14:00:00.000Z (wrong_signature). Likely the platform and this source hold different secrets. Rotate the source's secret to the platform's, or paste the source's secret there.",
      last_notice_at: "2026-08-20T14:03:12.000Z",
      last_accepted_at: "2026-08-20T12:58:40.000Z",
      from: "2026-08-20T14:00:00.000Z",
      counts: { accepted: 0, ignored: 0, quarantined: 0, refused: 12, dead: 0 },
      success_rate: 0,
      handshakes: 0,
      reasons: [
        {
          outcome: "refused",
          reason: "wrong_signature",
          requests: 12,
          last_at: "2026-08-20T14:03:12.000Z",
          advice:
            "Likely the platform and this source hold different secrets. Rotate the source's secret to the platform's, or paste the source's secret there.",
        },
      ],
      hours: [{ hour: "2026-08-20T14:00:00.000Z", accepted: 0, ignored: 0, quarantined: 0, refused: 12, dead: 0 }],
    },
  });

const read = createRoute({
  tags: ["Sources"],
  security: SECURED,
  method: "get",
  path: "/{id}/health",
  summary: "Read the health of a source",
  description:
    "Every request is counted, also refusals that the log leaves out; refusals appear within ten seconds. `state` is judged by the last 24 hours, whatever `hours` is.",
  request: {
    params: idParam,
    query: z.strictObject({
      hours: wholeNumber({ min: 1, max: MAX_HOURS })
        .default(24)
        .openapi({ description: "How many hours, including the current one." }),
    }),
  },
  responses: { 200: { description: "Its health", ...json(health) }, ...failures(401, 403, 404, 422) },
});

/** The health of a source. */
export function healthRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { db, now } = c.var.deps;
    const target = { ...withinOf(c), id: c.req.valid("param").id };
    const source = await readSource(db, target);
    if (!source.ok) return problem(c, source.error);
    const report = await readSourceHealth(db, source.value, c.req.valid("query").hours, now());
    const failure = failureOfSource(source.value.name, report);
    const answer = {
      state: report.status,
      status: report.status,
      code: failure?.code ?? null,
      message: failure ? sentenceOf(failure, MANNER_OF_API).text : arriving(report.arrived),
      last_notice_at: toIso(report.lastNoticeAt),
      last_accepted_at: toIso(report.lastAcceptedAt),
      from: toIso(report.from),
      counts: report.counts,
      success_rate: report.successRate,
      handshakes: report.handshakes,
      reasons: report.reasons.map(({ lastAt, ...reason }) => ({
        ...reason,
        last_at: toIso(lastAt),
        advice: adviceOn("notice", reason.reason, "en"),
      })),
      hours: report.series.map(({ hour, ...sums }) => ({ hour: toIso(hour), ...sums })),
    };
    return c.json(answer, 200);
  });
}

function arriving(arrived: number): string {
  return `Notices arrive: ${arrived} in the last 24 hours.`;
}
