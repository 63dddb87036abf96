import type { ReadReview } from "../../quality";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { wordsOf } from "../../ui/strings/define";
import { reviewWords } from "../../ui/strings/reviews";
import type { View } from "../../ui/view";

/** How a call was judged: each finished review leads to its answers. */
export function ReviewsPanel({ view, reviews }: { view: View; reviews: readonly ReadReview[] }) {
  const words = wordsOf(reviewWords, view.language);
  const finished = reviews.filter(({ state }) => state === "completed" || state === "returned");
  if (finished.length === 0) return null;
  return (
    <Panel title={words.results}>
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
    </Panel>
  );
}
