import { MOVED_BACK, type CallHead, type WaitingGroup } from "../../calls";
import type { CampaignRow } from "../../campaigns";
import { may, type Caller } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { SelectField } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Pager } from "../../ui/components/pager";
import { Panel } from "../../ui/components/panel";
import { Table, type Column } from "../../ui/components/table";
import { Toast } from "../../ui/components/toast";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf, type Words } from "../../ui/strings/define";
import { unassignedWords } from "../../ui/strings/unassigned";
import type { View } from "../../ui/view";
import { otherPartyOf } from "../calls/row";

type UnassignedWords = Words<typeof unassignedWords>;

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  groups: readonly WaitingGroup[];
  calls: readonly CallHead[];
  campaigns: readonly CampaignRow[];
  sourceNames: ReadonlyMap<string, string>;
  nextHref: string | undefined;
  firstHref: string | undefined;
  /** How many were assigned by the page before, and the job that did it. */
  done: { count: number; job: string | undefined } | null;
};

/** Calls that wait for a campaign: by reason, and one by one. */
export function UnassignedPage(props: Props) {
  const { view, frame, caller, groups, calls, campaigns, nextHref, firstHref, done } = props;
  const words = wordsOf(unassignedWords, view.language);
  const mayAssign = may(caller, "calls:write") && campaigns.length > 0;
  return (
    <FramedPage
      view={view}
      frame={frame}
      title={words.title}
      current="unassigned"
      toast={
        done !== null && (
          <Toast>
            {words.done(view.formats.number(done.count))}
            {done.job !== undefined && mayAssign && (
              <form method="post" action={`/dashboard/jobs/${done.job}/undo`}>
                <input type="hidden" name="csrf" value={frame.csrf} />
                <input type="hidden" name="back" value="/dashboard/unassigned" />
                <Button small icon="undo">
                  {words.undo}
                </Button>
              </form>
            )}
          </Toast>
        )
      }
    >
      <PageHead
        title={words.title}
        state={words.text}
        actions={
          campaigns.length === 0 && may(caller, "campaigns:write") ? (
            <ButtonLink kind="main" href="/dashboard/campaigns/new">
              {words.makeCampaign}
            </ButtonLink>
          ) : undefined
        }
      />
      {calls.length === 0 ? (
        <Panel>
          <EmptyState title={words.emptyTitle}>{words.emptyText}</EmptyState>
        </Panel>
      ) : (
        <>
          {groups.length > 0 && <Groups {...props} words={words} mayAssign={mayAssign} />}
          <form action="/dashboard/unassigned/assign" class="spaced">
            <Panel title={words.calls} flush>
              <Table
                view={view}
                label={words.calls}
                columns={columnsOf(view, words, props)}
                rows={calls}
                hrefOf={({ id }) => `/dashboard/calls/${id}`}
                {...(mayAssign
                  ? {
                      select: {
                        name: "call",
                        idOf: ({ id }: CallHead) => id,
                        labelOf: (call: CallHead) => words.select(otherPartyOf(call) ?? call.id),
                      },
                    }
                  : {})}
              />
            </Panel>
            {mayAssign && (
              <div class="selection" data-selection>
                <b data-selection-count>0</b> {words.selected}
                <SelectField view={view} name="campaign" label={words.campaign} options={optionsOf(campaigns)} />
                <Button kind="main">{words.assignSelected}</Button>
              </div>
            )}
          </form>
          <Pager view={view} firstHref={firstHref} nextHref={nextHref} />
        </>
      )}
    </FramedPage>
  );
}

function optionsOf(campaigns: readonly CampaignRow[]): (readonly [string, string])[] {
  return campaigns.map(({ id, name, number }) => [id, `${name} #${number}`] as const);
}

function Groups({
  view,
  words,
  groups,
  campaigns,
  sourceNames,
  mayAssign,
}: Props & { words: UnassignedWords; mayAssign: boolean }) {
  return (
    <Panel title={words.groups} flush>
      <ul class="needs">
        {groups.map((group, index) => (
          <li>
            <div>
              <b>{reasonOf(words, group.reason, group.campaignNumber)}</b>
              <p class="second" dir="auto">
                {sourceNames.get(group.sourceId) ?? group.sourceKind}
                {group.account !== null && ` · ${words.account}: ${group.account}`}
                {group.oldestAt !== null && (
                  <>
                    {` · ${words.oldest}: `}
                    <Moment view={view} at={group.oldestAt} focusable />
                  </>
                )}
              </p>
            </div>
            {mayAssign && (
              <form action="/dashboard/unassigned/assign" class="in-line">
                <input type="hidden" name="source" value={group.sourceId} />
                <input type="hidden" name="reason" value={group.reason ?? ""} />
                <input type="hidden" name="number" value={group.campaignNumber ?? ""} />
                <input type="hidden" name="account" value={group.account ?? ""} />
                <select name="campaign" aria-label={`${words.campaign} ${index + 1}`}>
                  {optionsOf(campaigns).map(([id, title]) => (
                    <option value={id}>{title}</option>
                  ))}
                </select>
                <Button small>{words.chooseFor(view.formats.counted(group.calls, group.more))}</Button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function reasonOf(words: UnassignedWords, reason: string | null, number: number | null): string {
  const shown = number === null ? "–" : String(number);
  if (reason === "unknown_campaign") return words.unknown_campaign(shown);
  if (reason === "campaign_not_allowed") return words.campaign_not_allowed(shown);
  if (reason === MOVED_BACK) return words.moved_back;
  return reason === "no_campaign" || reason === null ? words.no_campaign : reason;
}

function columnsOf(view: View, words: UnassignedWords, { sourceNames }: Props): Column<CallHead>[] {
  return [
    {
      name: "time",
      title: words.time,
      kind: "mono",
      narrow: "start",
      cell: ({ startedAt }) => <Moment view={view} at={startedAt} as="timeInList" />,
    },
    {
      name: "party",
      title: words.party,
      kind: "mono",
      narrow: "middle",
      cell: (call) => (
        <span class="clip" dir="auto">
          {otherPartyOf(call) ?? "–"}
        </span>
      ),
    },
    {
      name: "operator",
      title: words.operator,
      narrow: "below",
      cell: ({ operatorName, operatorReference }) => (
        <span class="clip" dir="auto">
          {operatorName ?? operatorReference ?? "–"}
        </span>
      ),
    },
    {
      name: "reason",
      title: words.reason,
      narrow: "below",
      cell: ({ quarantine, campaignNumber, sourceId, sourceKind }) => (
        <span class="second" dir="auto">
          {`${reasonOf(words, quarantine, campaignNumber)} · ${sourceNames.get(sourceId) ?? sourceKind}`}
        </span>
      ),
    },
  ];
}
