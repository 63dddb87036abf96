import type { Child } from "hono/jsx";
import { MICROS } from "../../analysis";
import type { Estimate } from "../../bulk";
import type { CampaignRow } from "../../campaigns";
import { CLOSE_REASONS, FALSE_ALARM_REASONS } from "../../quality";
import { Button, ButtonLink } from "../../ui/components/button";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import type { View } from "../../ui/view";
import { amountsIn } from "../settings/usage/amounts";
import { backWords, type BulkWords } from "./job-words";
import { engineName, engineValue } from "./asked-engine";
import { UNASSIGNED } from "./request";
import { fieldsOf, type Selected } from "./selected";

type Props = {
  view: View;
  frame: Frame;
  selected: Selected;
  /** How many calls it is, as shown. */
  count: string;
  formId: string;
  /** Null: this person may not do that. */
  campaigns: readonly CampaignRow[] | null;
  webhooks: readonly { id: string; name: string }[] | null;
  /** All that can be done, and not only to have the calls heard again. */
  isOfAll: boolean;
  mayTag: boolean;
  /** Whether they may move calls out of every campaign. */
  mayMoveBack: boolean;
  /** What it costs to have each engine hear their recordings again; null where this person may not ask for that. */
  estimate: Estimate | null;
  mayErase: boolean;
  mayClose: boolean;
  /** Whether they may see to alerts. */
  maySeeTo: boolean;
  refused?: { tags: string; errors: FieldErrors };
};

/** What can be done to the chosen calls. Every button names how many it changes, and nothing is done before. */
export function AskBulkPage(props: Props) {
  const {
    view,
    frame,
    selected,
    count,
    campaigns,
    webhooks,
    isOfAll,
    mayTag,
    mayMoveBack,
    estimate,
    mayErase,
    mayClose,
    maySeeTo,
    refused,
  } = props;
  const words = wordsOf(bulkWords, view.language);
  const title = isOfAll ? words.title(count) : words.again;
  return (
    <FramedPage view={view} frame={frame} title={title} current="calls">
      <PageHead
        title={title}
        state={"ids" in selected ? words.ofSelection : words.ofFilter}
        actions={
          <>
            <ButtonLink href="/dashboard/jobs">{words.earlier}</ButtonLink>
            <ButtonLink href={selected.back}>{backWords(words, selected.back)}</ButtonLink>
          </>
        }
      />
      <FormErrors view={view} errors={refused?.errors ?? []} />
      <div class="columns even">
        {mayTag && (
          <Act {...props} title={words.tags}>
            <TextField
              view={view}
              name="tags"
              label={words.tagField}
              hint={words.tagHint}
              value={refused?.tags ?? ""}
              errors={refused?.errors ?? []}
              maxlength={2000}
            />
            <div class="actions">
              <Button name="action" value="untag">
                {words.take(count)}
              </Button>
              <Button name="action" value="tag" kind="main">
                {words.add(count)}
              </Button>
            </div>
          </Act>
        )}
        {campaigns && campaigns.length > 0 && (
          <Act {...props} title={words.campaign}>
            <SelectField
              view={view}
              name="campaign"
              label={words.moveTo}
              hint={words.moveHint}
              options={[
                ...campaigns.map(({ id, name, number }) => [id, `${name} #${number}`] as const),
                ...(mayMoveBack ? [[UNASSIGNED, words.moveBack] as const] : []),
              ]}
            />
            <div class="actions">
              <Button name="action" value="move" kind="main">
                {words.move(count)}
              </Button>
            </div>
          </Act>
        )}
        {webhooks && <Replay {...props} words={words} webhooks={webhooks} />}
        {estimate && <Analyse {...props} words={words} estimate={estimate} />}
        {maySeeTo && <Alerts {...props} words={words} />}
        {mayClose && <Close {...props} words={words} />}
        {mayErase && (
          <Act {...props} title={words.erasing}>
            <p>{words.eraseHint}</p>
            <div class="actions">
              <Button name="action" value="erase" kind="danger">
                {words.erase(count)}
              </Button>
            </div>
          </Act>
        )}
      </div>
    </FramedPage>
  );
}

