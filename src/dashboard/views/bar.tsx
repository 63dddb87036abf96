import type { SavedView } from "../../identity";
import { Button } from "../../ui/components/button";
import { ChipMenu } from "../../ui/components/chips";
import { CheckField, SelectField, TextField } from "../../ui/components/form";
import { viewWords } from "../../ui/strings/views";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { callsHref, hasFilter, queryText, type CallQuery } from "../calls/filter";

/** Each view as a link, with the one that the list shows marked. Nothing where there is none. */
export function ViewBar(props: { view: View; asked: CallQuery; views: readonly SavedView[] }) {
  const { view, asked, views } = props;
  const words = wordsOf(viewWords, view.language);
  if (views.length === 0) return null;
  const query = queryText(asked);
  return (
    <nav class="chips spaced-below" aria-label={words.views}>
      <a class="chip" href={callsHref({}, {})} aria-current={hasFilter(asked) ? undefined : "page"}>
        {words.all}
      </a>
      {views.map((one) => (
        <a class="chip" href={`/dashboard/calls?${one.query}`} aria-current={one.query === query ? "page" : undefined}>
          <span class="clip" dir="auto">
            {one.name}
          </span>
        </a>
      ))}
      <a class="chip" href="/dashboard/calls/views">
        {words.manage}
      </a>
    </nav>
  );
}

type MenuProps = {
  view: View;
  csrf: string;
  asked: CallQuery;
  views: readonly SavedView[];
  formId: string;
  mayShare: boolean;
};

/** Saves the filters of the list. Not where there are none, or where they are saved as they are. */
export function SaveViewMenu({ view, csrf, asked, views, formId, mayShare }: MenuProps) {
  const words = wordsOf(viewWords, view.language);
  const query = queryText(asked);
  if (!hasFilter(asked) || views.some((one) => one.query === query)) return null;
  const own = views.filter(({ isMine }) => isMine);
  return (
    <ChipMenu title={words.save} asButton>
      <form class="form" method="post" action="/dashboard/calls/views">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="form" value={formId} />
        <input type="hidden" name="query" value={query} />
        {own.length > 0 && (
          <SelectField
            view={view}
            name="as"
            label={words.saveAs}
            options={[
              ["", words.newView],
              ...own.map(({ id, version, name }) => [`${id}.${version}`, words.replace(name)] as const),
            ]}
          />
        )}
        <TextField view={view} name="name" label={words.name} maxlength={80} optional={own.length > 0} />
        {mayShare && <CheckField name="shared" label={words.share} />}
        <CheckField name="first" label={words.first} />
        <Button kind="main">{words.saveButton}</Button>
      </form>
    </ChipMenu>
  );
}
