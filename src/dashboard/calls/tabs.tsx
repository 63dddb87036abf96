import { may, type Caller } from "../../identity";
import { TabPanels, type TabPanel } from "../../ui/components/tab-panels";
import type { callPageWords } from "../../ui/strings/call";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { platformTitle } from "../sources/platform-title";
import { Measures } from "./measures-panel";
import type { CallParts } from "./read-one";
import { finishedOf, ReviewsPart } from "./reviews-panel";
import { callRiskOf, RiskMark, RiskParts } from "./risk-panel";
import { ScoreSets } from "./scores-panel";
import { ScriptParts, scriptsOf } from "./scripts-panel";
import { Part } from "../../ui/components/panel";
import { Timeline } from "./timeline-list";
import { WorkPanel } from "./work-panel";

type Props = {
  view: View;
  words: Words<typeof callPageWords>;
  caller: Caller;
  parts: CallParts;
  csrf: string;
  /** The one that the address names. */
  asked: string | undefined;
};

/** A call's way, its judging, its figures and its risk: what this visitor may see and this call has, its way always. */
export function CallTabs(props: Props) {
  const { view, words, asked } = props;
  const panels = [timelineTab(props), scorecardTab(props), measuresTab(props), riskTab(props)];
  return (
    <TabPanels
      view={view}
      group="call"
      label={words.tabs}
      panels={panels.filter((panel) => panel !== null)}
      asked={asked}
    />
  );
}

function timelineTab({ view, words, parts }: Props): TabPanel {
  return {
    name: "timeline",
    title: words.timeline,
    content: <Timeline view={view} words={words} parts={parts} />,
  };
}

function scorecardTab({ view, words, caller, parts: { work, reviews }, csrf }: Props): TabPanel | null {
  const finished = finishedOf(reviews);
  if (work === null && finished.length === 0) return null;
  return {
    name: "scorecard",
    title: words.scorecard,
    content: (
      <>
        {work && <WorkPanel view={view} caller={caller} work={work} csrf={csrf} />}
        {finished.length > 0 && <ReviewsPart view={view} finished={finished} />}
      </>
    ),
  };
}

function measuresTab({ view, words, caller, parts }: Props): TabPanel | null {
  const { call, findings, analyses, scored, operatorChannel, medians } = parts;
  const sets = scored.flatMap(({ score_sets: given }) => given);
  const scripts = scriptsOf(analyses);
  if (!may(caller, "analyses:read") || (findings === null && sets.length === 0 && scripts.size === 0)) return null;
  return {
    name: "measures",
    title: words.measures,
    content: (
      <>
        {findings && <Measures view={view} findings={findings} operatorChannel={operatorChannel} medians={medians} />}
        <ScoreSets
          view={view}
          sets={sets}
          platform={platformTitle(call.sourceKind, view.language)}
          operatorChannel={operatorChannel}
          box={Part}
        />
        <ScriptParts view={view} callId={call.id} scripts={scripts} />
      </>
    ),
  };
}

function riskTab({ view, words, caller, parts }: Props): TabPanel | null {
  const risk = may(caller, "analyses:read") ? callRiskOf(parts) : null;
  if (risk === null) return null;
  const { id: callId, sourceKind } = parts.call;
  return {
    name: "risk",
    title: words.risk,
    mark: <RiskMark view={view} risk={risk} />,
    content: (
      <RiskParts
        view={view}
        risk={risk}
        callId={callId}
        platform={platformTitle(sourceKind, view.language)}
        alert={parts.alert}
        self={caller.actor.kind === "user" ? caller.actor.id : ""}
      />
    ),
  };
}
