import type { CampaignRow } from "../../campaigns";
import type { PlatformKind } from "../../platforms";
import type { FieldErrors } from "../../ui/components/form";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { wordsOf } from "../../ui/strings/define";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import { KindCards, NewSourceForm, type SourceFields } from "./new-form";

/** What the form of a new source was filled in with; `kind` is null where none is chosen yet. */
export type NewSourceFilled = {
  kind: PlatformKind | null;
  fields: SourceFields;
  errors: FieldErrors;
  once: string;
};

type Props = NewSourceFilled & {
  view: View;
  frame: Frame;
  campaigns: readonly CampaignRow[];
  mayMakeKey: boolean;
};

/** A new source: first what the calls come from, then its form. */
export function NewSourcePage({ view, frame, kind, ...form }: Props) {
  const words = wordsOf(sourceWords, view.language);
  return (
    <FramedPage view={view} frame={frame} title={words.newTitle} current="sources">
      <PageHead title={words.newTitle} state={words.newText} />
      <KindCards view={view} current={kind} hrefOf={(one) => `/dashboard/sources/new?kind=${one}`} />
      {kind !== null && <NewSourceForm view={view} csrf={frame.csrf} kind={kind} {...form} />}
    </FramedPage>
  );
}
