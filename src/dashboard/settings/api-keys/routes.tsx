import { Hono, type Context } from "hono";
import { listCampaigns } from "../../../campaigns";
import type { DomainError } from "../../../errors";
import { createApiKey, keyOfForm, listApiKeys, may, readApiKey, revokeApiKey, rotateApiKey } from "../../../identity";
import { HOUR } from "../../../lib/time";
import { listSources } from "../../../sources";
import type { FieldErrors } from "../../../ui/components/form";
import { Toast } from "../../../ui/components/toast";
import { pageAnswer } from "../../../ui/layout/page";
import { apiKeyWords } from "../../../ui/strings/api-keys";
import { wordsOf } from "../../../ui/strings/define";
import { refusalText } from "../../../ui/strings/refusals";
import { askToConfirm } from "../../confirmation/confirm";
import { actOf, isOwnForm, writingDeps, type DashboardEnv } from "../../deps";
import { needs, newOnce } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { messageAnswer, refusedAnswer, staleAnswer } from "../../message-page";
import { pageOf, positionIn } from "../paged";
import { refusedFields } from "../refused-fields";
import { API_KEYS } from "./address";
import { EMPTY_FORM, endOfDayIn, keyOf, readKeyForm, type KeyForm } from "./form";
import { ApiKeyListPage } from "./list-page";
import { NewApiKeyPage } from "./new-page";
import { OVERLAPS, RevokeKeyPage, RotateKeyPage, ShownKeyPage } from "./one-pages";

type KeyContext = Context<DashboardEnv>;

const MOST = 200;

/** `/dashboard/settings/api-keys` */
export function apiKeyRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/settings/api-keys", needs("keys:read"), async (c) => {
    const { deps, view, visitor } = c.var;
    const [keys, choices, whole] = await Promise.all([
      listApiKeys(deps.db, { ...withinOf(c), ...positionIn(c, "after") }),
      readChoices(c),
      readWhole(deps.db, visitor),
    ]);
    const names = new Map([...choices.campaigns, ...choices.sources].map(({ id, name }) => [id, name]));
    const words = wordsOf(apiKeyWords, view.language);
    return pageAnswer(
      <ApiKeyListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        caller={visitor.caller}
        page={pageOf(c, "after", keys, ({ id }) => id)}
        names={names}
        mayWrite={may(visitor.caller, "keys:write")}
        toast={c.req.query("done") === "revoked" && <Toast>{words.revokedDone}</Toast>}
      />,
    );
  });

  routes.get("/settings/api-keys/new", needs("keys:write"), (c) =>
    newAnswer(c, { ...EMPTY_FORM, once: newOnce() }, []),
  );

  routes.post("/settings/api-keys", needs("keys:write"), async (c) => {
    const sent = await c.req.parseBody({ all: true });
    if (!(await isOwnForm(c, sent))) return staleAnswer(c.var.view);
    const { view, visitor } = c.var;
    const form = readKeyForm(sent);
    const words = wordsOf(apiKeyWords, view.language);
    const wanted = keyOf(form, visitor.caller.organizationId, words, endOfDayIn(view.formats.isoDay));
    if ("errors" in wanted) return newAnswer(c, form, wanted.errors);
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const { input } = wanted;
    const text = await keyOfForm(c.var.plain.config.masterKeys, form.once, input);
    const made = await createApiKey(writingDeps(c), { ...input, text }, visitor.caller, actOf(c));
    return made.ok ? shownAnswer(c, made.value.key) : newAnswer(c, form, fieldsOf(c, made.error));
  });

  routes.get("/settings/api-keys/:id/rotate", needs("keys:write"), (c) => oneAnswer(c, RotateKeyPage));

  routes.post("/settings/api-keys/:id/rotate", needs("keys:write"), async (c) => {
    const sent = await c.req.parseBody();
    if (!(await isOwnForm(c, sent))) return staleAnswer(c.var.view);
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const hours =
      typeof sent["overlap"] === "string" && Object.hasOwn(OVERLAPS, sent["overlap"]) ? sent["overlap"] : "24";
    const overlap = Number(hours) * HOUR;
    const { organizationId, id } = targetOf(c);
    const once = typeof sent["once"] === "string" ? sent["once"] : "";
    const text = await keyOfForm(c.var.plain.config.masterKeys, once, [organizationId, id]);
    const made = await rotateApiKey(writingDeps(c), targetOf(c), overlap, c.var.visitor.caller, actOf(c), text);
    if (made.ok) return shownAnswer(c, made.value.key, overlap === 0 ? null : c.var.view.now + overlap);
    return refusal(c, made.error);
  });

  routes.get("/settings/api-keys/:id/revoke", needs("keys:write"), (c) => oneAnswer(c, RevokeKeyPage));

  routes.post("/settings/api-keys/:id/revoke", needs("keys:write"), async (c) => {
    if (!(await isOwnForm(c, await c.req.parseBody()))) return staleAnswer(c.var.view);
    const asked = await askToConfirm(c);
    if (asked) return asked;
    const revoked = await revokeApiKey(writingDeps(c), targetOf(c), actOf(c));
    return revoked.ok ? c.redirect(`${API_KEYS}?done=revoked`, 303) : refusal(c, revoked.error);
  });

  return routes;
}