/** What is decided of the alerts of these calls, and who sees to them. */
function Alerts(props: Props & { words: BulkWords }) {
  const { view, words, count } = props;
  const names = wordsOf(ruleWords, view.language);
  return (
    <Act {...props} title={names.title}>
      <SelectField
        view={view}
        name="reason"
        id="alert-reason"
        label={names.reason}
        hint={words.alertHint}
        options={FALSE_ALARM_REASONS.map((one) => [one, names[one]] as const)}
      />
      <div class="actions">
        <Button name="action" value="alert_false">
          {words.alertFalse(count)}
        </Button>
        <Button name="action" value="alert_confirmed" kind="main">
          {words.alertConfirm(count)}
        </Button>
      </div>
      <div class="actions">
        <Button name="action" value="alert_take">
          {words.alertTake(count)}
        </Button>
        <Button name="action" value="alert_give_back">
          {words.alertGiveBack(count)}
        </Button>
        <Button name="action" value="alert_open">
          {words.alertOpen(count)}
        </Button>
      </div>
    </Act>
  );
}

function Close(props: Props & { words: BulkWords }) {
  const { view, words, count, refused } = props;
  return (
    <Act {...props} title={words.review}>
      <SelectField
        view={view}
        name="reason"
        label={words.closeWhy}
        hint={words.closeHint}
        options={CLOSE_REASONS.map((one) => [one, words[one]] as const)}
      />
      <TextField view={view} name="note" label={words.note} errors={refused?.errors ?? []} maxlength={2000} optional />
      <div class="actions">
        <Button name="action" value="reopen">
          {words.reopen(count)}
        </Button>
        <Button name="action" value="close" kind="main">
          {words.close(count)}
        </Button>
      </div>
    </Act>
  );
}

function Replay(props: Props & { words: BulkWords; webhooks: NonNullable<Props["webhooks"]> }) {
  const { view, words, count, webhooks } = props;
  const named = webhooks.map(({ id, name }) => [id, name] as const);
  return (
    <Act {...props} title={words.events}>
      <SelectField
        view={view}
        name="endpoint"
        label={words.webhook}
        hint={words.replayHint}
        options={[["", words.everyWebhook], ...named]}
      />
      <div class="actions">
        <Button name="action" value="replay" kind="main">
          {words.replay(count)}
        </Button>
      </div>
    </Act>
  );
}

function Act(props: Props & { title: string; children?: Child }) {
  const { frame, selected, formId, title, children } = props;
  return (
    <Panel title={title}>
      <form class="form" method="post" action="/dashboard/calls/bulk">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="form" value={formId} />
        {Object.entries(fieldsOf(selected)).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {children}
      </form>
    </Panel>
  );
}

/** Has an engine hear them again. Each engine stands with what that is expected to cost. */
function Analyse(props: Props & { words: BulkWords; estimate: Estimate }) {
  const { view, count, words, estimate } = props;
  const { dollars } = amountsIn(view.language);
  const { number } = view.formats;
  const length = view.formats.length(estimate.soundMs / 1000);
  return (
    <Act {...props} title={words.analysis}>
      <p>
        {words.toHear(number(estimate.calls), length)} {estimate.more && words.toHearMore}
      </p>
      <SelectField
        view={view}
        name="engine"
        label={words.engine}
        hint={words.analyseHint}
        options={estimate.prices.map(
          (one) => [engineValue(one), words.costs(engineName(one), dollars(one.micros / MICROS))] as const,
        )}
      />
      <div class="actions">
        <Button name="action" value="analyse" kind="main">
          {words.analyse(count)}
        </Button>
      </div>
    </Act>
  );
}
