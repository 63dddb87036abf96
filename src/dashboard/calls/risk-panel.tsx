import { keptRiskOf, RULES_ENGINE, type Judged } from "../../analysis";
import type { AlertRow } from "../../quality";
import type { PlatformReviewSnapshot, RiskSnapshot } from "../../events";
import { Moment } from "../../ui/components/moment";
import { Facts, Part } from "../../ui/components/panel";
import { Status, Tag } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { ruleWords } from "../../ui/strings/rules";
import { scoresWords } from "../../ui/strings/scores";
import type { View } from "../../ui/view";
import { EvidenceList } from "../alerts/evidence";
import { ALERT_TONES, ALERTS, ownerText } from "../alerts/list-page";
import type { CallParts } from "./read-one";
import { EngineName, PlatformReviews } from "./scores-panel";

/** What is known of the risk of a call. */
export type CallRisk = {
  /** Of each analysis that says something of it, with the rules that hold and what others said. */
  risks: readonly { risk: RiskSnapshot; rules: readonly Judged[]; said: readonly string[] }[];
  /** What rules without points found. */
  noted: readonly Judged[];
  reviews: readonly PlatformReviewSnapshot[];
};

/** What the analyses of a call say of its risk; null where they say nothing. */
export function callRiskOf({ analyses, scored }: Pick<CallParts, "analyses" | "scored">): CallRisk | null {
  const kept = analyses.map(keptRiskOf);
  const risks = kept.flatMap((one, index) => {
    const risk = scored[index]?.risk ?? null;
    return risk === null ? [] : [{ risk, ...reasonsOf(one, risk) }];
  });
  const noted = kept
    .flatMap(({ judged }) => judged)
    .filter(({ script, weight, holds }) => script === null && weight === 0 && holds === true);
  const reviews = scored.flatMap(({ platform_reviews: made }) => made);
  return risks.length + noted.length + reviews.length === 0 ? null : { risks, noted, reviews };
}

/** Rules say what they rest on with its moments; what else there is are sentences. */
function reasonsOf({ claims, judged }: ReturnType<typeof keptRiskOf>, { evidence }: RiskSnapshot) {
  const rules = judged.filter(({ holds, weight }) => holds === true && weight > 0);
  if (rules.length === 0) return { rules, said: evidence };
  const ofRules = new Set(claims.filter(({ engine }) => engine === RULES_ENGINE).flatMap((one) => one.evidence));
  return { rules, said: evidence.filter((one) => !ofRules.has(one)) };
}

type MarkProps = { view: View; risk: CallRisk };

/** The most serious risk in a word, for beside the title. */
export function RiskMark({ view, risk: { risks } }: MarkProps) {
  const worst = risks
    .map(({ risk }) => risk)
    .toSorted((one, other) => rankOf(other) - rankOf(one))
    .at(0);
  if (!worst || (worst.level === null && worst.score === null)) return null;
  return <LevelTag view={view} risk={worst} />;
}

function rankOf({ level, score }: RiskSnapshot): number {
  return (level === "critical" ? 2_000 : level === "high" ? 1_000 : 0) + (score ?? 0);
}

function LevelTag({ view, risk: { level, score } }: { view: View; risk: RiskSnapshot }) {
  const words = wordsOf(scoresWords, view.language);
  const text = [level && words[level], score !== null && view.formats.number(score)].filter(Boolean).join(" ");
  return <Tag tone={level === "critical" ? "wrong" : level === "high" ? "attention" : "idle"}>{text}</Tag>;
}

type Props = MarkProps & { callId: string; platform: string; alert: AlertRow | undefined; self: string };

/** What was raised of a call, its risk with what it rests on, what was only noted, and what came of it on the platform. */
export function RiskParts({ view, risk: { risks, noted, reviews }, callId, platform, alert, self }: Props) {
  const words = wordsOf(ruleWords, view.language);
  return (
    <>
      {alert && <RaisedAlert view={view} alert={alert} self={self} />}
      {risks.map(({ risk, rules, said }) => (
        <Part
          title={<RiskTitle view={view} risk={risk} />}
          aside={<EngineName view={view} platform={platform} of={risk} />}
        >
          {rules.map((rule) => (
            <Found view={view} callId={callId} rule={rule} name={words.rule(rule.name, String(rule.weight))} />
          ))}
          {said.length > 0 && (
            <ul>
              {said.map((one) => (
                <li dir="auto">{one}</li>
              ))}
            </ul>
          )}
        </Part>
      ))}
      {noted.length > 0 && (
        <Part title={words.noted}>
          {noted.map((rule) => (
            <Found view={view} callId={callId} rule={rule} name={rule.name} />
          ))}
        </Part>
      )}
      {reviews.length > 0 && <PlatformReviews view={view} reviews={reviews} />}
    </>
  );
}

function RaisedAlert({ view, alert, self }: { view: View; alert: AlertRow; self: string }) {
  const words = wordsOf(ruleWords, view.language);
  return (
    <Part title={words.alert} aside={<a href={`${ALERTS}/${alert.id}`}>{words.toAlert}</a>}>
      <Facts
        facts={[
          [words.state, <Status tone={ALERT_TONES[alert.state]}>{words[alert.state]}</Status>],
          [words.owner, ownerText(words, alert.ownerId, self)],
          [words.raised, <Moment view={view} at={alert.raisedAt} />],
        ]}
      />
    </Part>
  );
}

function RiskTitle({ view, risk }: { view: View; risk: RiskSnapshot }) {
  const words = wordsOf(scoresWords, view.language);
  const { score, level } = risk;
  return (
    <>
      {score !== null && words.ofHundred(view.formats.number(score))}{" "}
      {level !== null && <Tag tone={level === "critical" ? "wrong" : "attention"}>{words[level]}</Tag>}
      {score === null && level === null && words.risk}
    </>
  );
}

type FoundProps = { view: View; callId: string; rule: Judged; name: string };

/** A rule that holds, and where it was found to. */
function Found({ view, callId, rule, name }: FoundProps) {
  return (
    <div class="found">
      <h4 dir="auto">{name}</h4>
      <EvidenceList view={view} evidence={rule.evidence} callId={callId} />
    </div>
  );
}
