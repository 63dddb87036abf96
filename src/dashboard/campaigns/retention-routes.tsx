import { Hono } from "hono";
import { readCampaign } from "../../campaigns";
import { isLimited, may } from "../../identity";
import { readRetention, type Retention } from "../../privacy";
import { Button } from "../../ui/components/button";
import { FormErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale } from "../../ui/components/stale";
import { pageAnswer } from "../../ui/layout/page";
import { wordsOf } from "../../ui/strings/define";
import { retentionWords } from "../../ui/strings/retention";
import type { DashboardEnv, PageContext } from "../deps";
import { failureAnswer, needs, ownForm } from "../forms";
import { frameOf, readWhole } from "../frame";
import { clockFieldsOf } from "../retention/form";
import { ClockFormFields, ClockNote, ClockSentences } from "../retention/parts";
import { seenOfClocks, takeClocks, type Shown } from "../retention/save";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";

/** `/dashboard/campaigns/{id}/retention` */
export function campaignRetentionRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get("/campaigns/:id/retention", needs("privacy:read"), (c) => show(c));

  routes.post("/campaigns/:id/retention", async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    const found = await readCampaign(c.var.plain.db, targetOf(c));
    if (!found.ok) return failureAnswer(c, found.error);
    const { id, name } = found.value;
    return takeClocks(c, form, {
      campaignId: id,
      at: `/dashboard/campaigns/${id}/retention`,
      current: "campaigns",
      askTitle: wordsOf(retentionWords, c.var.view.language).askTitleOf(name),
      show: (shown, status) => show(c, shown, status),
    });
  });

  return routes;
}

async function show(c: PageContext, shown: Shown = {}, status: 200 | 409 | 422 = 200): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [found, retention, whole] = await Promise.all([
    readCampaign(deps.db, targetOf(c)),
    readRetention(deps.db, visitor.caller.organizationId),
    readWhole(deps.db, visitor),
  ]);
  if (!found.ok) return failureAnswer(c, found.error);
  const props: CampaignPageProps = {
    view,
    frame: frameOf(view, visitor, whole),
    caller: visitor.caller,
    campaign: found.value,
    done: c.req.query("done") ?? "",
  };
  const { seen = await seenOfClocks(retention, found.value.id), ...rest } = shown;
  return pageAnswer(<RetentionPage {...props} {...rest} retention={retention} seen={seen} />, status);
}

/** How long what is kept of a campaign's calls is kept: as sentences, and as a form. */
function RetentionPage(props: CampaignPageProps & Omit<Shown, "seen"> & { retention: Retention; seen: string }) {
  const { view, frame, caller, campaign, retention, seen, errors = [], differences = [] } = props;
  const words = wordsOf(retentionWords, view.language);
  const own = retention.campaigns.get(campaign.id) ?? {};
  const mayChange = may(caller, "privacy:write") && !isLimited(caller.reach);
  return (
    <CampaignPage {...props} tab="/retention">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <Panel title={words.title}>
        <ClockSentences view={view} words={words} organization={retention.organization} own={own} />
        <ClockNote view={view} words={words} />
        {!mayChange && <p>{words.onlyWhole}</p>}
      </Panel>
      {mayChange && (
        <Panel title={words.change}>
          <form method="post" action={`/dashboard/campaigns/${campaign.id}/retention`} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={seen} />
            <ClockFormFields
              view={view}
              words={words}
              fields={props.fields ?? clockFieldsOf(own, true)}
              errors={errors}
              isCampaign
            />
            <div class="actions">
              <Button kind="main">{words.check}</Button>
            </div>
          </form>
        </Panel>
      )}
    </CampaignPage>
  );
}

function targetOf(c: PageContext) {
  const { organizationId, reach } = c.var.visitor.caller;
  return { organizationId, reach, id: c.req.param("id") ?? "" };
}
