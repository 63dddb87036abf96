import type { Child } from "hono/jsx";
import { may, type Caller } from "../../identity";
import { Facts } from "../../ui/components/panel";
import type { callPageWords } from "../../ui/strings/call";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { platformTitle } from "../sources/platform-title";
import { aboutFacts, AboutText, toldOf } from "./about-panel";
import { keyMeasures } from "./measures-panel";
import type { CallParts } from "./read-one";
import { EngineName } from "./scores-panel";
import { TagForm, Tags } from "./tags-panel";

type Props = { view: View; words: Words<typeof callPageWords>; caller: Caller; parts: CallParts; csrf: string };

/** What there is to know of a call at a glance: its summaries, the few measures that say most, its tags. */
export function InShort({ view, words, caller, parts, csrf }: Props) {
  const { call, findings, scored, operatorChannel, medians } = parts;
  const reads = may(caller, "analyses:read");
  const told = reads ? toldOf(scored) : [];
  const summaries = [
    ...told.map((one): [by: Child, text: Child] => [
      <EngineName view={view} platform={platformTitle(call.sourceKind, view.language)} of={one} />,
      <AboutText view={view} callId={call.id} operatorChannel={operatorChannel} about={one.about} />,
    ]),
    ...(call.conversation?.summary ? [ofPlatform(view, call.sourceKind, call.conversation.summary)] : []),
  ];
  const [first] = summaries;
  const measures = findings && reads ? keyMeasures({ view, findings, operatorChannel, medians }) : [];
  const about = told.flatMap((one) => aboutFacts(view, one.about, operatorChannel));
  const tags = { view, words, callId: call.id, tags: call.tags, known: parts.knownTags };
  const writes = may(caller, "calls:write") ? csrf : null;
  return (
    <section class="in-short">
      <header class="panel-head">
        <h2>{words.inShort}</h2>
        {first && summaries.length === 1 && <div class="aside">{first[0]}</div>}
      </header>
      <div class="panel-body">
        {summaries.map(([by, text]) => (
          <div class="summary">
            {summaries.length > 1 && <p class="hint">{by}</p>}
            {text}
          </div>
        ))}
        <Facts facts={[...measures, ...about, [words.tags, <Tags {...tags} csrf={writes} />]]} />
        <TagForm {...tags} csrf={writes} />
      </div>
    </section>
  );
}

function ofPlatform(view: View, kind: string, summary: string): [by: Child, text: Child] {
  return [
    <EngineName view={view} platform={platformTitle(kind, view.language)} of={{ engine: "platform", version: null }} />,
    <p dir="auto">{summary}</p>,
  ];
}
