import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../campaigns";
import { may, type Caller } from "../../identity";
import type { TriedNotice } from "../../platforms";
import { eachCallNamesCampaign, standingOf, type HealthReport, type SourceGuide } from "../../sources";
import { Button, ButtonLink } from "../../ui/components/button";
import { FormErrors, SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Figure, Figures, Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Status } from "../../ui/components/status";
import { Tabs } from "../../ui/components/tabs";
import { adviceOn } from "../../ui/failures";
import { Toast } from "../../ui/components/toast";
import { Trouble } from "../../ui/components/trouble";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { platformTitle } from "./platform-title";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import { stateWords } from "../../ui/strings/state";
import type { View } from "../../ui/view";
import { Arrivals, OutcomeTag } from "./arrivals";
import { ConnectPanel } from "./connect-panel";
import { SOURCE_TONES, troubleOfSource } from "./list-page";
import { credentialNames } from "./new-form";
import type { Arrived } from "./read";
import { SamplePanel } from "./sample-panel";

export type SourcePageProps = {
  view: View;
  frame: Frame;
  caller: Caller;
  written: SourceGuide;
  arrived: Arrived;
  done: string;
};

type Tab = "" | "/health" | "/settings";

/** Around every page of one source. */
export function SourcePage(props: SourcePageProps & { tab: Tab; children?: Child }) {
  const { view, frame, caller, written, arrived, done, tab, children } = props;
  const words = wordsOf(sourceWords, view.language);
  const states = wordsOf(stateWords, view.language);
  const { source, platform } = written;
  const base = `/dashboard/sources/${source.id}`;
  const standing = arrived.verdict ? standingOf(arrived.verdict) : "never";
  const isPaused = source.state === "paused";
  // That nothing has come yet is what the page of a new source is about anyway.
  const trouble = standing === "never" || !arrived.verdict ? undefined : troubleOfSource(view, source, arrived.verdict);
  const toasts: Record<string, string> = {
    saved: words.saved,
    paused: words.pausedDone,
    resumed: words.resumedDone,
    made: words.made,
    retired: words.retired,
  };
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={source.name}
      current="sources"
      toast={Object.hasOwn(toasts, done) && <Toast>{toasts[done]}</Toast>}
    >
      <PageHead
        title={<span dir="auto">{source.name}</span>}
        state={
          <>
            <Status tone={SOURCE_TONES[standing]}>{states[standing]}</Status> ·{" "}
            {platformTitle(platform.kind, view.language)}
          </>
        }
        actions={
          may(caller, "sources:write") && (
            <form method="post" action={`${base}/${isPaused ? "resume" : "pause"}`}>
              <input type="hidden" name="csrf" value={frame.csrf} />
              <Button>{isPaused ? words.resume : words.pause}</Button>
            </form>
          )
        }
      />
      {trouble && <Trouble sentence={trouble.sentence} tone={trouble.tone} />}
      <Tabs
        label={words.tabs}
        current={`${base}${tab}`}
        tabs={[
          { href: base, title: words.connection },
          { href: `${base}/health`, title: words.health },
          ...(may(caller, "sources:write") ? [{ href: `${base}/settings`, title: words.settings }] : []),
        ]}
      />
      {children}
    </FramedPage>
  );
}

/** What a form of this page brought. `sample`: what stands in its field; "" for an example. `wrong`: why it was not sent. */
export type Shown = {
  key: string | null;
  secret: string | null;
  sample: string;
  tried: TriedNotice | null;
  wrong: FieldErrors;
};
export const NOTHING_SHOWN: Shown = { key: null, secret: null, sample: "", tried: null, wrong: [] };

/** How to connect it, and what came. Also within the page of a campaign, whose id `back` then is. */
export function SourceConnection(
  props: Pick<SourcePageProps, "view" | "caller" | "written" | "arrived" | "done"> &
    Shown & { csrf: string; back?: string },
) {
  const { view, csrf, caller, written, arrived, key, secret, sample, tried, wrong, back = "" } = props;
  const { source } = written;
  const mayMakeKey = may(caller, "keys:write") && caller.reach.campaigns === null && caller.reach.operators === null;
  return (
    <>
      <ConnectPanel {...{ view, csrf, written, key, secret, mayMakeKey }} />
      <Panel id="came">
        {props.done === "sampled" && (
          <p role="status">
            <Status tone="good">{wordsOf(sourceWords, view.language).sampled}</Status>
          </p>
        )}
        <Arrivals view={view} caller={caller} source={source} verdict={arrived.verdict} arrived={arrived.rows} />
      </Panel>
      {may(caller, "sources:write") && <SamplePanel {...{ view, csrf, caller, written, sample, tried, wrong, back }} />}
    </>
  );
}

