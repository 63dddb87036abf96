import { assets } from "#assets";
import type { CommentRow } from "../../quality";
import { Button } from "../../ui/components/button";
import type { FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { commentWords } from "../../ui/strings/comments";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { newOnce } from "../forms";
import { CommentFields } from "./fields";

/** What a comment is to say. `back`: the page that it was begun on. */
export type Draft = { text: string; moment: string; back: string; about?: string; parent?: string };

type Props = {
  view: View;
  frame: Frame;
  callId: string;
  /** The comment that is changed; undefined for a new one that was refused. */
  row: CommentRow | undefined;
  draft: Draft;
  errors: FieldErrors;
};

/** A comment by itself: to be changed or deleted, or to be said again where it was refused. */
export function CommentFormPage({ view, frame, callId, row, draft, errors }: Props) {
  const words = wordsOf(commentWords, view.language);
  const title = row ? words.changeTitle : words.again;
  const action = `/dashboard/calls/${callId}/comments${row ? `/${row.id}` : ""}`;
  const hidden = (
    <>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="back" value={draft.back} />
    </>
  );
  const isReply = row ? row.parentId !== null : (draft.parent ?? "") !== "";
  return (
    <FramedPage view={view} frame={frame} title={title} current="calls">
      <script type="module" src={assets.comments} />
      <PageHead title={title} state={<a href={draft.back}>{words.back}</a>} />
      <Panel>
        <form method="post" action={action} class="form">
          {hidden}
          {!row && <input type="hidden" name="once" value={newOnce()} />}
          {!row && draft.about && <input type="hidden" name="about" value={draft.about} />}
          {!row && draft.parent && <input type="hidden" name="parent" value={draft.parent} />}
          <CommentFields
            view={view}
            id={isReply ? "reply" : undefined}
            people={`/dashboard/calls/${callId}/commenters`}
            text={draft.text}
            moment={draft.moment}
            errors={errors}
          />
          <Button kind="main">{row ? words.save : words.add}</Button>
        </form>
      </Panel>
      {row && (
        <Panel>
          <form method="post" action={`${action}/delete`} class="form">
            {hidden}
            <p class="hint">{words.removeHint}</p>
            <Button kind="danger">{words.remove}</Button>
          </form>
        </Panel>
      )}
    </FramedPage>
  );
}
