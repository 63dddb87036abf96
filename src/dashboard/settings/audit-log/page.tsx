import type { AuditEntry, AuditPage, Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Chip, ChipMenu, Chips } from "../../../ui/components/chips";
import { EmptyState } from "../../../ui/components/empty-state";
import { TextField } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { auditWords } from "../../../ui/strings/audit";
import { auditActionName } from "../../../ui/strings/audit-actions";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { AUDIT_LOG, auditHref, type AuditAsked } from "./filter";

type AuditWords = Words<typeof auditWords>;

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  asked: AuditAsked;
  page: AuditPage;
  /** Members and keys by id. */
  names: ReadonlyMap<string, string>;
};

/** Who did what, newest first. The URL holds the filter. */
export function AuditLogPage({ view, frame, caller, asked, page, names }: Props) {
  const words = wordsOf(auditWords, view.language);
  const { rows, next, scannedUntil } = page;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="audit"
      state={words.state}
      actions={
        <ButtonLink href={auditHref(asked, {}, `${AUDIT_LOG}/export`)} icon="download">
          {words.export}
        </ButtonLink>
      }
    >
      <div class="bar">
        <Filters view={view} asked={asked} names={names} />
      </div>
      <Panel flush>
        {rows.length > 0 ? (
          <ul class="notices">
            {rows.map((row) => (
              <Entry view={view} words={words} asked={asked} row={row} names={names} />
            ))}
          </ul>
        ) : (
          <EmptyState
            title={words.emptyTitle}
            action={
              next === null ? (
                <ButtonLink href={AUDIT_LOG}>{words.clear}</ButtonLink>
              ) : (
                <ButtonLink href={auditHref(asked, { after: next })}>{words.searchOn}</ButtonLink>
              )
            }
          >
            {words.empty}
          </EmptyState>
        )}
      </Panel>
      <Pager
        view={view}
        firstHref={asked.after === undefined ? undefined : auditHref(asked, {})}
        nextHref={next === null ? undefined : auditHref(asked, { after: next })}
      >
        {scannedUntil !== null && <span>{words.scanned(view.formats.moment(scannedUntil, view.now))}</span>}
      </Pager>
    </SettingsPage>
  );
}

function Filters({ view, asked, names }: { view: View; asked: AuditAsked; names: ReadonlyMap<string, string> }) {
  const words = wordsOf(auditWords, view.language);
  const { actor, action, resource, from, to } = asked;
  const chip = (name: string, value: string | undefined, without: Partial<AuditAsked>) =>
    value !== undefined && <Chip view={view} name={name} value={value} withoutHref={auditHref(asked, without)} />;
  return (
    <Chips>
      {chip(words.who, actor && (names.get(actor) ?? actor), { actor: undefined })}
      {chip(words.action, action && shownAction(action, view), { action: undefined })}
      {chip(words.resourceId, resource, { resource: undefined })}
      {chip(words.fromDay, from && view.formats.date(from), { from: undefined })}
      {chip(words.toDay, to && view.formats.date(to), { to: undefined })}
      <ChipMenu title={`+ ${words.filter}`}>
        <form class="form" action={AUDIT_LOG}>
          <TextField view={view} name="actor" label={words.who} hint={words.whoHint} value={actor ?? ""} optional />
          <TextField
            view={view}
            name="action"
            label={words.action}
            hint={words.actionHint}
            value={action ?? ""}
            optional
          />
          <TextField view={view} name="resource" label={words.resourceId} value={resource ?? ""} optional />
          <div class="pair">
            <TextField view={view} name="from" type="date" label={words.fromDay} value={from ?? ""} optional />
            <TextField view={view} name="to" type="date" label={words.toDay} value={to ?? ""} optional />
          </div>
          <Button kind="main">{words.apply}</Button>
        </form>
      </ChipMenu>
    </Chips>
  );
}

type EntryProps = {
  view: View;
  words: AuditWords;
  asked: AuditAsked;
  row: AuditEntry;
  names: ReadonlyMap<string, string>;
};

function Entry({ view, words, asked, row, names }: EntryProps) {
  const { actor, action, resourceId, at, address, requestId, before, after } = row;
  const name = auditActionName(action, view.language);
  return (
    <li>
      <div>
        <p>
          {name !== null && <b>{name} </b>}
          <a class="mono" href={auditHref(asked, { action })} title={words.onlySuch}>
            {action}
          </a>{" "}
          <span class="mono second">{resourceId}</span>
        </p>
        <p class="second" dir="auto">
          {actorName(words, actor, names)}
          {address !== null && ` · ${address}`}
        </p>
        {(before !== null || after !== null) && (
          <details>
            <summary>{words.details}</summary>
            <dl class="facts">
              {fact(words.before, before)}
              {fact(words.after, after)}
              {requestId !== null && fact(words.request, requestId)}
            </dl>
          </details>
        )}
      </div>
      <span class="second">
        <Moment view={view} at={at} focusable />
      </span>
    </li>
  );
}

/** The name of an action beside what the API calls it. */
function shownAction(action: string, view: View): string {
  const name = auditActionName(action, view.language);
  return name === null ? action : `${name} (${action})`;
}

function fact(name: string, text: string | null) {
  if (text === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code class="wrapped">{text}</code>
      </dd>
    </div>
  );
}

function actorName(words: AuditWords, actor: string, names: ReadonlyMap<string, string>): string {
  if (actor === "system") return words.system;
  if (actor === "admin") return words.admin;
  return names.get(actor) ?? actor;
}
