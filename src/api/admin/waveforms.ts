import { createRoute, z } from "@hono/zod-openapi";
import { toIso } from "../../lib/time";
import { readWaveformBackfill } from "../../pipeline";
import { failures } from "../problem";
import { newRouter } from "../router";
import { ADMIN_ONLY } from "../security";
import { json } from "../shapes";

const backfill = z
  .object({
    state: z.enum(["waiting", "running", "finished"]).describe("`waiting`: no turn has ended yet."),
    looked_at: z.number().int().describe("Recordings that were looked at."),
    made: z.number().int().describe("Waveforms that were made."),
    unable: z.number().int().describe("Recordings whose audio is gone or could not be decoded."),
    left: z.number().int().describe("Recordings to look at, counted up to 10,000."),
    more: z.boolean().describe("Whether there are more than `left`."),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
  })
  .openapi("WaveformBackfill", {
    example: {
      state: "running",
      looked_at: 1250,
      made: 1198,
      unable: 2,
      left: 840,
      more: false,
      started_at: "2026-08-20T14:00:00.000Z",
      finished_at: null,
    },
  });

const read = createRoute({
  tags: ["Deployment"],
  security: ADMIN_ONLY,
  method: "get",
  path: "/waveforms",
  summary: "Read how far older recordings have got their waveforms",
  description:
    "New recordings get theirs while they are analysed. Those from before are decoded once more, some every minute, from the first to the last, and not again until a version decodes more formats: then those that could not be decoded are tried once more, and the counts begin anew.",
  responses: { 200: { description: "The progress", ...json(backfill) }, ...failures(401) },
});

/** `/admin/waveforms` */
export function waveformBackfillRoutes() {
  return newRouter().openapi(read, async (c) => {
    const { state, left, more } = await readWaveformBackfill(c.var.deps);
    const progress = {
      state: state === null ? ("waiting" as const) : state.finishedAt === null ? "running" : "finished",
      looked_at: state?.looked ?? 0,
      made: state?.made ?? 0,
      unable: state?.unable ?? 0,
      left,
      more,
      started_at: toIso(state?.startedAt ?? null),
      finished_at: toIso(state?.finishedAt ?? null),
    } as const;
    return c.json(progress, 200);
  });
}
