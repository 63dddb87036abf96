import { Hono } from "hono";
import { MOST_ANSWER, SIGNATURE, takeAnswer, type RefusedAnswer } from "../analysis";
import { readTextUpTo } from "../lib/http/text-up-to";
import { answer } from "./problem";
import type { ApiEnv } from "./router";

const REFUSALS = {
  invalid: [404, "This address is not one of ours."],
  expired: [403, "The time to answer is over."],
  forged: [401, `${SIGNATURE} is not the signature of this body with the engine's key.`],
  stale: [401, `The time in ${SIGNATURE} is not within five minutes of now.`],
  unreadable: [422, "The body is not JSON with the scores of channels, or an error."],
  ended: [409, "Nothing waits for this answer any more."],
  replayed: [409, "This was answered before."],
} as const satisfies Record<RefusedAnswer, readonly [number, string]>;

/** `/engine-answers/ana_…`: what engines of the kind `http` answer later, to the address in their question. */
export function engineAnswerRoutes() {
  return new Hono<ApiEnv>().post("/:id", async (c) => {
    const { deps } = c.var;
    const body = await readTextUpTo(c.req.raw, MOST_ANSWER);
    if (body === undefined) return answer(c, 413, `The body is larger than ${MOST_ANSWER / 1024} kB.`);
    const given = {
      analysisId: c.req.param("id"),
      query: c.req.query(),
      signature: c.req.header(SIGNATURE) ?? null,
      body,
    };
    const taken = await takeAnswer({ ...deps, masterKeys: deps.config.masterKeys }, given);
    if (!taken.ok) {
      const [status, message] = REFUSALS[taken.error];
      return answer(c, status, message);
    }
    await deps.nudges.analyses([taken.value]);
    return c.json({ status: "accepted" }, 202);
  });
}
