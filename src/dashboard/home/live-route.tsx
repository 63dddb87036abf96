import { Hono } from "hono";
import { PAGE_HEADERS } from "../../ui/security";
import { wordsOf } from "../../ui/strings/define";
import { stateWords } from "../../ui/strings/state";
import type { DashboardEnv } from "../deps";
import { FigureRow } from "./figures";
import { IntegrationHealth } from "./integration-health";
import { readHome } from "./read";

/** `/dashboard/live`: the parts of Home that are asked for again while it is seen. */
export function liveRoute() {
  return new Hono<DashboardEnv>().get("/live", async (c) => {
    const { deps, view, visitor } = c.var;
    const parts = await readHome(deps.db, visitor.caller, view.now, true);
    const own = { view, words: wordsOf(stateWords, view.language), parts };
    const answer = (
      <>
        {(parts.sources || parts.endpoints) && <IntegrationHealth {...own} />}
        <FigureRow {...own} again />
      </>
    );
    return new Response(String(await answer), { headers: PAGE_HEADERS });
  });
}
