import type { callPageWords } from "../../ui/strings/call";
import type { Lane } from "../../ui/components/player";
import type { Words } from "../../ui/strings/define";
import type { CallParts } from "./read-one";

/** The voices of a recording with their turns, the operator first; none before it is analysed. */
export function lanesOf(
  words: Words<typeof callPageWords>,
  { findings, operatorChannel, call }: Pick<CallParts, "findings" | "operatorChannel" | "call">,
): Lane[] {
  if (findings === null) return [];
  const { channels } = findings;
  const [only] = channels;
  if (only && channels.length === 1) return [{ voice: "anyone", name: words.speech, turns: only.segments }];
  return channels
    .map(({ channel, segments }): Lane =>
      channel === operatorChannel
        ? { voice: "operator", name: call.operatorName ?? words.operator, turns: segments }
        : { voice: "customer", name: words.customer, turns: segments },
    )
    .toSorted((one, other) => Number(one.voice !== "operator") - Number(other.voice !== "operator"));
}
