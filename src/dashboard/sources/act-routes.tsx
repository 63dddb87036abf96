import { Hono, type Context } from "hono";
import { listCampaigns } from "../../campaigns";
import { may } from "../../identity";
import { platformOf } from "../../platforms";
import {
  deleteSource,
  hasPreviousSecret,
  readSource,
  retirePreviousSecret,
  rotateSecret,
  updateSource,
  type SourceChanges,
  type SourceView,
} from "../../sources";
import { differing } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import { AskPage } from "../ask-page";
import { actOf, writingDeps, type DashboardEnv } from "../deps";
import { failureAnswer, fieldErrorsFrom, needs, ownForm, seenOf, type Fields } from "../forms";
import { credentialNames } from "./new-form";
import { MOST_CAMPAIGNS, sourceProps } from "./props";
import { NOTHING_SHOWN, SourceConnection, SourcePage, SourceSettingsPage, type SettingsFilled } from "./source-page";

type PageContext = Context<DashboardEnv>;

/** What a person does with one source. */
export function sourceActRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.post("/sources/:id/pause", (c) => setState(c, "paused"));
  routes.post("/sources/:id/resume", (c) => setState(c, "active"));

  routes.get("/sources/:id/settings", needs("sources:write"), async (c) => {
    const current = await readSource(c.var.deps.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    const fields = fieldsOf(current.value);
    return settingsPage(c, { fields, errors: [], differences: [], seen: await seenOf(fields) });
  });

  routes.post("/sources/:id/settings", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const current = await readSource(c.var.plain.db, targetOf(c));
    if (!current.ok) return failureAnswer(c, current.error);
    const words = wordsOf(sourceWords, c.var.view.language);
    const stored = fieldsOf(current.value);
    const fields = { name: form.text("name").trim().slice(0, 200), campaign: form.text("campaign") };
    const seen = await seenOf(stored);
    if (form.text("seen") !== seen) {
      const { organizationId, reach } = c.var.visitor.caller;
      const known = await listCampaigns(c.var.deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS });
      const names = new Map(known.map(({ id, name }) => [id, name]));
      const called = (id: string) => names.get(id) ?? id;
      const differences = differing([
        { label: words.name, stored: stored.name, entered: fields.name },
        { label: words.campaign, stored: called(stored.campaign), entered: called(fields.campaign) },
      ]);
      return settingsPage(c, { fields, errors: [], differences, seen }, 409);
    }
    if (fields.name === "")
      return settingsPage(
        c,
        { fields, errors: [{ field: "name", message: words.nameMissing }], differences: [], seen },
        422,
      );
    const changes = { name: fields.name, campaignId: fields.campaign || null, ...credentialsIn(form, current.value) };
    const updated = await updateSource(writingDeps(c), platformOf, targetOf(c), changes, actOf(c));
    if (updated.ok) return c.redirect(`${baseOf(c)}/settings?done=saved`, 303);
    return settingsPage(
      c,
      { fields, errors: fieldErrorsFrom(c.var.view, updated.error, "name"), differences: [], seen },
      422,
    );
  });

  routes.get("/sources/:id/delete", needs("sources:write"), async (c) => {
    const props = await sourceProps(c, c.req.param("id") ?? "");
    if (props instanceof Response) return props;
    const words = wordsOf(sourceWords, c.var.view.language);
    const back = { href: `${baseOf(c)}/settings`, title: words.cancel };
    return pageAnswer(
      <AskPage {...props} current="sources" title={words.removeTitle} back={back} go={words.remove} danger>
        <p dir="auto">{words.removeText(props.written.source.name)}</p>
      </AskPage>,
    );
  });

  routes.post("/sources/:id/delete", async (c) => {
    const form = await ownForm(c, "sources:write");
    if (form instanceof Response) return form;
    const deleted = await deleteSource(writingDeps(c), targetOf(c), actOf(c));
    return deleted.ok ? c.redirect("/dashboard/sources", 303) : failureAnswer(c, deleted.error);
  });

  routes.post("/sources/:id/rotate", async (c) => {
    const form = await ownForm(c, "secrets:write");
    if (form instanceof Response) return form;
    const secret = form.text("secret").trim() || undefined;
    const wanted = { secret, keepPrevious: true };
    const rotated = await rotateSecret(writingDeps(c), platformOf, targetOf(c), wanted, actOf(c));
    if (!rotated.ok) return failureAnswer(c, rotated.error);
    if (secret !== undefined) return c.redirect(`${baseOf(c)}/settings?done=saved`, 303);
    const props = await sourceProps(c, c.req.param("id"));
    if (props instanceof Response) return props;
    const shown = { ...NOTHING_SHOWN, secret: rotated.value.secret };
    return pageAnswer(
      <SourcePage {...props} tab="">
        <SourceConnection {...props} {...shown} csrf={props.frame.csrf} />
      </SourcePage>,
    );
  });

  routes.get("/sources/:id/retire", needs("secrets:write"), async (c) => {
    const [props, hasOld] = await Promise.all([
      sourceProps(c, c.req.param("id") ?? ""),
      hasPreviousSecret(secretDeps(c), targetOf(c)),
    ]);
    if (props instanceof Response) return props;
    const words = wordsOf(sourceWords, c.var.view.language);
    const back = { href: `${baseOf(c)}/settings`, title: words.cancel };
    return pageAnswer(
      <AskPage
        {...props}
        current="sources"
        title={words.retireTitle}
        back={back}
        go={hasOld ? words.retire : null}
        danger
      >
        <p>{hasOld ? words.retireText : words.noOldSecret}</p>
      </AskPage>,
    );
  });

  routes.post("/sources/:id/retire", async (c) => {
    const form = await ownForm(c, "secrets:write");
    if (form instanceof Response) return form;
    const retired = await retirePreviousSecret(writingDeps(c), targetOf(c), actOf(c));
    return retired.ok ? c.redirect(`${baseOf(c)}/settings?done=retired`, 303) : failureAnswer(c, retired.error);
  });

  return routes;
}

