import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../campaigns";
import { may, type Caller } from "../../identity";
import { Button } from "../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../ui/components/form";
import { Facts, Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Tabs } from "../../ui/components/tabs";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { actionWords } from "../../ui/strings/actions";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf } from "../../ui/strings/define";
import { processingWords } from "../../ui/strings/processing";
import { redactionWords } from "../../ui/strings/redaction";
import { retentionWords } from "../../ui/strings/retention";
import { reviewingWords } from "../../ui/strings/reviewing";
import type { View } from "../../ui/view";
import { CampaignFormFields } from "./fields";
import { saidOf, type CampaignFields } from "./form";
import { OnlyReads } from "./only-reads";

export type CampaignPageProps = { view: View; frame: Frame; caller: Caller; campaign: CampaignRow; done: string };

/** Around every page of one campaign: its number, which people type into phone systems, is in the head. */
export function CampaignPage(
  props: CampaignPageProps & {
    tab: "" | "/sources" | "/processing" | "/reviewing" | "/retention" | "/redaction" | "/actions";
    children?: Child;
  },
) {
  const { view, frame, caller, campaign, done, tab, children } = props;
  const words = wordsOf(campaignWords, view.language);
  const base = `/dashboard/campaigns/${campaign.id}`;
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={campaign.name}
      current="campaigns"
      toast={<Done {...props} done={done} />}
    >
      <PageHead
        title={
          <>
            <bdi>{campaign.name}</bdi> <span class="second light">{words.campaignId(String(campaign.number))}</span>
          </>
        }
        state={campaign.archivedAt === null ? words.about : words.archivedText}
      />
      <Tabs
        label={words.tabs}
        current={`${base}${tab}`}
        tabs={[
          { href: base, title: words.configuration },
          ...(may(caller, "sources:read") ? [{ href: `${base}/sources`, title: words.audioSources }] : []),
          { href: `${base}/processing`, title: wordsOf(processingWords, view.language).tab },
          { href: `${base}/reviewing`, title: wordsOf(reviewingWords, view.language).tab },
          { href: `${base}/redaction`, title: wordsOf(redactionWords, view.language).tab },
          ...(may(caller, "privacy:read")
            ? [{ href: `${base}/retention`, title: wordsOf(retentionWords, view.language).tab }]
            : []),
          { href: `${base}/actions`, title: wordsOf(actionWords, view.language).tab },
          ...(may(caller, "calls:read")
            ? [{ href: `/dashboard/calls?campaign=${campaign.id}`, title: words.calls }]
            : []),
        ]}
      />
      {children}
    </FramedPage>
  );
}

function Done({ view, frame, campaign, done }: CampaignPageProps) {
  const words = wordsOf(campaignWords, view.language);
  const texts: Record<string, string> = {
    saved: words.saved,
    created: words.created,
    restored: words.isRestored,
    archived: words.isArchived,
    ruled: wordsOf(processingWords, view.language).saved,
    reviewing: wordsOf(reviewingWords, view.language).saved,
    retention: wordsOf(retentionWords, view.language).saved,
    acting: wordsOf(actionWords, view.language).saved,
    redaction: wordsOf(redactionWords, view.language).saved,
  };
  if (!Object.hasOwn(texts, done)) return null;
  return (
    <Toast>
      {texts[done]}
      {done === "archived" && campaign.archivedAt !== null && (
        <form method="post" action={`/dashboard/campaigns/${campaign.id}/restore`}>
          <input type="hidden" name="csrf" value={frame.csrf} />
          <Button small icon="undo">
            {words.undo}
          </Button>
        </form>
      )}
    </Toast>
  );
}

type Filled = {
  fields: CampaignFields;
  known: readonly string[];
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
};

/** Name and analysis, and the archive. */
export function CampaignSettingsPage(props: CampaignPageProps & Filled) {
  const { view, frame, caller, campaign, fields, known, errors, differences, seen } = props;
  const words = wordsOf(campaignWords, view.language);
  const base = `/dashboard/campaigns/${campaign.id}`;
  const isArchived = campaign.archivedAt !== null;
  return (
    <CampaignPage {...props} tab="">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <Panel title={words.configuration}>
        {may(caller, "campaigns:write") ? (
          <>
            <form method="post" action={base} class="form">
              <input type="hidden" name="csrf" value={frame.csrf} />
              <input type="hidden" name="seen" value={seen} />
              <CampaignFormFields view={view} fields={fields} errors={errors} known={known} />
              <div class="actions">
                <Button kind="main">{words.save}</Button>
              </div>
            </form>
            <form method="post" action={`${base}/${isArchived ? "restore" : "archive"}`} class="actions spaced">
              <input type="hidden" name="csrf" value={frame.csrf} />
              <Button>{isArchived ? words.restore : words.archive}</Button>
            </form>
          </>
        ) : (
          <>
            <OnlyReads view={view} caller={caller} needs="campaigns:write" />
            <div class="spaced">
              <Facts
                facts={saidOf(fields, words).map(([label, text]) => [
                  label,
                  <span class="plain-text" dir="auto">
                    {text === "" ? "–" : text}
                  </span>,
                ])}
              />
            </div>
          </>
        )}
      </Panel>
    </CampaignPage>
  );
}

/** A new campaign: saved before anything is connected to it. */
export function NewCampaignPage(props: {
  view: View;
  frame: Frame;
  fields: CampaignFields;
  known: readonly string[];
  errors: FieldErrors;
  once: string;
}) {
  const { view, frame, fields, known, errors, once } = props;
  const words = wordsOf(campaignWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.newTitle} current="campaigns">
      <PageHead title={words.newTitle} state={words.newText} />
      <FormErrors view={view} errors={errors} />
      <Panel>
        <form method="post" action="/dashboard/campaigns" class="form">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="once" value={once} />
          <CampaignFormFields view={view} fields={fields} errors={errors} known={known} />
          <div class="actions">
            <Button kind="main">{words.saveAndConnect}</Button>
          </div>
        </form>
      </Panel>
    </FramedPage>
  );
}
