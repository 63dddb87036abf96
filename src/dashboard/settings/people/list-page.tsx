import type { Child } from "hono/jsx";
import type { Caller, InvitationRow, Member } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import { roleName } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import type { Paged } from "../paged";
import { PEOPLE } from "./address";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  members: Paged<Member>;
  invitations: Paged<InvitationRow>;
  /** All members. */
  count: number;
  mayWrite: boolean;
  /** What only the forms of this page carry. */
  once: string;
  toast?: Child;
};

type MemberWords = Words<typeof memberWords>;

/** The members of the organization, and who is invited. */
export function PeoplePage({ view, frame, caller, members, invitations, count, mayWrite, once, toast }: Props) {
  const words = wordsOf(memberWords, view.language);
  const invite = (
    <ButtonLink href={`${PEOPLE}/invite`} kind="main" icon="plus">
      {words.inviteMany}
    </ButtonLink>
  );
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="people"
      state={count === 1 ? words.stateOne : words.stateMany(view.formats.number(count))}
      actions={mayWrite && invite}
      toast={toast}
    >
      <Panel title={words.members} flush>
        <Table
          view={view}
          label={words.members}
          rows={members.rows}
          columns={memberColumns(view, words)}
          {...(mayWrite ? { hrefOf: ({ userId }: Member) => `${PEOPLE}/${userId}` } : {})}
        />
      </Panel>
      <Pager view={view} firstHref={members.firstHref} nextHref={members.nextHref} />
      <Panel title={words.invitations} flush>
        {invitations.rows.length === 0 ? (
          <p class="empty">{words.noInvitations}</p>
        ) : (
          <Table
            view={view}
            label={words.invitations}
            rows={invitations.rows}
            columns={invitationColumns(view, words, mayWrite && { csrf: frame.csrf, once })}
          />
        )}
      </Panel>
      <InvitationPager view={view} page={invitations} />
    </SettingsPage>
  );
}

/** Only where there are more than a page: two empty pagers on one page would be noise. */
function InvitationPager({ view, page }: { view: View; page: Paged<InvitationRow> }) {
  const { firstHref, nextHref } = page;
  if (firstHref === undefined && nextHref === undefined) return null;
  return (
    <Pager
      view={view}
      firstHref={firstHref}
      nextHref={nextHref}
      label={wordsOf(memberWords, view.language).invitations}
    />
  );
}

function memberColumns(view: View, words: MemberWords): Column<Member>[] {
  return [
    {
      name: "name",
      title: words.name,
      narrow: "start",
      cell: ({ name }) => (
        <span class="clip" dir="auto">
          {name}
        </span>
      ),
    },
    {
      name: "email",
      title: words.email,
      narrow: "below",
      cell: ({ email }) => (
        <span class="clip second" dir="auto">
          {email}
        </span>
      ),
    },
    { name: "role", title: words.role, narrow: "end", cell: ({ role }) => roleName(view, role) },
    {
      name: "limits",
      title: words.limits,
      narrow: "below",
      cell: (member) => limitsOf(view, words, member),
    },
    {
      name: "seen",
      title: words.seen,
      kind: "number",
      cell: ({ lastSeenAt }) =>
        lastSeenAt === null ? words.never : <Moment view={view} at={lastSeenAt} as="relative" />,
    },
    {
      name: "access",
      title: words.access,
      narrow: "below-end",
      cell: ({ disabledAt }) => disabledAt !== null && <Status tone="wrong">{words.shutOut}</Status>,
    },
  ];
}

function invitationColumns(
  view: View,
  words: MemberWords,
  sent: { csrf: string; once: string } | false,
): Column<InvitationRow>[] {
  const columns: Column<InvitationRow>[] = [
    {
      name: "email",
      title: words.email,
      narrow: "middle",
      cell: ({ email }) => (
        <span class="clip" dir="auto">
          {email}
        </span>
      ),
    },
    { name: "role", title: words.role, narrow: "end", cell: ({ role }) => roleName(view, role) },
    { name: "limits", title: words.limits, narrow: "below", cell: (row) => limitsOf(view, words, row) },
    {
      name: "mailed",
      title: words.mailed,
      cell: ({ mailedAt }) => (mailedAt === null ? words.notMailed : <Moment view={view} at={mailedAt} />),
    },
    {
      name: "expires",
      title: words.expires,
      kind: "number",
      narrow: "below",
      cell: ({ expiresAt }) =>
        expiresAt <= view.now ? <Status tone="attention">{words.over}</Status> : <Moment view={view} at={expiresAt} />,
    },
  ];
  if (!sent) return columns;
  const { csrf, once } = sent;
  const actions: Column<InvitationRow> = {
    name: "actions",
    title: words.sendFirst,
    silent: true,
    narrow: "below-end",
    cell: ({ id, email, mailedAt }) => (
      <span class="row-actions">
        <form method="post" action={`${PEOPLE}/invitations/${id}/resend`}>
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="once" value={once} />
          <Button small kind="quiet" label={mailedAt === null ? words.sendTo(email) : words.resendTo(email)}>
            {mailedAt === null ? words.sendFirst : words.resend}
          </Button>
        </form>
        <form method="post" action={`${PEOPLE}/invitations/${id}/withdraw`}>
          <input type="hidden" name="csrf" value={csrf} />
          <Button small kind="quiet" label={words.withdrawOf(email)}>
            {words.withdraw}
          </Button>
        </form>
      </span>
    ),
  };
  return [...columns, actions];
}

function limitsOf(view: View, words: MemberWords, { campaigns, teams }: Pick<Member, "campaigns" | "teams">) {
  const { number } = view.formats;
  const count = (ids: readonly string[] | null, one: string, many: (text: string) => string) =>
    ids === null ? [] : [ids.length === 1 ? one : many(number(ids.length))];
  const limits = [
    ...count(campaigns, words.campaignsOne, words.campaignsMany),
    ...count(teams, words.teamsOne, words.teamsMany),
  ];
  if (limits.length === 0) return null;
  return (
    <>
      <span class="narrow-title">{words.limits} </span>
      {limits.join(", ")}
    </>
  );
}