async function setState(c: PageContext, state: "active" | "paused"): Promise<Response> {
  const form = await ownForm(c, "sources:write");
  if (form instanceof Response) return form;
  const updated = await updateSource(writingDeps(c), platformOf, targetOf(c), { state }, actOf(c));
  if (!updated.ok) return failureAnswer(c, updated.error);
  return c.redirect(`${baseOf(c)}?done=${state === "paused" ? "paused" : "resumed"}`, 303);
}

/** Credentials are replaced as a whole, where any is given. */
function credentialsIn(form: Fields, source: SourceView): Pick<SourceChanges, "credentials"> {
  const platform = platformOf(source.kind);
  const given = (platform ? credentialNames(platform) : [])
    .map((name) => [name, form.text(`credentials.${name}`).trim()] as const)
    .filter(([, value]) => value !== "");
  return given.length === 0 ? {} : { credentials: Object.fromEntries(given) };
}

async function settingsPage(
  c: PageContext,
  filled: Omit<SettingsFilled, "campaigns" | "hasOldSecret">,
  status = 200,
): Promise<Response> {
  const { organizationId, reach } = c.var.visitor.caller;
  const [props, campaigns, hasOldSecret] = await Promise.all([
    sourceProps(c, c.req.param("id") ?? ""),
    listCampaigns(c.var.deps.db, { organizationId, reach, limit: MOST_CAMPAIGNS }),
    may(c.var.visitor.caller, "secrets:write") && hasPreviousSecret(secretDeps(c), targetOf(c)),
  ]);
  if (props instanceof Response) return props;
  return pageAnswer(
    <SourceSettingsPage {...props} {...filled} campaigns={campaigns} hasOldSecret={hasOldSecret} />,
    status,
  );
}

function secretDeps({ var: { deps } }: PageContext) {
  return { db: deps.db, masterKeys: deps.config.masterKeys };
}

function fieldsOf({ name, campaignId }: SourceView): { name: string; campaign: string } {
  return { name, campaign: campaignId ?? "" };
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}

function baseOf(c: PageContext): string {
  return `/dashboard/sources/${c.req.param("id") ?? ""}`;
}
