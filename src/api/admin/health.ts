import { createRoute, z } from "@hono/zod-openapi";
import { FIGURES, isBeyond, readFigures, THRESHOLDS } from "../../health";
import { SECOND } from "../../lib/time";
import { failures } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json, listOf, wholeOf } from "../shapes";

const figure = z
  .object({
    name: z
      .enum(FIGURES)
      .describe(
        "`dead_letters`: messages that queues gave up on in 24 hours. The others are in seconds: the age of the oldest event that was not handed over, how long the oldest work has been due, and how long ago the last sweep began.",
      ),
    value: z.number().int(),
    threshold: z.number().int().describe("Above it the admin is notified."),
    beyond: z.boolean(),
  })
  .openapi("DeploymentFigure", { example: { name: "sweep_lag", value: 42, threshold: 300, beyond: false } });

const read = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "get",
  path: "/health",
  summary: "How the deployment is, in figures with their thresholds",
  description: "`GET /healthz` says the same in a word, to everybody.",
  responses: {
    200: { description: "The figures", ...json(listOf(figure)) },
    ...failures(401),
  },
});

/** `/admin/health` */
export function healthRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { db, now } = c.var.deps;
    const figures = await readFigures(db, now());
    const data = FIGURES.map((name) => {
      const unit = name === "dead_letters" ? 1 : SECOND;
      const value = Math.round(figures[name] / unit);
      return { name, value, threshold: THRESHOLDS[name] / unit, beyond: isBeyond(name, figures[name]) };
    });
    return c.json(wholeOf(data), 200);
  });
}
