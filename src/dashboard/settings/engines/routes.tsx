import { Hono, type Context } from "hono";
import {
  createEngine,
  deleteEngine,
  listEngines,
  MICROS,
  monthNumber,
  offeredNames,
  readEngine,
  readSpend,
  readSpendCap,
  setSpendCap,
  tryEngine,
  updateEngine,
  type TriedEngine,
} from "../../../analysis";
import { may, recordAct } from "../../../identity";
import { Toast } from "../../../ui/components/toast";
import type { FieldErrors } from "../../../ui/components/form";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { engineWords } from "../../../ui/strings/engines";
import { amountIn } from "../../amount";
import { actOf, writingDeps, type DashboardEnv } from "../../deps";
import { fieldErrorsFrom, needs, ownForm, seenOf } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer } from "../../message-page";
import { ENGINES } from "./address";
import { DeleteEnginePage, EnginePage, type EngineShown } from "./engine-page";
import { differencesOf, engineIn, formOfEngine, keyIn, NEW_ENGINE, readEngineForm, type EngineForm } from "./form";
import { EngineListPage } from "./list-page";
import { NewEnginePage } from "./new-page";
import { ownScoreRoutes } from "./scores-routes";
import { capText, type SpendParts } from "./spend-panel";

type EngineContext = Context<DashboardEnv>;

const HERE = "/settings/engines";
/** Of a limit, in dollars a month. */
const CAPS = { least: 0, most: 1_000_000 };

