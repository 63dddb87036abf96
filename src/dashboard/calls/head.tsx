import { isLimited, may, type Caller } from "../../identity";
import { taskIdOf, type CallRow } from "../../calls";
import { Button, ButtonLink } from "../../ui/components/button";
import { ChipMenu } from "../../ui/components/chips";
import { SelectField } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { PageHead } from "../../ui/layout/page-head";
import type { callPageWords } from "../../ui/strings/call";
import { opinionWords } from "../../ui/strings/opinions";
import { privacyWords } from "../../ui/strings/privacy";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { UNASSIGNED } from "../bulk/request";
import type { CallParts } from "./read-one";
import { otherPartyOf } from "./row";
import { mayReviewNow } from "./work-panel";

type CallPageWords = Words<typeof callPageWords>;
type Props = { view: View; words: CallPageWords; caller: Caller; parts: CallParts; csrf: string };

/** Who called whom, how it stands, and what can be done with it: its main button reviews it. */
export function CallHead(props: Props) {
  const { view, words, caller, parts, csrf } = props;
  const { call, campaigns } = parts;
  const campaign = campaigns.find(({ id }) => id === call.campaignId);
  return (
    <PageHead
      title={<CallTitle words={words} call={call} />}
      state={
        <>
          <Moment view={view} at={call.startedAt} focusable /> ·{" "}
          {call.talkSeconds !== null && `${view.formats.length(call.talkSeconds)} · `}
          <span dir="auto">{campaign ? campaign.name : words.noCampaign}</span>
          {campaign && `, ${words.campaignId(String(campaign.number))}`} ·{" "}
          <span dir="auto">{parts.source?.name ?? call.sourceKind}</span>
        </>
      }
      actions={
        <>
          {may(caller, "deliveries:write") && (
            <ButtonLink href={`/dashboard/calls/${call.id}/replay`}>{words.replay}</ButtonLink>
          )}
          <MoreMenu {...props} />
          {parts.work && mayReviewNow(caller, parts.work) && (
            <form method="post" action={`/dashboard/tasks/${taskIdOf(call.id)}/review`}>
              <input type="hidden" name="csrf" value={csrf} />
              <Button kind="main">{wordsOf(opinionWords, view.language).review}</Button>
            </form>
          )}
        </>
      }
    />
  );
}

/** The two parties, the one who called first. */
function partiesOf(words: CallPageWords, call: CallRow): [caller: string, called: string] {
  const operator = call.operatorName ?? call.operatorReference;
  const other = otherPartyOf(call) ?? words.unknownParty;
  if (call.direction === "outbound") return [operator ?? call.fromRaw ?? words.unknownParty, other];
  return [other, operator ?? call.toRaw ?? words.unknownParty];
}

/** Who called whom. */
export function CallTitle({ words, call }: { words: CallPageWords; call: CallRow }) {
  const [caller, called] = partiesOf(words, call);
  return (
    <>
      <bdi>{caller}</bdi> <span class="second light">{words.called}</span> <bdi>{called}</bdi>
    </>
  );
}

/** The same as plain text. */
export function plainTitle(words: CallPageWords, call: CallRow): string {
  const [caller, called] = partiesOf(words, call);
  return `${caller} ${words.called} ${called}`;
}

/** What else can be done with the call, each for whom it is for; nothing where that is nothing. */
function MoreMenu({ view, words, caller, parts, csrf }: Props) {
  const { call, campaigns, recordings } = parts;
  const mayAnalyse = may(caller, "analyses:write") && recordings.some(({ state }) => state === "completed");
  const mayMove = may(caller, "calls:write") && campaigns.length > 0;
  const mayErase = may(caller, "privacy:erase");
  if (!mayAnalyse && !mayMove && !mayErase) return null;
  return (
    <ChipMenu title={words.more} asButton>
      {mayAnalyse && (
        <a class="menu-item" href={hearAgainOf(call.id)}>
          {words.hearAgain}
        </a>
      )}
      {mayMove && (
        <details class="menu-part">
          <summary class="menu-item">{words.moveMenu}</summary>
          <MoveForm view={view} words={words} caller={caller} parts={parts} csrf={csrf} />
        </details>
      )}
      {mayErase && (
        <a class="menu-item danger" href={`/dashboard/calls/${call.id}/erase`}>
          {wordsOf(privacyWords, view.language).erase}
        </a>
      )}
    </ChipMenu>
  );
}

function MoveForm({ view, words, caller, parts: { call, campaigns }, csrf }: Props) {
  const isAssigned = call.quarantine === null && !isLimited(caller.reach);
  const open = campaigns.filter(({ id, archivedAt }) => archivedAt === null || id === call.campaignId);
  return (
    <form method="post" action={`/dashboard/calls/${call.id}/campaign`} class="form">
      <input type="hidden" name="csrf" value={csrf} />
      <SelectField
        view={view}
        name="campaign"
        label={words.moveTo}
        value={call.campaignId ?? ""}
        options={[
          ...open.map(({ id, name, number }) => [id, `${name} #${number}`] as const),
          ...(isAssigned ? [[UNASSIGNED, words.moveBack] as const] : []),
        ]}
      />
      <Button kind="main">{words.move}</Button>
    </form>
  );
}

/** Where one call is asked for again, with what that costs by engine first. */
function hearAgainOf(callId: string): string {
  const query = new URLSearchParams({ call: callId, back: `/dashboard/calls/${callId}`, only: "analyse" });
  return `/dashboard/calls/bulk?${query.toString()}`;
}