async function newAnswer(c: KeyContext, form: KeyForm, errors: FieldErrors): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [choices, whole] = await Promise.all([readChoices(c), readWhole(deps.db, visitor)]);
  const frame = frameOf(view, visitor, whole);
  return pageAnswer(
    <NewApiKeyPage view={view} frame={frame} caller={visitor.caller} choices={choices} form={form} errors={errors} />,
    errors.length > 0 ? 422 : 200,
  );
}

async function shownAnswer(c: KeyContext, text: string, former?: number | null): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const frame = frameOf(view, visitor, await readWhole(deps.db, visitor));
  const until = former === undefined ? {} : { former };
  return pageAnswer(<ShownKeyPage view={view} frame={frame} caller={visitor.caller} text={text} {...until} />);
}

async function oneAnswer(c: KeyContext, Page: typeof RevokeKeyPage): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, whole] = await Promise.all([readApiKey(deps.db, targetOf(c)), readWhole(deps.db, visitor)]);
  if (!found.ok) return noKey(c);
  const frame = frameOf(view, visitor, whole);
  return pageAnswer(<Page view={view} frame={frame} caller={visitor.caller} apiKey={found.value} />);
}

async function readChoices(c: KeyContext) {
  const { deps, visitor } = c.var;
  const { caller } = visitor;
  const within = withinOf(c);
  const [campaigns, sources] = await Promise.all([
    may(caller, "campaigns:read") ? listCampaigns(deps.db, { ...within, archived: false, limit: MOST }) : [],
    may(caller, "sources:read") ? listSources(deps.db, { ...within, limit: MOST }) : [],
  ]);
  return { campaigns, sources };
}

function withinOf(c: KeyContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach };
}

function targetOf(c: KeyContext) {
  return { ...withinOf(c), id: c.req.param("id") ?? "" };
}

/** A refusal beside the field of the form that it is about. */
function fieldsOf(c: KeyContext, error: DomainError): FieldErrors {
  const fields: Record<string, string> = { campaign_id: "campaign", source_id: "source", expires_at: "end" };
  const refused = refusedFields(error, c.var.view.language, "rights");
  return refused.map(({ field, message }) => ({ field: fields[field] ?? field, message }));
}

function refusal(c: KeyContext, error: DomainError): Promise<Response> {
  return error.kind === "not_found" ? noKey(c) : refusedAnswer(c.var.view, refusalText(error, c.var.view.language));
}

function noKey(c: KeyContext): Promise<Response> {
  const { gone: title, goneText: text, back: link } = wordsOf(apiKeyWords, c.var.view.language);
  return messageAnswer(c.var.view, 404, { title, text, link, href: API_KEYS });
}
