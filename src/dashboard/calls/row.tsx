import { publicState, riskLevelOf } from "../../analysis";
import type { CallLine } from "../../calls";
import type { Verdict } from "../../quality";
import { Icon } from "../../ui/components/icon";
import { Moment } from "../../ui/components/moment";
import { Status, Tag } from "../../ui/components/status";
import type { Column } from "../../ui/components/table";
import { TalkStrip } from "../../ui/components/talk-strip";
import { codeOfReason } from "../../ui/failures";
import type { callWords } from "../../ui/strings/calls";
import { wordsOf, type Words } from "../../ui/strings/define";
import { redactionWords } from "../../ui/strings/redaction";
import { detailIn } from "../../ui/strings/refusals";
import type { View } from "../../ui/view";
import { stripOf, type ListedCall } from "./read";

type CallWords = Words<typeof callWords>;

/** The columns that can be left out. */
export const OPTIONAL_COLUMNS = [
  "operator",
  "campaign",
  "length",
  "conversation",
  "quality",
  "flags",
  "reviewer",
] as const;
export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number];

const ARROWS = { inbound: "incoming", outbound: "outgoing", internal: "internal" } as const;

/** The number of the party that is not the operator's; null where the platform sent none. */
export function otherPartyOf({ direction, fromE164, fromRaw, toE164, toRaw }: CallLine): string | null {
  return direction === "outbound" ? (toE164 ?? toRaw) : (fromE164 ?? fromRaw);
}

/** The columns that show what reviews of calls came to. */
export const REVIEW_COLUMNS: readonly OptionalColumn[] = ["quality", "reviewer"];

/** Names by id, of what rows have the ids of. */
export type RowNames = { campaigns: ReadonlyMap<string, string>; reviewers: ReadonlyMap<string, string> };

export function callColumns(
  view: View,
  words: CallWords,
  { campaigns, reviewers }: RowNames,
  shown: readonly OptionalColumn[],
): Column<ListedCall>[] {
  const columns: Column<ListedCall>[] = [
    {
      name: "time",
      title: words.time,
      kind: "mono",
      narrow: "start",
      cell: ({ call }) => <Moment view={view} at={call.startedAt} as="timeInList" />,
    },
    {
      name: "party",
      title: words.party,
      kind: "mono",
      narrow: "middle",
      cell: ({ call }) => (
        <span class="party">
          {call.direction && <Icon name={ARROWS[call.direction]} />}
          {call.direction && <span class="for-screen-readers">{words[call.direction]}</span>}
          <span class="clip" dir="auto">
            {otherPartyOf(call) ?? words.unknownParty}
          </span>
        </span>
      ),
    },
    {
      name: "operator",
      title: words.operator,
      narrow: "below",
      cell: ({ call }) => (
        <span class="clip" dir="auto">
          {call.operatorName ?? call.operatorReference ?? "–"}
        </span>
      ),
    },
    {
      name: "campaign",
      title: words.campaign,
      cell: ({ call }) => (
        <span class="clip second" dir="auto">
          {call.campaignId === null ? "–" : (campaigns.get(call.campaignId) ?? "–")}
        </span>
      ),
    },
    {
      name: "length",
      title: words.length,
      kind: "number",
      narrow: "end",
      cell: ({ call }) =>
        call.talkSeconds === null && call.durationSeconds === null
          ? "–"
          : view.formats.length(call.talkSeconds ?? call.durationSeconds ?? 0),
    },
    {
      name: "conversation",
      title: words.conversation,
      narrow: "below",
      cell: ({ call }) => <TalkStrip view={view} strip={stripOf(call.talkStrip)} />,
    },
    {
      name: "play",
      title: words.play,
      silent: true,
      narrow: "below-end",
      cell: ({ call, audio }) =>
        audio === null ? null : (
          <button
            class="icon-button needs-script"
            type="button"
            data-play
            aria-label={words.playCall(otherPartyOf(call) ?? words.unknownParty)}
          >
            <Icon name="play" />
          </button>
        ),
    },
    {
      name: "quality",
      title: words.quality,
      narrow: "below",
      cell: ({ verdict }) => (verdict === null ? null : <Quality view={view} words={words} verdict={verdict} />),
    },
    {
      name: "flags",
      title: words.flags,
      narrow: "below",
      cell: (row) => <Flags view={view} words={words} row={row} />,
    },
    {
      name: "reviewer",
      title: words.reviewer,
      cell: ({ verdict }) => (
        <span class="clip second" dir="auto">
          {verdict?.reviewerIds.map((id) => reviewers.get(id) ?? words.reviewerGone).join(", ")}
        </span>
      ),
    },
  ];
  return columns.filter(({ name }) => !isOptional(name) || shown.includes(name));
}

