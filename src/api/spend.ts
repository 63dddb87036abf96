import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { MICROS, monthNumber, readSpend, readSpendCap, setSpendCap } from "../analysis";
import { actOf } from "./authenticate";
import { failures } from "./problem";
import { newRouter, type ApiEnv } from "./router";
import { SECURED } from "./security";
import { json } from "./shapes";

const example = {
  month: "2026-08",
  cap_dollars: 50,
  dollars: 12.43,
  engines: [{ engine: "deepgram", audio_minutes: 1614.2, dollars: 12.43 }],
};

const spend = z
  .object({
    month: z.string().describe("In UTC."),
    cap_dollars: z
      .number()
      .nullable()
      .describe(
        "The most that engines may cost in a month; null for no limit. Beyond it engines are not sent anything.",
      ),
    dollars: z.number().describe("What they were sent this month, at the price that is set for each."),
    engines: z.array(z.object({ engine: z.string(), audio_minutes: z.number(), dollars: z.number() })),
  })
  .openapi("EngineSpend", { example });

const common = { tags: ["Engines"], security: SECURED };

const read = createRoute({
  ...common,
  method: "get",
  path: "/",
  summary: "Read what engines cost this month",
  responses: { 200: { description: "The spend", ...json(spend) }, ...failures(401, 403) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/",
  summary: "Limit what engines may cost in a month",
  request: {
    body: {
      required: true,
      ...json(z.strictObject({ cap_dollars: z.number().min(0).max(1_000_000).nullable() }), { cap_dollars: 50 }),
    },
  },
  responses: { 200: { description: "The spend", ...json(spend) }, ...failures(400, 401, 403, 415, 422) },
});

/** `/v1/spend` */
export function spendRoutes() {
  return newRouter()
    .openapi(read, async (c) => c.json(await view(c), 200))
    .openapi(update, async (c) => {
      const { cap_dollars: dollars } = c.req.valid("json");
      const micros = dollars === null ? null : Math.round(dollars * MICROS);
      await setSpendCap(c.var.deps, c.var.caller.organizationId, micros, actOf(c));
      return c.json(await view(c), 200);
    });
}

async function view(c: Context<ApiEnv>): Promise<z.infer<typeof spend>> {
  const { db, now } = c.var.deps;
  const { organizationId } = c.var.caller;
  const [rows, cap] = await Promise.all([
    readSpend(db, organizationId, monthNumber(now())),
    readSpendCap(db, organizationId),
  ]);
  return {
    month: new Date(now()).toISOString().slice(0, 7),
    cap_dollars: cap === null ? null : cap / MICROS,
    dollars: rows.reduce((sum, { micros }) => sum + micros, 0) / MICROS,
    engines: rows.map(({ engine, audioMs, micros }) => ({
      engine,
      audio_minutes: audioMs / 60_000,
      dollars: micros / MICROS,
    })),
  };
}
