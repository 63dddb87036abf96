import type { Caller } from "../../../identity";
import { csvLine } from "../../../lib/csv";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Code, Id } from "../../../ui/components/code";
import { FormErrors, TextArea, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Table } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { PEOPLE } from "./address";
import { MOST_ADDRESSES } from "./addresses";
import { GrantFields, type LimitChoices, type SentGrant } from "./limits";

type Props = { view: View; frame: Frame; caller: Caller };

type InviteProps = Props & {
  choices: LimitChoices;
  text: string;
  grant: SentGrant;
  errors: FieldErrors;
  /** What only this form carries. */
  once: string;
};

/** The form that invites many at once. */
export function InvitePage({ view, frame, caller, choices, text, grant, errors, once }: InviteProps) {
  const words = wordsOf(memberWords, view.language);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="people"
      title={words.inviteTitle}
      state={words.inviteState}
    >
      <form method="post" action={`${PEOPLE}/invite`} class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="once" value={once} />
        <FormErrors view={view} errors={errors} />
        <Panel>
          <TextArea
            view={view}
            name="addresses"
            label={words.addresses}
            hint={words.addressesHint(view.formats.number(MOST_ADDRESSES))}
            rows={8}
            value={text}
            errors={errors}
          />
          <GrantFields view={view} caller={caller} choices={choices} grant={grant} errors={errors} />
        </Panel>
        <div class="actions">
          <ButtonLink href={PEOPLE}>{words.cancel}</ButtonLink>
          <Button kind="main">{words.send}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}

/** Cells without an address that are named, at most. */
const MOST_NAMED = 50;

/** What became of one address. */
export type InvitedLine = { email: string; invited: boolean; mailed: boolean; link: string | null };

/** What became of each address. The only page that has the links. */
export function InvitedPage({
  view,
  frame,
  caller,
  lines,
  leftOut,
}: Props & { lines: readonly InvitedLine[]; leftOut: readonly string[] }) {
  const words = wordsOf(memberWords, view.language);
  const shown = lines.flatMap(({ email, link }) => (link === null ? [] : [[email, link] as const]));
  const resultOf = ({ invited, mailed }: InvitedLine) =>
    invited ? (mailed ? words.mailed : words.invited) : words.memberAlready;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="people"
      title={words.invitedTitle}
      state={shown.length > 0 && words.invitedState}
      actions={
        <ButtonLink kind="main" href={PEOPLE}>
          {words.done}
        </ButtonLink>
      }
    >
      <Panel flush>
        <Table
          view={view}
          label={words.invitedTitle}
          rows={lines}
          columns={[
            {
              name: "email",
              title: words.email,
              narrow: "start",
              cell: ({ email }) => <span dir="auto">{email}</span>,
            },
            { name: "result", title: words.result, narrow: "end", cell: resultOf },
            {
              name: "link",
              title: words.link,
              narrow: "below",
              cell: ({ link, email }) =>
                link !== null && <Id view={view} text={link} what={`${words.link} ${email}`} />,
            },
          ]}
        />
      </Panel>
      {leftOut.length > 0 && (
        <Panel title={words.leftOut}>
          <p>{words.leftOutWhy}</p>
          <p dir="auto">
            {leftOut.slice(0, MOST_NAMED).join(", ")}
            {leftOut.length > MOST_NAMED && ` … (${view.formats.number(leftOut.length)})`}
          </p>
        </Panel>
      )}
      {shown.length > 1 && (
        <Panel title={words.csv}>
          <Code view={view} what={words.csv} text={[["email", "link"], ...shown].map(csvLine).join("")} />
        </Panel>
      )}
    </SettingsPage>
  );
}
