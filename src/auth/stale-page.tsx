import { BarePage } from "../ui/layout/bare";
import { pageAnswer } from "../ui/layout/page";
import { wordsOf } from "../ui/strings/define";
import { people } from "../ui/strings/people";
import { stateWords } from "../ui/strings/state";
import type { View } from "../ui/view";

/** The answer to a form that is none of this session's, or of another site. */
export function staleAnswer(view: View): Promise<Response> {
  return pageAnswer(
    <BarePage view={view} title={wordsOf(stateWords, view.language).stale}>
      <p role="status">{wordsOf(people, view.language).staleForm}</p>
    </BarePage>,
    403,
  );
}
