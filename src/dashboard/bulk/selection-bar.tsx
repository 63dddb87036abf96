import { Button, ButtonLink } from "../../ui/components/button";
import { bulkWords } from "../../ui/strings/bulk";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";

type Props = {
  view: View;
  /** The list, as it is shown. */
  back: string;
  /** Where all that the filters find is changed; undefined where that is not possible. */
  allHref?: string | undefined;
};

/** What to do with the selected calls, or with all that the filters find. Nothing is done before a count was shown. */
export function SelectionBar({ view, back, allHref }: Props) {
  const words = wordsOf(bulkWords, view.language);
  return (
    <div class="selection" data-selection>
      <input type="hidden" name="back" value={back} />
      <span role="status">
        <b data-selection-count>0</b> {words.selected}
      </span>
      {allHref !== undefined && <ButtonLink href={allHref}>{words.changeAll}</ButtonLink>}
      <Button kind="main">{words.change}</Button>
    </div>
  );
}
