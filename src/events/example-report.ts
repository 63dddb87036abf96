import type { z } from "@hono/zod-openapi";
import type { reportSnapshot } from "./report-snapshot";

/** A report that was sent, as `report.ready` tells of it. */
export const exampleReport: z.infer<typeof reportSnapshot> = {
  id: "rpr_01k3a7w8q0m4x2c9v5b6n7p8r1",
  schedule_id: "rps_01k3a7w8q0m4x2c9v5b6n7p8r1",
  name: "The week by operator",
  by: "operator",
  from: "2026-08-17",
  to: "2026-08-24",
  campaign_id: null,
  operator_id: null,
  team_id: null,
  reviewer_id: null,
  scorecard_id: null,
  calls: 1_204,
  reviews: 96,
  average_score: 83.4,
  pass_rate: 0.9062,
  late: 3,
};
