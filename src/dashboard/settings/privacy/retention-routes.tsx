import { Hono } from "hono";
import { isLimited, may, type Caller } from "../../../identity";
import { readRetention, type Retention } from "../../../privacy";
import { Button } from "../../../ui/components/button";
import { FormErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale } from "../../../ui/components/stale";
import { Toast } from "../../../ui/components/toast";
import type { Frame } from "../../../ui/layout/framed";
import { pageAnswer } from "../../../ui/layout/page";
import { wordsOf } from "../../../ui/strings/define";
import { retentionWords } from "../../../ui/strings/retention";
import type { View } from "../../../ui/view";
import type { DashboardEnv, PageContext } from "../../deps";
import { ownForm } from "../../forms";
import { frameOf, readWhole } from "../../frame";
import { clockFieldsOf } from "../../retention/form";
import { ClockFormFields, ClockNote, ClockSentences } from "../../retention/parts";
import { seenOfClocks, takeClocks, type Shown } from "../../retention/save";
import { SettingsPage } from "../frame";
import { PRIVACY } from "./address";

const HERE = "/settings/privacy/retention";
const AT = `${PRIVACY}/retention`;

/** `/dashboard/settings/privacy/retention`: the clocks of the organization. */
export function retentionRoutes() {
  const routes = new Hono<DashboardEnv>();

  routes.get(HERE, (c) => show(c));

  routes.post(HERE, async (c) => {
    const form = await ownForm(c, "privacy:write");
    if (form instanceof Response) return form;
    return takeClocks(c, form, {
      campaignId: null,
      at: AT,
      current: "settings",
      askTitle: wordsOf(retentionWords, c.var.view.language).askTitle,
      show: (shown, status) => show(c, shown, status),
    });
  });

  return routes;
}

async function show(c: PageContext, shown: Shown = {}, status: 200 | 409 | 422 = 200): Promise<Response> {
  const { deps, view, visitor } = c.var;
  const [retention, whole] = await Promise.all([
    readRetention(deps.db, visitor.caller.organizationId),
    readWhole(deps.db, visitor),
  ]);
  const props = {
    view,
    frame: frameOf(view, visitor, whole),
    caller: visitor.caller,
    retention,
    seen: await seenOfClocks(retention, null),
    isSaved: c.req.query("done") === "retention",
  };
  return pageAnswer(<RetentionPage {...props} {...shown} />, status);
}

type Props = Omit<Shown, "seen"> & {
  view: View;
  frame: Frame;
  caller: Caller;
  retention: Retention;
  seen: string;
  isSaved: boolean;
};

function RetentionPage({
  view,
  frame,
  caller,
  retention,
  seen,
  isSaved,
  fields,
  errors = [],
  differences = [],
}: Props) {
  const words = wordsOf(retentionWords, view.language);
  const { organization } = retention;
  const mayChange = may(caller, "privacy:write") && !isLimited(caller.reach);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="privacy"
      title={words.wholeTitle}
      state={words.wholeState}
      toast={isSaved && <Toast>{words.saved}</Toast>}
    >
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <ClocksPanel view={view} organization={organization} />
      {mayChange ? (
        <Panel title={words.change}>
          <form method="post" action={AT} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={seen} />
            <ClockFormFields
              view={view}
              words={words}
              fields={fields ?? clockFieldsOf(organization, false)}
              errors={errors}
              isCampaign={false}
            />
            <div class="actions">
              <Button kind="main">{words.check}</Button>
            </div>
          </form>
        </Panel>
      ) : (
        <p>{words.onlyWhole}</p>
      )}
    </SettingsPage>
  );
}

/** What the clocks of the organization say. */
export function ClocksPanel(props: { view: View; organization: Retention["organization"]; aside?: string }) {
  const { view, organization, aside } = props;
  const words = wordsOf(retentionWords, view.language);
  return (
    <Panel
      title={words.title}
      id="retention"
      {...(aside !== undefined && { aside: <a href={aside}>{words.change}</a> })}
    >
      <ClockSentences view={view} words={words} organization={organization} own={undefined} />
      <ClockNote view={view} words={words} />
    </Panel>
  );
}
