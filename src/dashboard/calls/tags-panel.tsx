import { MAX_TAG_LENGTH } from "../../calls";
import { Button } from "../../ui/components/button";
import { Chips } from "../../ui/components/chips";
import { TextField } from "../../ui/components/form";
import { Icon } from "../../ui/components/icon";
import type { callPageWords } from "../../ui/strings/call";
import type { Words } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import { callsHref } from "./filter";

type Props = {
  view: View;
  words: Words<typeof callPageWords>;
  callId: string;
  tags: readonly string[];
  /** What other calls have, to choose from. */
  known: readonly string[];
  /** Null for who may not change them. */
  csrf: string | null;
};

const LIST = "known-tags";

/** The tags of a call, each of which leads to the calls that have it. */
export function Tags({ words, callId, tags, csrf }: Omit<Props, "view" | "known">) {
  return (
    <div id="tags">
      {tags.length === 0 && <span class="second">{words.noTags}</span>}
      <Chips>
        {tags.map((tag) => (
          <span class="chip">
            <a href={callsHref({}, { tag })} dir="auto" class="clip">
              {tag}
            </a>
            {csrf !== null && (
              <form method="post" action={actionOf(callId)}>
                <input type="hidden" name="csrf" value={csrf} />
                <button class="chip-remove" name="remove" value={tag} aria-label={words.removeTag(tag)}>
                  <Icon name="close" />
                </button>
              </form>
            )}
          </span>
        ))}
      </Chips>
    </div>
  );
}

/** For one more; nothing for who may not change them. */
export function TagForm({ view, words, callId, tags, known, csrf }: Props) {
  if (csrf === null) return null;
  return (
    <form method="post" action={actionOf(callId)} class="form tag-form">
      <input type="hidden" name="csrf" value={csrf} />
      <TextField view={view} name="add" label={words.addTag} maxlength={MAX_TAG_LENGTH} list={LIST} />
      <datalist id={LIST}>
        {known
          .filter((tag) => !tags.includes(tag))
          .map((tag) => (
            <option value={tag} />
          ))}
      </datalist>
      <Button>{words.add}</Button>
    </form>
  );
}

function actionOf(callId: string): string {
  return `/dashboard/calls/${callId}/tags`;
}
