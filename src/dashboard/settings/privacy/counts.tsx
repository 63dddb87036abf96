import { COUNTED, type Counts } from "../../../privacy";
import { Facts } from "../../../ui/components/panel";
import type { Words } from "../../../ui/strings/define";
import type { privacyWords } from "../../../ui/strings/privacy";
import type { View } from "../../../ui/view";

type Props = { view: View; words: Words<typeof privacyWords>; counts: Counts };

/** What was erased, or would be: what there was none of is left out. */
export function CountFacts({ view, words, counts }: Props) {
  const facts = COUNTED.flatMap((name) => {
    const count = counts[name] ?? 0;
    return count === 0 ? [] : [[words[name], view.formats.number(count)] as const];
  });
  return <Facts facts={facts} />;
}