/** The figures of the last day and why things were refused. */
export function SourceHealthPage(props: SourcePageProps & { health: HealthReport }) {
  const { view, health } = props;
  const words = wordsOf(sourceWords, view.language);
  const { number, percent } = view.formats;
  return (
    <SourcePage {...props} tab="/health">
      <Figures>
        <Figure name={words.accepted} value={number(health.counts.accepted)} note={words.lastDay} />
        <Figure name={words.outcomeQuarantined} value={number(health.counts.quarantined)} note={words.lastDay} />
        <Figure name={words.refused} value={number(health.counts.refused)} note={words.lastDay} />
        <Figure
          name={words.successRate}
          value={health.successRate === null ? "–" : percent(health.successRate)}
          note={words.lastDay}
        />
        <Figure
          name={words.last}
          value={
            health.lastNoticeAt === null ? words.never : <Moment view={view} at={health.lastNoticeAt} as="relative" />
          }
        />
      </Figures>
      <Panel title={words.reasons} aside={words.lastDay} flush>
        {health.reasons.length === 0 ? (
          <p class="empty">{words.noReasons}</p>
        ) : (
          <ul class="needs">
            {health.reasons.map(({ outcome, reason, requests, lastAt }) => (
              <li>
                <OutcomeTag words={words} outcome={outcome} />
                <div>
                  <b>
                    <code>{reason}</code> · {number(requests)}
                  </b>
                  <p class="second">{adviceOn("notice", reason, view.language)}</p>
                </div>
                <Moment view={view} at={lastAt} as="relative" />
                <ButtonLink
                  small
                  href={`/dashboard/inbound?source=${props.written.source.id}&outcome=${outcome}&reason=${encodeURIComponent(reason)}`}
                >
                  {words.openLog}
                </ButtonLink>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </SourcePage>
  );
}

export type SettingsFilled = {
  fields: { name: string; campaign: string };
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
  campaigns: readonly CampaignRow[];
  /** What an old secret signed is still taken. */
  hasOldSecret: boolean;
};

/** Name, campaign, access, secret, and the end of a source. */
export function SourceSettingsPage(props: SourcePageProps & SettingsFilled) {
  const { view, frame, caller, written, fields, errors, differences, seen, campaigns, hasOldSecret } = props;
  const words = wordsOf(sourceWords, view.language);
  const { source, platform } = written;
  const base = `/dashboard/sources/${source.id}`;
  const hidden = <input type="hidden" name="csrf" value={frame.csrf} />;
  return (
    <SourcePage {...props} tab="/settings">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <div class="halves">
        <Panel title={words.settings}>
          <form method="post" action={`${base}/settings`} class="form">
            {hidden}
            <input type="hidden" name="seen" value={seen} />
            <TextField view={view} name="name" label={words.name} value={fields.name} errors={errors} maxlength={200} />
            {!eachCallNamesCampaign(platform) && (
              <SelectField
                view={view}
                name="campaign"
                label={words.campaign}
                value={fields.campaign}
                errors={errors}
                options={[
                  ["", words.noCampaign],
                  ...campaigns
                    .filter(({ archivedAt, id }) => archivedAt === null || id === fields.campaign)
                    .map(({ id, name, number }) => [id, `${name} #${number}`] as const),
                ]}
              />
            )}
            {credentialNames(platform).length > 0 && (
              <details class="more">
                <summary>{words.credentials}</summary>
                <p class="hint">{words.credentialsText}</p>
                <div class="form">
                  {credentialNames(platform).map((name) => (
                    <TextField view={view} name={`credentials.${name}`} label={name} autocomplete="off" mono optional />
                  ))}
                </div>
              </details>
            )}
            <div class="actions">
              <ButtonLink kind="danger" href={`${base}/delete`}>
                {words.remove}
              </ButtonLink>
              <Button kind="main">{words.save}</Button>
            </div>
          </form>
        </Panel>
        {platform.authentication === "signature" && may(caller, "secrets:write") && (
          <Panel title={words.rotate}>
            <form method="post" action={`${base}/rotate`} class="form">
              {hidden}
              <p>{words.rotateText}</p>
              <TextField
                view={view}
                name="secret"
                label={words.secretOf(platform.secret.name)}
                errors={errors}
                maxlength={512}
                autocomplete="off"
                optional={platform.secret.origin !== "platform"}
                mono
              />
              <div class="actions">
                <Button kind="danger">{words.rotate}</Button>
              </div>
            </form>
            {hasOldSecret && (
              <div class="actions spaced">
                <ButtonLink href={`${base}/retire`}>{words.retire}</ButtonLink>
              </div>
            )}
          </Panel>
        )}
      </div>
    </SourcePage>
  );
}
