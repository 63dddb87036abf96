import type { Child } from "hono/jsx";
import type { FailureSentence } from "../failures";
import { failureWords } from "../strings/failures";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { ButtonLink } from "./button";
import { Panel } from "./panel";
import { Tag } from "./status";

type Tone = "wrong" | "attention";

/** What is wrong, in one sentence with its code. `children`: what can be done at once. */
export function Trouble({ sentence, tone, children }: { sentence: FailureSentence; tone: Tone; children?: Child }) {
  return (
    <Panel tone={tone}>
      <div class="notice">
        <p dir="auto">
          <CodeOf sentence={sentence} tone={tone} /> <b>{sentence.what}</b> {sentence.likely} {sentence.next}
        </p>
        {children}
      </div>
    </Panel>
  );
}

export type ListedTrouble = { sentence: FailureSentence; tone: Tone; href: string };

/** More of them than this are in the list below anyway. */
const MOST_SHOWN = 5;

/** What is wrong with the things of a list, above it. */
export function Troubles({ view, troubles }: { view: View; troubles: readonly ListedTrouble[] }) {
  const words = wordsOf(failureWords, view.language);
  if (troubles.length === 0) return null;
  return (
    <Panel title={words.whatIsWrong} flush>
      <ul class="needs">
        {troubles.slice(0, MOST_SHOWN).map(({ sentence, tone, href }) => (
          <li>
            <CodeOf sentence={sentence} tone={tone} />
            <div dir="auto">
              <b>{sentence.what}</b>
              <p class="second">
                {sentence.likely} {sentence.next}
              </p>
            </div>
            <ButtonLink small href={href}>
              {words.open}
            </ButtonLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function CodeOf({ sentence, tone }: { sentence: FailureSentence; tone: Tone }) {
  return (
    <Tag tone={tone}>
      <code>{sentence.code}</code>
    </Tag>
  );
}
