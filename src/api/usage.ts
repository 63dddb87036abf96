import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { MICROS, monthNumber, readSpendByMonth } from "../analysis";
import { invalid } from "../errors";
import { DAY, toIso } from "../lib/time";
import {
  dollarsFor,
  MOST_CAMPAIGNS,
  prices,
  PRICES_READ_ON,
  rowsWritten,
  sumOf,
  usageByCampaign,
  usageByDay,
  usageByEngine,
  usageOf,
  type Counted,
  type Used,
} from "../usage";
import { failures, problem } from "./problem";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { json } from "./shapes";

/** Days of one answer: a year, a leap year too. */
const MOST_DAYS = 366;

const date = z.iso
  .date()
  .transform((text) => Date.parse(text) / DAY)
  .openapi({ type: "string", format: "date", example: "2026-08-01" });

const counts = z.object({
  calls: z.number().int().describe("Calls that began then."),
  recordings: z.number().int().describe("Recordings that were stored."),
  analyses: z.number().int(),
  audio_minutes: z.number().describe("Minutes of audio that engines analysed, once for each engine."),
  stored_bytes: z
    .number()
    .int()
    .describe("Bytes of audio in storage at the end of it, of all calls counted until then."),
  deliveries: z.number().int().nullable().describe("Delivered events. Null by campaign: they are counted by day only."),
  delivery_attempts: z.number().int().nullable(),
  d1_rows_written: z.number().int().describe("Estimated from what each step is known to write."),
  estimated_dollars: z
    .number()
    .describe(
      "Estimated, beyond what the plan includes, without what engines charge: that is `engine_spend`. By campaign without deliveries.",
    ),
});

const usageOfDay = counts.extend({ day: z.iso.date() }).openapi("UsageOfDay");
const usageOfCampaign = counts
  .extend({
    campaign_id: z.string().nullable().describe("Null for calls without a campaign."),
    engine_dollars: z
      .number()
      .describe(
        "What engines were sent of its calls costs, at the prices that are set for them; counted on the day of the call. Not in `estimated_dollars`.",
      ),
  })
  .openapi("UsageOfCampaign");
const usageOfService = z
  .object({
    service: z.string(),
    unit: z.string(),
    quantity: z.number().describe("Estimated from the counts."),
    dollars: z.number(),
    price: z.object({ dollars: z.number(), per: z.number(), source: z.string() }),
  })
  .openapi("UsageOfService");

const exampleCounts = {
  calls: 1200,
  recordings: 1180,
  analyses: 1180,
  audio_minutes: 3610.5,
  stored_bytes: 1_733_000_000,
  deliveries: 7080,
  delivery_attempts: 7102,
  d1_rows_written: 33_220,
  estimated_dollars: 0.13,
};
const exampleReport = {
  from: "2026-08-20",
  to: "2026-08-21",
  data: [{ ...exampleCounts, day: "2026-08-20" }],
  has_more: false,
  total: exampleCounts,
  engines: [{ engine: "trunkline-acoustic", analyses: 1180, audio_minutes: 3610.5 }],
  engine_spend: [{ month: "2026-08", engine: "deepgram", dollars: 4.11 }],
  total_dollars: 4.24,
  estimate: { is_estimate: true as const, currency: "USD" as const, prices_read_on: PRICES_READ_ON },
};

const report = z
  .object({
    from: z.iso.date(),
    to: z.iso.date().describe("The first day that is not in it: at most tomorrow."),
    data: z.array(z.union([usageOfDay, usageOfCampaign, usageOfService])),
    has_more: z.boolean().describe(`Whether there are more than ${MOST_CAMPAIGNS} campaigns; the total has them all.`),
    total: counts,
    engines: z.array(z.object({ engine: z.string(), analyses: z.number().int(), audio_minutes: z.number() })),
    engine_spend: z
      .array(
        z.object({
          month: z.string().describe("In UTC."),
          engine: z.string(),
          dollars: z.number().describe("What it was sent in the month, at the price that is set for it."),
        }),
      )
      .describe("What engines cost in each whole month of which a day is in the span. Not in `estimated_dollars`."),
    total_dollars: z
      .number()
      .describe("`estimated_dollars` of the total and all of `engine_spend` together; engines by whole months."),
    estimate: z.object({
      is_estimate: z.literal(true),
      currency: z.literal("USD"),
      prices_read_on: z.iso.date().describe("When the price list was read from the pages that `price.source` names."),
    }),
  })
  .openapi("UsageReport", { example: exampleReport });