function isOptional(name: string): name is OptionalColumn {
  return OPTIONAL_COLUMNS.some((column) => column === name);
}

/** What reviews of a call came to: the score, and in a word whether it passed. */
function Quality({ view, words, verdict: { score, passed } }: { view: View; words: CallWords; verdict: Verdict }) {
  return (
    <span class="quality">
      {score !== null && <span class="number">{view.formats.score(score)}</span>}
      {passed !== null && <Status tone={passed ? "good" : "wrong"}>{passed ? words.passed : words.not_passed}</Status>}
      {score === null && passed === null && <span class="second">{words.noScore}</span>}
    </span>
  );
}

/** Tags that a row shows. The call's page has all. */
const MOST_TAGS = 2;

/** What is not as usual, and what people tagged. The usual is not mentioned. */
function Flags({ view, words, row }: { view: View; words: CallWords; row: ListedCall }) {
  const { call, recordings, analyses, fired, verdict, isHeld } = row;
  const named = (risk: string) => (fired.length === 0 ? risk : `${risk}: ${fired.join(", ")}`);
  const failedRecording = recordings.find(({ state }) => state === "failed");
  const warned = analyses.flatMap((one) => riskLevelOf(one) ?? []);
  const failedAnalysis = analyses.find(({ state }) => state === "failed");
  return (
    <span class="flags">
      {call.quarantine !== null && <Tag tone="attention">{words.unassigned}</Tag>}
      {isHeld && <Tag>{wordsOf(redactionWords, view.language).heldShort}</Tag>}
      {warned.includes("critical") ? (
        <Tag tone="wrong">{named(words.criticalRisk)}</Tag>
      ) : (
        warned.length > 0 && <Tag tone="attention">{named(words.highRisk)}</Tag>
      )}
      {verdict?.failed.map((criterion) => (
        <Tag tone="wrong">
          <bdi class="failed-criterion" title={criterion}>
            {words.failedCriterion(criterion)}
          </bdi>
        </Tag>
      ))}
      {call.state === "failed" && (
        <Tag tone={call.error === null ? "idle" : "wrong"}>{errorOf(view, call) ?? words.notAnswered}</Tag>
      )}
      {call.state === "in_progress" && <Tag>{words.in_progress}</Tag>}
      {failedRecording && <Tag>{words.noRecording(codeOfReason(failedRecording.reason))}</Tag>}
      {recordings.some(({ state }) => state === "pending") && <Tag>{words.fetching}</Tag>}
      {analyses.some((one) => publicState(one) === "pending") && <Tag>{words.analysing}</Tag>}
      {failedAnalysis && <Tag>{words.noAnalysis(codeOfReason(failedAnalysis.reason))}</Tag>}
      {call.tags.slice(0, MOST_TAGS).map((tag) => (
        <Tag>
          <bdi>{tag}</bdi>
        </Tag>
      ))}
      {call.tags.length > MOST_TAGS && (
        <span class="second">{words.moreTags(String(call.tags.length - MOST_TAGS))}</span>
      )}
    </span>
  );
}

/** What went wrong with a call: what we say of it in the language of the page, a platform's own words as they are. */
function errorOf({ language }: View, { error }: Pick<CallLine, "error">): string | null {
  return error && (detailIn(error, language) ?? error);
}
