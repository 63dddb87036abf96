import type { Child } from "hono/jsx";
import type { SavedView } from "../../identity";
import { Button, ButtonLink } from "../../ui/components/button";
import { EmptyState } from "../../ui/components/empty-state";
import { CheckField, FormErrors, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { Tag } from "../../ui/components/status";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { viewWords } from "../../ui/strings/views";
import type { View } from "../../ui/view";
import { callsHref } from "../calls/filter";

/** A view with what a person entered for it, where that could not be saved. */
export type Editing = {
  view: SavedView;
  entered: { name: string; shared: boolean };
  /** The version that the form was filled from, where that is to be judged again. */
  seen?: string;
  errors: FieldErrors;
  differences: readonly Difference[];
};

type Props = {
  view: View;
  frame: Frame;
  views: readonly SavedView[];
  editing: Editing | null;
  mayShare: boolean;
  toast?: Child;
};

/** Every view that this person sees, and the form of the one that they change. */
export function ViewsPage(props: Props) {
  const { view, frame, views, editing, toast } = props;
  const words = wordsOf(viewWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.title} current="calls" toast={toast}>
      <PageHead
        title={words.title}
        state={words.text}
        actions={<ButtonLink href={callsHref({}, {})}>{words.back}</ButtonLink>}
      />
      {editing && <EditPanel {...props} editing={editing} />}
      <Panel flush>
        {views.length === 0 ? (
          <EmptyState title={words.none}>{words.noneText}</EmptyState>
        ) : (
          <ul class="needs">
            {views.map((one) => (
              <li>
                <div>
                  <a class="clip" dir="auto" href={`/dashboard/calls?${one.query}`}>
                    {one.name}
                  </a>{" "}
                  {one.shared && <Tag>{words.shared}</Tag>} {one.isDefault && <Tag>{words.isFirst}</Tag>}
                </div>
                <ViewActs view={view} csrf={frame.csrf} one={one} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </FramedPage>
  );
}

function ViewActs({ view, csrf, one }: { view: View; csrf: string; one: SavedView }) {
  const words = wordsOf(viewWords, view.language);
  const base = `/dashboard/calls/views/${one.id}`;
  return (
    <form class="actions" method="post">
      <input type="hidden" name="csrf" value={csrf} />
      <button
        class="button small"
        formaction={`${base}/first`}
        aria-label={one.isDefault ? words.noFirstOf(one.name) : words.makeFirstOf(one.name)}
        name="first"
        value={one.isDefault ? "no" : "yes"}
      >
        {one.isDefault ? words.noFirst : words.makeFirst}
      </button>
      {one.isMine && (
        <>
          <ButtonLink small href={base} label={words.changeOf(one.name)}>
            {words.change}
          </ButtonLink>
          <button class="button small danger" formaction={`${base}/remove`} aria-label={words.removeOf(one.name)}>
            {words.remove}
          </button>
        </>
      )}
    </form>
  );
}

function EditPanel({ view, frame, editing, mayShare }: Props & { editing: Editing }) {
  const words = wordsOf(viewWords, view.language);
  const { view: one, entered, errors, differences } = editing;
  return (
    <Panel title={words.changeOf(one.name)}>
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <form class="form" method="post" action={`/dashboard/calls/views/${one.id}`}>
        <input type="hidden" name="csrf" value={frame.csrf} />
        <input type="hidden" name="seen" value={editing.seen ?? String(one.version)} />
        <TextField view={view} name="name" label={words.name} value={entered.name} errors={errors} maxlength={80} />
        {(mayShare || one.shared) && <CheckField name="shared" label={words.share} checked={entered.shared} />}
        <div class="actions">
          <ButtonLink href="/dashboard/calls/views">{words.back}</ButtonLink>
          <Button kind="main">{words.saveButton}</Button>
        </div>
      </form>
    </Panel>
  );
}

/** Says what was removed, with the way back. */
export function UndoRemove({ view, csrf, removed }: { view: View; csrf: string; removed: SavedView }) {
  const words = wordsOf(viewWords, view.language);
  return (
    <>
      {words.removed(removed.name)}
      <form method="post" action="/dashboard/calls/views">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="form" value={removed.id} />
        <input type="hidden" name="query" value={removed.query} />
        <input type="hidden" name="name" value={removed.name} />
        {removed.shared && <input type="hidden" name="shared" value="true" />}
        {removed.isDefault && <input type="hidden" name="first" value="true" />}
        <Button small>{words.undo}</Button>
      </form>
    </>
  );
}