const read = createRoute({
  tags: ["Usage"],
  security: SECURED,
  method: "get",
  path: "/",
  summary: "Read what was used, and what it is estimated to cost",
  description:
    "Days are UTC. A call counts with its recordings and analyses on the day it began, within a quarter of an hour; deliveries count within an hour. Dollars are an estimate from a dated price list, beyond what the plan includes.",
  request: {
    query: z.strictObject({
      from: date,
      to: date.openapi({ description: "The first day that is not included.", example: "2026-09-01" }),
      by: z.enum(["day", "campaign", "service"]).default("day"),
    }),
  },
  responses: { 200: { description: "The usage", ...json(report) }, ...failures(401, 403, 422) },
});

/** `/v1/usage` */
export function usageRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { from, to, by } = c.req.valid("query");
    if (to <= from) return problem(c, invalid("to", "is not after `from`"));
    if (to - from > MOST_DAYS) return problem(c, invalid("to", `is more than ${MOST_DAYS} days after \`from\``));
    const { db, now } = c.var.deps;
    const until = Math.max(from, Math.min(to, Math.floor(now() / DAY) + 1));
    const span = { organizationId: c.var.caller.organizationId, from, until };
    const months = { from: monthNumber(from * DAY), last: monthNumber(Math.max(from, until - 1) * DAY) };
    const [days, engines, spend] = await Promise.all([
      usageByDay(db, span),
      usageByEngine(db, span),
      readSpendByMonth(db, span.organizationId, months),
    ]);
    const total = sumOf(days);
    const data = await dataOf(c, { by, span, days, total });
    return c.json(
      {
        from: dateOf(from),
        to: dateOf(until),
        data: data.slice(0, by === "campaign" ? MOST_CAMPAIGNS : undefined),
        has_more: by === "campaign" && data.length > MOST_CAMPAIGNS,
        total: viewCounts(total),
        engines: engines.map(({ engine, analyses, audioMs }) => ({
          engine,
          analyses,
          audio_minutes: minutesOf(audioMs),
        })),
        engine_spend: spend.map(({ month, engine, micros }) => ({
          month: nameOfMonth(month),
          engine,
          dollars: micros / MICROS,
        })),
        total_dollars: dollarsFor(usageOf(total)) + spend.reduce((sum, { micros }) => sum + micros, 0) / MICROS,
        estimate: { is_estimate: true as const, currency: "USD" as const, prices_read_on: PRICES_READ_ON },
      },
      200,
    );
  });
}

type Wanted = {
  by: "day" | "campaign" | "service";
  span: Parameters<typeof usageByDay>[1];
  days: Awaited<ReturnType<typeof usageByDay>>;
  total: Used;
};

async function dataOf(c: Context<ApiEnv>, { by, span, days, total }: Wanted): Promise<z.infer<typeof report>["data"]> {
  switch (by) {
    case "day":
      return days.map((used) => ({ ...viewCounts(used), day: dateOf(used.day) }));
    case "campaign": {
      const campaigns = await usageByCampaign(c.var.deps.db, span);
      return campaigns.map(({ campaignId, engineMicros, ...used }) => ({
        ...viewCounts({ ...used, delivered: 0, attempts: 0 }),
        deliveries: null,
        delivery_attempts: null,
        campaign_id: campaignId,
        engine_dollars: engineMicros / MICROS,
      }));
    }
    case "service":
      return Object.entries(usageOf(total)).map(([name, quantity]) => {
        const { unit, dollars, per, source } = prices[name as keyof typeof prices];
        return {
          service: name,
          unit,
          quantity,
          dollars: (quantity * dollars) / per,
          price: { dollars, per, source },
        };
      });
  }
}

function viewCounts(used: Counted & { bytes: number }): z.infer<typeof counts> {
  return {
    calls: used.calls,
    recordings: used.recordings,
    analyses: used.analyses,
    audio_minutes: minutesOf(used.audioMs),
    stored_bytes: used.bytes,
    deliveries: used.delivered,
    delivery_attempts: used.attempts,
    d1_rows_written: rowsWritten(used),
    estimated_dollars: dollarsFor(usageOf(used)),
  };
}

function minutesOf(milliseconds: number): number {
  return milliseconds / 60_000;
}

/** The month of so many months since 1970. */
function nameOfMonth(month: number): string {
  return toIso(Date.UTC(1970, month)).slice(0, 7);
}

function dateOf(day: number): string {
  return toIso(day * DAY).slice(0, 10);
}
