import { Hono, type Context } from "hono";
import { listCampaigns } from "../../campaigns";
import { invalid, type DomainError } from "../../errors";
import { createApiKey, keyOfForm, may } from "../../identity";
import { err, ok, type Result } from "../../lib/result";
import { isPlatformKind, PLATFORMS } from "../../platforms";
import {
  createSource,
  eachCallNamesCampaign,
  judgeSources,
  listSources,
  readSource,
  readSourceHealth,
  storagesOfSources,
} from "../../sources";
import { pageAnswer } from "../../ui/layout/page";
import { PAGE_HEADERS } from "../../ui/security";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, idOfForm, needs, newOnce, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { sourceActRoutes } from "./act-routes";
import { Arrivals } from "./arrivals";
import { connectionPage } from "./connection-page";
import { SourceListPage } from "./list-page";
import { chosenIn, emptySource, filledIn, proofIn } from "./filled-in";
import { NewSourcePage, type NewSourceFilled } from "./new-page";
import { mayMakeKey, MOST_CAMPAIGNS, originOf, sourceProps } from "./props";
import { readSourceParts } from "./read";
import { sourceSampleRoutes } from "./sample-routes";
import { NOTHING_SHOWN, SourceHealthPage } from "./source-page";

type PageContext = Context<DashboardEnv>;
const PAGE = 50;
const HOURS = 24;

/** `/dashboard/sources` */
export function sourceRoutes() {
  const routes = new Hono<DashboardEnv>();

  for (const path of ["/sources", "/sources/*"]) routes.use(path, needs("sources:read"));

  routes.get("/sources", async (c) => {
    const { deps, view, visitor } = c.var;
    const { organizationId, reach } = visitor.caller;
    const after = /^\w{1,100}$/.exec(c.req.query("after") ?? "")?.[0];
    const [found, campaigns, whole] = await Promise.all([
      listSources(deps.db, { organizationId, reach, limit: PAGE + 1, ...(after ? { after: { id: after } } : {}) }),
      listCampaigns(deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
      readWhole(deps.db, visitor),
    ]);
    const rows = found.slice(0, PAGE);
    const [verdicts, storages] = await Promise.all([
      judgeSources(deps.db, organizationId, rows, view.now),
      storagesOfSources(
        deps.db,
        organizationId,
        rows.map(({ id }) => id),
      ),
    ]);
    const named = new Map(campaigns.map((one) => [one.id, one]));
    const last = found.length > PAGE ? rows.at(-1) : undefined;
    return pageAnswer(
      <SourceListPage
        view={view}
        frame={frameOf(view, visitor, whole)}
        rows={rows.map((source) => ({
          source,
          verdict: verdicts.get(source.id),
          storage: storages.get(source.id),
          campaign: source.campaignId === null ? undefined : named.get(source.campaignId),
        }))}
        mayConnect={may(visitor.caller, "sources:write")}
        firstHref={after ? "/dashboard/sources" : undefined}
        nextHref={last && `/dashboard/sources?after=${last.id}`}
      />,
    );
  });

  routes.get("/sources/new", needs("sources:write"), (c) => {
    const kind = c.req.query("kind") ?? "";
    return newPage(c, { kind: isPlatformKind(kind) ? kind : null, fields: null, errors: [], once: newOnce() });
  });

  routes.post("/sources", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const { view, visitor } = c.var;
    const words = wordsOf(sourceWords, view.language);
    const once = form.text("once");
    const chosen = chosenIn(form, mayMakeKey(c));
    // Another platform: what is wrong so far is said when the source is made.
    if (chosen) return newPage(c, { ...chosen, errors: [], once });
    const kind = form.text("choose") || form.text("kind");
    if (!isPlatformKind(kind)) return failureAnswer(c, { kind: "not_found", what: "platform" });
    const fields = filledIn(form, kind, mayMakeKey(c));
    const { organizationId, reach } = visitor.caller;
    const id = await idOfForm("src", organizationId, once);
    const input = {
      organizationId,
      reach,
      id,
      name: fields.name.slice(0, 200),
      // Where each call names its campaign, it is only shown in the body.
      campaignId: fields.campaign === "" || eachCallNamesCampaign(PLATFORMS[kind]) ? null : fields.campaign,
      ...proofIn(fields, kind),
    };
    const made =
      fields.name === ""
        ? err(invalid("name", words.nameMissing))
        : await createSource(writingDeps(c), PLATFORMS[kind], input, actOf(c));
    const shown = eachCallNamesCampaign(PLATFORMS[kind]) ? fields.campaign : "";
    const isMade = made.ok || made.error.kind === "conflict";
    if (isMade && form.text("key") === "make" && mayMakeKey(c)) {
      // The first source of a platform has an id of its own.
      const sourceId = made.ok ? made.value.source.id : id;
      const key = await makeKey(c, { id: sourceId, name: fields.name }, once);
      if (key.ok) return connectionPage(c, sourceId, { ...NOTHING_SHOWN, key: key.value }, { campaign: shown });
    }
    const named = shown === "" ? "" : `&campaign=${encodeURIComponent(shown)}`;
    if (!made.ok && isMade) return c.redirect(`/dashboard/sources/${id}?done=made${named}`, 303);
    if (!made.ok) {
      const errors =
        fields.name === ""
          ? [{ field: "name", message: words.nameMissing }]
          : fieldErrorsFrom(view, made.error, "name").map((one) =>
              one.field === "campaign_id" ? { ...one, field: "campaign" } : one,
            );
      return newPage(c, { kind, fields, errors, once });
    }
    const { source, secret } = made.value;
    if (secret !== null && fields.secret === "") return connectionPage(c, source.id, { ...NOTHING_SHOWN, secret });
    const back = /^[\w-]{1,100}$/.test(fields.back) ? fields.back : null;
    return c.redirect(
      back === null
        ? `/dashboard/sources/${source.id}?done=made${named}`
        : `/dashboard/campaigns/${back}/sources?source=${source.id}`,
      303,
    );
  });

  routes.get("/sources/:id", (c) => connectionPage(c, c.req.param("id"), NOTHING_SHOWN));

  routes.get("/sources/:id/arrivals", async (c) => {
    const parts = await readSourceParts(c.var.deps, c.var.visitor.caller, { id: c.req.param("id") }, originOf(c));
    if (!parts.ok) return failureAnswer(c, parts.error);
    const { written, arrived } = parts.value;
    const fragment = (
      <Arrivals
        view={c.var.view}
        caller={c.var.visitor.caller}
        source={written.source}
        verdict={arrived.verdict}
        arrived={arrived.rows}
      />
    );
    return new Response(String(await fragment), { headers: PAGE_HEADERS });
  });

  routes.get("/sources/:id/health", async (c) => {
    const props = await sourceProps(c, c.req.param("id"));
    if (props instanceof Response) return props;
    const health = await readSourceHealth(c.var.deps.db, props.written.source, HOURS, c.var.view.now);
    return pageAnswer(<SourceHealthPage {...props} health={health} />);
  });

  routes.post("/sources/:id/key", async (c) => {
    const form = await ownForm(c, "keys:write");
    if (form instanceof Response) return form;
    const { organizationId, reach } = c.var.visitor.caller;
    const target = { organizationId, reach, id: c.req.param("id") };
    const source = await readSource(c.var.plain.db, target);
    if (!source.ok) return failureAnswer(c, source.error);
    const key = await makeKey(c, source.value, form.text("once"));
    return key.ok ? connectionPage(c, target.id, { ...NOTHING_SHOWN, key: key.value }) : failureAnswer(c, key.error);
  });

  routes.route("/", sourceSampleRoutes());
  routes.route("/", sourceActRoutes());
  return routes;
}

