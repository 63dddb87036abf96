import { Hono } from "hono";
import { readEngine, updateEngine, type EngineRow, type FailedTry, type TriedScores } from "../../../analysis";
import { may } from "../../../identity";
import type { Result } from "../../../lib/result";
import { tryScoresOnCall } from "../../../pipeline";
import { operatorChannelOf } from "../../../sources";
import type { FieldErrors } from "../../../ui/components/form";
import { differing, type Difference } from "../../../ui/components/stale";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { ownScoreWords } from "../../../ui/strings/own-scores";
import { writingDeps, type DashboardEnv, type PageContext } from "../../deps";
import { fieldErrorsFrom, needs, ownForm, seenOf } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { notFoundAnswer } from "../../message-page";
import { ENGINES } from "./address";
import { BLANK, fieldsOfScores, lineOf, readScores, scoresIn, type ScoreFields } from "./scores-form";
import { OwnScoresPage } from "./scores-page";

const HERE = "/settings/engines/:id/scores";

type Shown = {
  rows?: readonly ScoreFields[];
  errors?: FieldErrors;
  differences?: readonly Difference[];
  seen?: string;
  callId?: string;
  tried?: Result<TriedScores, FailedTry>;
};

/** `/dashboard/settings/engines/:id/scores` */
export function ownScoreRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get(HERE, needs("engines:write"), async (c) => {
    const engine = await modelOf(c);
    return engine ? scoresAnswer(c, engine) : notFoundAnswer(c.var.view);
  });

  routes.post(HERE, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const engine = await modelOf(c);
    if (!engine) return notFoundAnswer(c.var.view);
    const words = wordsOf(ownScoreWords, c.var.view.language);
    const rows = readScores(sent);
    const [seen, callId] = [sent.text("seen"), sent.text("call").trim().slice(0, 200)];
    const shown = { rows, seen, callId };
    if (sent.text("do") === "add") return scoresAnswer(c, engine, { ...shown, rows: [...rows, BLANK] });
    const wanted = scoresIn(rows, c.var.view.language);
    if ("errors" in wanted) return scoresAnswer(c, engine, { ...shown, errors: wanted.errors });
    if (sent.text("do") === "try") {
      const { plain, visitor } = c.var;
      const { organizationId, reach } = visitor.caller;
      if (!may(visitor.caller, "analyses:read")) return notFoundAnswer(c.var.view);
      const operatorChannel = (source: { organizationId: string; id: string }) => operatorChannelOf(plain.db, source);
      const asked = { engine: engine.name, callId, scores: wanted.scores };
      const tried = await tryScoresOnCall({ ...plain, operatorChannel }, { organizationId, reach }, asked);
      return tried.ok
        ? scoresAnswer(c, engine, { ...shown, tried: tried.value })
        : scoresAnswer(c, engine, { ...shown, errors: [{ field: "call", message: words.noCall }] });
    }
    const stored = fieldsOfScores(engine.settings.scores ?? []);
    if (seen !== (await seenOf({ stored })))
      return scoresAnswer(c, engine, { rows, callId, differences: differencesOf(stored, rows, words) });
    const { organizationId } = c.var.visitor.caller;
    const target = { organizationId, id: engine.id };
    const changed = await updateEngine(writingDeps(c), target, { scores: wanted.scores });
    if (changed.ok) return c.redirect(`${ENGINES}/${engine.id}/scores?done=saved`, 303);
    return scoresAnswer(c, engine, { ...shown, errors: fieldErrorsFrom(c.var.view, changed.error, "name-0") });
  });

  return routes;
}

/** The engine of the address, where it is a language model. */
async function modelOf(c: PageContext): Promise<EngineRow | undefined> {
  const { organizationId } = c.var.visitor.caller;
  const found = await readEngine(c.var.plain.db, { organizationId, id: c.req.param("id") ?? "" });
  return found.ok && found.value.kind === "llm" ? found.value : undefined;
}

function differencesOf(
  stored: readonly ScoreFields[],
  entered: readonly ScoreFields[],
  words: Words<typeof ownScoreWords>,
): readonly Difference[] {
  const text = (rows: readonly ScoreFields[]) => rows.map((one) => lineOf(one, words)).join("\n");
  return differing([{ label: words.scores, stored: text(stored), entered: text(entered) }]);
}

async function scoresAnswer(c: PageContext, engine: EngineRow, shown: Shown = {}): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const stored = fieldsOfScores(engine.settings.scores ?? []);
  const { rows = stored.length > 0 ? stored : [BLANK], errors = [], differences = [], callId = "" } = shown;
  const whole = await readWhole(deps.db, visitor);
  return pageAnswer(
    <OwnScoresPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      engine={engine}
      rows={rows.length > 0 ? rows : [BLANK]}
      errors={errors}
      differences={differences}
      seen={shown.seen ?? (await seenOf({ stored }))}
      callId={callId}
      tried={shown.tried ?? null}
      mayTry={may(visitor.caller, "analyses:read")}
      toast={c.req.query("done") === "saved" && <Toast>{wordsOf(ownScoreWords, view.language).saved}</Toast>}
    />,
    differences.length > 0 ? 409 : errors.length > 0 ? 422 : 200,
  );
}
