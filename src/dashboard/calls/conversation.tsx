import type { Conversation as CallConversation } from "../../calls";
import { Panel } from "../../ui/components/panel";
import type { callPageWords } from "../../ui/strings/call";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";

/** What a page shows of a long conversation. The API has all of it. */
const MOST_ENTRIES = 200;
const MOST_TEXT = 20_000;

type Props = { view: View; words: Words<typeof callPageWords>; conversation: CallConversation };

/** The conversation as the platform sent it; its summary is in short. */
export function Conversation({ view, words, conversation }: Props) {
  const { transcript, timeline } = conversation;
  const messages = timeline.filter(({ kind }) => kind === "message").slice(0, MOST_ENTRIES);
  if (messages.length === 0 && !transcript) return null;
  return (
    <Panel title={words.transcript}>
      {messages.length > 0 ? (
        <ol class="transcript">
          {messages.map(({ at, speaker, text }) => (
            <li>
              <span class="mono second">{view.formats.exactTime(at).slice(0, 8)}</span>
              <b class={speaker === "bot" ? "voice-operator" : "voice-customer"}>
                {speaker === null ? "" : words[speaker]}
              </b>
              <span dir="auto">{text}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p class="plain-text" dir="auto">
          {transcript?.slice(0, MOST_TEXT)}
        </p>
      )}
    </Panel>
  );
}