/** `/dashboard/settings/engines` */
export function engineRoutes() {
  const routes = new Hono<DashboardEnv>();
  routes.use(HERE, needs("engines:read"));
  routes.use(`${HERE}/*`, needs("engines:read"));

  routes.get(HERE, (c) => listAnswer(c));

  routes.get(`${HERE}/new`, needs("engines:write"), (c) => newAnswer(c, NEW_ENGINE, []));

  routes.post(HERE, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const form = readEngineForm(sent);
    const wanted = engineIn(form, c.var.view.language);
    if ("errors" in wanted) return newAnswer(c, form, wanted.errors);
    const input = { ...wanted.input, key: keyIn(sent) ?? null };
    const made = await createEngine(writingDeps(c), c.var.visitor.caller.organizationId, input, actOf(c));
    if (made.ok) return c.redirect(`${ENGINES}/${made.value.id}?done=created`, 303);
    return newAnswer(c, form, fieldErrorsFrom(c.var.view, made.error, "name"));
  });

  routes.post(`${HERE}/cap`, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const amount = sent.text("amount").trim().slice(0, 20);
    const { language } = c.var.view;
    const words = wordsOf(engineWords, language);
    const limit = amount === "" ? { value: null } : amountIn(amount, language, CAPS, words.capWrong);
    if ("message" in limit)
      return listAnswer(c, {
        refused: { amount, seen: sent.text("seen"), errors: [{ field: "amount", message: limit.message }] },
      });
    const stored = capText(await readSpendCap(c.var.plain.db, c.var.visitor.caller.organizationId));
    if (sent.text("seen") !== (await seenOf({ amount: stored }))) {
      const differences = [{ label: words.capAmount, stored, entered: amount }];
      return listAnswer(c, { refused: { amount, errors: [], differences } });
    }
    const micros = limit.value === null ? null : Math.round(limit.value * MICROS);
    await setSpendCap(writingDeps(c), c.var.visitor.caller.organizationId, micros, actOf(c));
    return c.redirect(`${ENGINES}?done=cap#cap`, 303);
  });

  routes.post(`${HERE}/test`, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const name = sent.text("name");
    if (!offeredNames(c.var.plain.offeredEngines).includes(name)) return noEngine(c);
    const { organizationId } = c.var.visitor.caller;
    return listAnswer(c, { tried: { name, outcome: await tryEngine(c.var.plain, { organizationId, name }) } });
  });

  routes.get(`${HERE}/:id`, (c) => oneAnswer(c));

  routes.post(`${HERE}/:id`, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const found = await readEngine(c.var.plain.db, targetOf(c));
    if (!found.ok) return noEngine(c);
    const { name, kind } = found.value;
    const form = { ...readEngineForm(sent), name, kind };
    const words = wordsOf(engineWords, c.var.view.language);
    const wanted = engineIn(form, c.var.view.language);
    if ("errors" in wanted) return oneAnswer(c, { settings: { form, errors: wanted.errors, seen: sent.text("seen") } });
    const stored = formOfEngine(found.value);
    if (sent.text("seen") !== (await seenOf(stored)))
      return oneAnswer(c, {
        settings: { form, errors: [], differences: differencesOf(words, { stored, entered: form }) },
      });
    const { url, model, microsPerMinute, otherModels } = wanted.input;
    const key = keyIn(sent);
    const changes = { url, model, microsPerMinute, otherModels, ...(key === undefined ? {} : { key }) };
    const changed = await updateEngine(writingDeps(c), targetOf(c), changes);
    if (changed.ok) return c.redirect(`${ENGINES}/${found.value.id}?done=saved`, 303);
    if (changed.error.kind === "not_found") return noEngine(c);
    const errors = fieldErrorsFrom(c.var.view, changed.error, "url");
    return oneAnswer(c, { settings: { form, errors, seen: sent.text("seen") } });
  });

  routes.post(`${HERE}/:id/test`, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const found = await readEngine(c.var.plain.db, targetOf(c));
    if (!found.ok) return noEngine(c);
    const { organizationId, id, name } = found.value;
    const act = { organizationId, action: "engine.tested" as const, resourceType: "engine", resourceIds: [id] };
    await recordAct(writingDeps(c).db, act, actOf(c));
    return oneAnswer(c, { tried: await tryEngine(c.var.plain, { organizationId, name }) });
  });

  routes.get(`${HERE}/:id/delete`, needs("engines:write"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [found, whole] = await Promise.all([readEngine(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
    if (!found.ok) return noEngine(c);
    const frame = frameOf(view, visitor, whole);
    return pageAnswer(<DeleteEnginePage view={view} frame={frame} caller={visitor.caller} engine={found.value} />);
  });

  routes.post(`${HERE}/:id/delete`, async (c) => {
    const sent = await ownForm(c, "engines:write");
    if (sent instanceof Response) return sent;
    const gone = await deleteEngine(writingDeps(c).db, targetOf(c));
    return gone.ok ? c.redirect(`${ENGINES}?done=deleted`, 303) : noEngine(c);
  });

  routes.route("/", ownScoreRoutes());
  return routes;
}

async function newAnswer(c: EngineContext, form: EngineForm, errors: FieldErrors): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  const page = <NewEnginePage view={view} frame={frame} caller={visitor.caller} form={form} errors={errors} />;
  return pageAnswer(page, errors.length > 0 ? 422 : 200);
}

type ListShown = { refused?: SpendParts["refused"]; tried?: { name: string; outcome: TriedEngine } };

async function listAnswer(c: EngineContext, shown: ListShown = {}): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId } = visitor.caller;
  const [engines, rows, limit, whole] = await Promise.all([
    listEngines(deps.db, organizationId),
    readSpend(deps.db, organizationId, monthNumber(view.now)),
    readSpendCap(deps.db, organizationId),
    readWhole(deps.db, visitor),
  ]);
  return pageAnswer(
    <EngineListPage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      engines={engines}
      offered={offeredNames(deps.offeredEngines)}
      spend={{
        rows,
        cap: limit,
        seen: shown.refused?.seen ?? (await seenOf({ amount: capText(limit) })),
        ...(shown.refused && { refused: shown.refused }),
      }}
      tried={shown.tried ?? null}
      mayWrite={may(visitor.caller, "engines:write")}
      toast={toastOf(c)}
    />,
    shown.refused?.differences ? 409 : shown.refused ? 422 : 200,
  );
}

async function oneAnswer(c: EngineContext, shown: EngineShown = {}): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, whole] = await Promise.all([readEngine(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
  if (!found.ok) return noEngine(c);
  return pageAnswer(
    <EnginePage
      view={view}
      frame={frameOf(view, visitor, whole)}
      caller={visitor.caller}
      engine={found.value}
      mayWrite={may(visitor.caller, "engines:write")}
      shown={shown}
      seen={shown.settings?.seen ?? (await seenOf(formOfEngine(found.value)))}
      toast={toastOf(c)}
    />,
    shown.settings?.differences ? 409 : shown.settings ? 422 : 200,
  );
}

function toastOf(c: EngineContext) {
  const words = wordsOf(engineWords, c.var.view.language);
  const known = new Map([
    ["created", words.created],
    ["saved", words.saved],
    ["deleted", words.deleted],
    ["cap", words.capSaved],
  ]);
  const text = known.get(c.req.query("done") ?? "");
  return text !== undefined && <Toast>{text}</Toast>;
}

function targetOf(c: EngineContext) {
  return { organizationId: c.var.visitor.caller.organizationId, id: c.req.param("id") ?? "" };
}

function noEngine(c: EngineContext): Promise<Response> {
  const { goneTitle: title, gone: text, back: link } = wordsOf(engineWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: ENGINES });
}