/** An API key for what a source sends. The same form gives the same key. */
async function makeKey(
  c: PageContext,
  { id, name: of }: { id: string; name: string },
  once: string,
): Promise<Result<string, DomainError>> {
  const { visitor, view, plain } = c.var;
  const { organizationId } = visitor.caller;
  const name = wordsOf(sourceWords, view.language).keyFor(of).slice(0, 200);
  const text = await keyOfForm(plain.config.masterKeys, once, [organizationId, id]);
  const rights = { name, organizationId, scopes: ["notices:write", "uploads:write"], campaignId: null, text };
  const made = await createApiKey(writingDeps(c), rights, visitor.caller, actOf(c));
  return made.ok ? ok(made.value.key) : made;
}

/** The page of a new source. `fields`: null for a form that nothing was filled in on. */
async function newPage(
  c: PageContext,
  { fields, ...filled }: Omit<NewSourceFilled, "fields"> & { fields: NewSourceFilled["fields"] | null },
): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const { organizationId, reach } = visitor.caller;
  const [campaigns, whole] = await Promise.all([
    listCampaigns(deps.db, { organizationId, reach, archived: false, limit: MOST_CAMPAIGNS }),
    readWhole(deps.db, visitor),
  ]);
  const only = campaigns.length === 1 ? (campaigns[0]?.id ?? "") : "";
  return pageAnswer(
    <NewSourcePage
      view={view}
      frame={frameOf(view, visitor, whole)}
      campaigns={campaigns}
      mayMakeKey={mayMakeKey(c)}
      {...filled}
      fields={fields ?? emptySource({ campaign: only })}
    />,
    filled.errors.length > 0 ? 422 : 200,
  );
}
