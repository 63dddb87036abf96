import { Hono } from "hono";
import { receiveAtTest } from "../../delivery";
import { problem } from "../problem";
import type { ApiEnv } from "../router";
import { detailOf } from "../endpoints/verification-words";

/** `/test-receivers/rcv_…`: takes whatever is sent, as an endpoint's receiver does, and answers what it found. */
export function receivingRoutes() {
  return new Hono<ApiEnv>().on(["POST", "PUT"], "/:id", async (c) => {
    const { deps } = c.var;
    const request = { method: c.req.method, headers: c.req.header(), body: await c.req.text() };
    const taken = await receiveAtTest(deps, c.req.param("id"), request, deps.now());
    if (!taken.ok) return problem(c, taken.error);
    const { number, found } = taken.value;
    return c.json({
      received: number,
      valid: found.finding === "valid",
      finding: found.finding,
      detail: detailOf(found),
    });
  });
}
