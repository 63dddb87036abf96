import { SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import { commentWords } from "../../ui/strings/comments";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";

/** As long as a comment may be. */
export const LONGEST_COMMENT = 2_000;

type Props = {
  view: View;
  /** Tells the fields of a reply from those of the form; a reply is of no moment and about what its thread is about. */
  id?: string;
  about?: readonly (readonly [value: string, label: string])[];
  /** Where the names of those are who can be named. */
  people: string;
  text?: string;
  moment?: string;
  errors?: FieldErrors;
};

/** What a comment says, at which moment, and of what. With script (ui/browser/comments.ts) names are offered after `@`. */
export function CommentFields({ view, id, about = [], people, text = "", moment, errors = [] }: Props) {
  const words = wordsOf(commentWords, view.language);
  const name = id === undefined ? "comment" : `comment-${id}`;
  const wrong = errors.filter(({ field }) => field === "comment");
  return (
    <>
      <div class="field">
        <label for={name}>{words.text}</label>
        <textarea
          id={name}
          name="comment"
          rows={id === undefined ? 3 : 2}
          maxlength={LONGEST_COMMENT}
          required
          dir="auto"
          data-unsaved={errors.length > 0 ? "yes" : ""}
          data-comment={id === undefined ? "new" : "reply"}
          data-people={people}
          data-people-label={words.people}
          aria-describedby={`${name}-hint${wrong.length > 0 ? ` ${name}-error` : ""}`}
          aria-invalid={wrong.length > 0 ? "true" : undefined}
        >
          {text}
        </textarea>
        <p class="hint" id={`${name}-hint`}>
          {words.hint}
        </p>
        {wrong.length > 0 && (
          <p class="field-error" id={`${name}-error`}>
            {wrong.map(({ message }) => message).join(" ")}
          </p>
        )}
      </div>
      {id === undefined && (
        <TextField
          view={view}
          name="moment"
          label={words.moment}
          hint={words.momentHint}
          value={moment}
          maxlength={12}
          errors={errors}
          optional
          mono
        />
      )}
      {about.length === 1 && <input type="hidden" name="about" value={about[0]?.[0]} />}
      {about.length > 1 && <SelectField view={view} name="about" label={words.about} options={about} />}
    </>
  );
}
