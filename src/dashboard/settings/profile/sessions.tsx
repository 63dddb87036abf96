import type { SessionRow } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { Moment } from "../../../ui/components/moment";
import { Pager } from "../../../ui/components/pager";
import { Panel } from "../../../ui/components/panel";
import { Tag } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import type { View } from "../../../ui/view";
import type { Paged } from "../paged";
import { PROFILE } from "./address";
import { deviceName } from "./device";

type Props = { view: View; csrf: string; sessions: Paged<SessionRow>; sessionId: string };

/** The browsers that are signed in as this person, and their end. */
export function SessionsPanel({ view, csrf, sessions, sessionId }: Props) {
  const words = wordsOf(profileWords, view.language);
  const hidden = <input type="hidden" name="csrf" value={csrf} />;
  const columns: Column<SessionRow>[] = [
    {
      name: "device",
      title: words.device,
      narrow: "start",
      cell: ({ id, userAgent }) => (
        <>
          {deviceName(userAgent, words)} {id === sessionId && <Tag tone="good">{words.thisOne}</Tag>}
        </>
      ),
    },
    {
      name: "where",
      title: words.where,
      kind: "mono",
      narrow: "below",
      cell: ({ address }) => address ?? words.unknownPlace,
    },
    { name: "how", title: words.how, cell: ({ strength }) => wayIn(strength, words) },
    { name: "since", title: words.since, cell: ({ createdAt }) => <Moment view={view} at={createdAt} /> },
    {
      name: "used",
      title: words.lastUsed,
      narrow: "below-end",
      cell: ({ lastUsedAt }) => <Moment view={view} at={lastUsedAt} as="relative" />,
    },
    {
      name: "end",
      title: words.actions,
      silent: true,
      narrow: "end",
      cell: ({ id, userAgent }) => (
        <form method="post" action={`${PROFILE}/sessions/${id}/end`}>
          {hidden}
          <button class="button plain small" aria-label={words.endSessionOf(deviceName(userAgent, words))}>
            {words.endSession}
          </button>
        </form>
      ),
    },
  ];
  const endOthers = (
    <form method="post" action={`${PROFILE}/sessions/end-others`}>
      {hidden}
      <Button small>{words.endOthers}</Button>
    </form>
  );
  return (
    <Panel
      title={words.sessions}
      aside={sessions.rows.length > 1 || sessions.firstHref !== undefined ? endOthers : words.sessionsIntro}
      id="sessions"
      flush
    >
      <Table view={view} label={words.sessions} columns={columns} rows={sessions.rows} />
      {(sessions.firstHref ?? sessions.nextHref) !== undefined && (
        <Pager view={view} firstHref={sessions.firstHref} nextHref={sessions.nextHref} label={words.sessions} />
      )}
    </Panel>
  );
}

function wayIn(strength: SessionRow["strength"], words: Words<typeof profileWords>): string {
  const ways = {
    password: words.byPassword,
    "password+totp": words.byApp,
    "password+recovery_code": words.byRecoveryCode,
    passkey: words.byPasskey,
  };
  return ways[strength];
}
