import { MICROS } from "../../analysis";
import type { TriedAction } from "../../pipeline";
import { Code } from "../../ui/components/code";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { StoredReason } from "../../ui/components/stored-reason";
import { actionWords } from "../../ui/strings/actions";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { amountsIn } from "../settings/usage/amounts";

/** What actions would do with a call. */
export function TriedPanel({ view, tried }: { view: View; tried: readonly TriedAction[] }) {
  const words = wordsOf(actionWords, view.language);
  return (
    <Panel title={words.triedTitle} id="tried">
      <p role="status" class="second">
        {words.triedState}
      </p>
      {tried.map(({ action, holds, would: { tags, request, notified, question } }) => (
        <div>
          <h3 dir="auto">{action.name}</h3>
          <p>
            <Status tone={holds === true ? "good" : "idle"}>
              {holds === true ? words.would : holds === false ? words.wouldNot : words.unknown}
            </Status>
          </p>
          {tags !== null && <p dir="auto">{words.wouldTag(tags.length === 0 ? words.noTags : tags.join(", "))}</p>}
          {notified !== null && <p>{words.wouldNotify(view.formats.number(notified))}</p>}
          {request !== null && (
            <>
              <p>{words.wouldPost}</p>
              <Code view={view} text={readable(request.body)} what={words.wouldPost} />
            </>
          )}
          {question !== null && (
            <>
              <p dir="auto">
                {words.wouldAsk(question.engine, amountsIn(view.language).dollars(question.micros / MICROS))}
              </p>
              <Code view={view} text={question.text} what={words.prompt} />
              {question.failure !== null && (
                <p>
                  <StoredReason view={view} about="engine" reason={question.failure} />
                </p>
              )}
              {question.answer !== null && (
                <>
                  <p>{words.answered}</p>
                  <Code view={view} text={answerText(question.answer)} what={words.answered} />
                </>
              )}
            </>
          )}
        </div>
      ))}
    </Panel>
  );
}

/** In characters: the page shows the beginning of a long body. */
const MOST_SHOWN = 4_000;

function readable(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2).slice(0, MOST_SHOWN);
}

function answerText(answer: unknown): string {
  return typeof answer === "string" ? answer : JSON.stringify(answer, null, 2);
}
