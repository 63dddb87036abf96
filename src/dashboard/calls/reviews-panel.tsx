import type { ReadReview } from "../../quality";
import { Moment } from "../../ui/components/moment";
import { Part } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { reviewWords } from "../../ui/strings/reviews";
import type { View } from "../../ui/view";

/** Those of a call that have come to an end. */
export function finishedOf(reviews: readonly ReadReview[]): readonly ReadReview[] {
  return reviews.filter(({ state }) => state === "completed" || state === "returned");
}

/** How a call was judged: each finished review leads to its answers. */
export function ReviewsPart({ view, finished }: { view: View; finished: readonly ReadReview[] }) {
  const words = wordsOf(reviewWords, view.language);
  return (
    <Part title={words.results}>
      <ul class="plain">
        {finished.map(({ id, score, passed, completedAt }) => (
          <li>
            <a href={`/dashboard/reviews/${id}`}>
              {score === null ? words.title : words.score(view.formats.score(score))}
            </a>{" "}
            {passed !== null && (
              <Status tone={passed ? "good" : "wrong"}>{passed ? words.passed : words.failed}</Status>
            )}{" "}
            {completedAt !== null && <Moment view={view} at={completedAt} focusable />}
          </li>
        ))}
      </ul>
    </Part>
  );
}
