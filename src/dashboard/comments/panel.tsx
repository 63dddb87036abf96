import { assets } from "#assets";
import { may, type Caller } from "../../identity";
import type { CommentRow, ReadReview } from "../../quality";
import { Button } from "../../ui/components/button";
import { KeyHint } from "../../ui/components/key-hint";
import { Moment } from "../../ui/components/moment";
import { Panel } from "../../ui/components/panel";
import { Tag } from "../../ui/components/status";
import { commentWords } from "../../ui/strings/comments";
import { wordsOf, type Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { newOnce } from "../forms";
import { CommentFields } from "./fields";
import { commentReaderOf, type Comments } from "./read";

type CommentWords = Words<typeof commentWords>;

type Props = {
  view: View;
  caller: Caller;
  csrf: string;
  callId: string;
  comments: Comments;
  /** Those of the call that the visitor sees. */
  reviews: readonly ReadReview[];
  /** The one that the page is about. */
  review?: ReadReview;
  isWithheld: boolean;
};

/** What is said of a call, thread by thread, and the form to say something. */
export function CommentsPanel(props: Props) {
  const { view, caller, comments, isWithheld } = props;
  const words = wordsOf(commentWords, view.language);
  const threads = threadsOf(comments.rows);
  const mayComment = may(caller, "comments:write");
  const about = mayComment ? aboutOf(words, props) : [];
  if (threads.length === 0 && about.length === 0) return null;
  return (
    <Panel title={words.title} id="comments">
      <script type="module" src={assets.comments} />
      {isWithheld && <p class="hint">{words.withheld}</p>}
      {threads.length === 0 && <p class="second">{words.none}</p>}
      <ol class="comments">
        {threads.map(({ id, root, replies }) => (
          <li>
            {root ? <Comment {...props} words={words} row={root} /> : <p class="second">{words.deleted}</p>}
            {replies.length > 0 && (
              <ol>
                {replies.map((row) => (
                  <li>
                    <Comment {...props} words={words} row={row} />
                  </li>
                ))}
              </ol>
            )}
            {mayComment && root && <Reply {...props} words={words} parentId={id} />}
          </li>
        ))}
      </ol>
      {about.length > 0 && (
        <form method="post" action={actionOf(props)} class="form comment-form" data-comment-form>
          <Hidden {...props} />
          <CommentFields view={view} about={about} people={peopleOf(props)} />
          <Button>{words.add}</Button>
          <p class="key-hints needs-script">
            <KeyHint keys={["m"]} does={words.keyComment} />
            <KeyHint keys={[",", "."]} does={words.keyMarks} />
          </p>
        </form>
      )}
    </Panel>
  );
}

type Thread = { id: string; root: CommentRow | undefined; replies: CommentRow[] };

/** Comments by what they reply to, in the order in which they began. */
function threadsOf(rows: readonly CommentRow[]): Thread[] {
  const byThread = Map.groupBy(rows, ({ id, parentId }) => parentId ?? id);
  return [...byThread].map(([id, ofThread]) => ({
    id,
    root: ofThread.find((row) => row.id === id),
    replies: ofThread.filter((row) => row.id !== id),
  }));
}

/** What a new comment may be about. Whoever does not judge calls answers finished reviews. */
function aboutOf(words: CommentWords, { view, caller, reviews, review }: Props): [value: string, label: string][] {
  const finished = reviews
    .filter((one) => one.state === "completed" && one.isWithheld !== true && one.id !== review?.id)
    .map(({ id, completedAt }): [string, string] => [id, words.ofReview(view.formats.exact(completedAt ?? 0))]);
  const isOpen = review && review.isWithheld !== true && review.state !== "assigned";
  const { judges } = commentReaderOf(caller);
  const own: [string, string][] =
    isOpen && (judges || review.state === "completed") ? [[review.id, words.ofThisReview]] : [];
  return [...own, ...(judges ? [["", words.ofCall] as [string, string]] : []), ...finished];
}

function actionOf({ callId }: Props): string {
  return `/dashboard/calls/${callId}/comments`;
}

function peopleOf({ callId }: Props): string {
  return `/dashboard/calls/${callId}/commenters`;
}

function Hidden({ view, csrf }: Props) {
  return (
    <>
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="once" value={newOnce()} />
      <input type="hidden" name="back" value={view.path} />
    </>
  );
}

function Reply(props: Props & { words: CommentWords; parentId: string }) {
  const { view, words, parentId } = props;
  return (
    <details class="reply">
      <summary>{words.reply}</summary>
      <form method="post" action={actionOf(props)} class="form">
        <Hidden {...props} />
        <input type="hidden" name="parent" value={parentId} />
        <CommentFields view={view} id={parentId} people={peopleOf(props)} />
        <Button small>{words.reply}</Button>
      </form>
    </details>
  );
}

function Comment({ view, words, caller, callId, comments, row }: Props & { words: CommentWords; row: CommentRow }) {
  const { names } = comments;
  const isOwn = row.authorId === commentReaderOf(caller).id && may(caller, "comments:write");
  const back = encodeURIComponent(view.path);
  return (
    <article class="comment" id={row.id}>
      <p class="second">
        <b dir="auto">{names.get(row.authorId) ?? words.somebody}</b>{" "}
        <Moment view={view} at={row.createdAt} focusable /> {row.kind === "answer" && <Tag>{words.answer}</Tag>}{" "}
        {row.kind === "comment" && row.reviewId !== "" && (
          <a href={`/dashboard/reviews/${row.reviewId}`}>{words.onReview}</a>
        )}{" "}
        {row.editedAt !== null && <span title={view.formats.exact(row.editedAt)}>({words.edited})</span>}
      </p>
      <p class="plain-text" dir="auto">
        {row.atSeconds !== null && (
          <>
            <SeekLink view={view} words={words} seconds={row.atSeconds} />{" "}
          </>
        )}
        <Said row={row} names={names} />
      </p>
      {isOwn && (
        <p class="second">
          <a href={`/dashboard/calls/${callId}/comments/${row.id}?back=${back}`}>{words.change}</a>
        </p>
      )}
    </article>
  );
}

/** Plays from a moment; without script it opens the page there. */
function SeekLink({ view, words, seconds }: { view: View; words: CommentWords; seconds: number }) {
  const when = view.formats.length(Math.floor(seconds));
  return (
    <a class="mono" href={`?t=${Math.floor(seconds)}`} data-seek={seconds} aria-label={words.playFrom(when)}>
      {when}
    </a>
  );
}

/** The text with those that it names marked. */
function Said({ row, names }: { row: CommentRow; names: Comments["names"] }) {
  const named = row.mentions
    .flatMap((id) => names.get(id) ?? [])
    .filter((name) => name !== "")
    .toSorted((one, other) => other.length - one.length);
  if (named.length === 0) return <>{row.text}</>;
  const pattern = new RegExp(`(@(?:${named.map(literally).join("|")}))`, "giu");
  return <>{row.text.split(pattern).map((part, at) => (at % 2 === 1 ? <b class="mention">{part}</b> : part))}</>;
}

/** A pattern that matches this text alone. */
function literally(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
}
