import {
  adviceOn,
  codeOfReason,
  mannerOfPage,
  partsOfReason,
  sentenceOf,
  type Failure,
  type ReasonSubject,
} from "../failures";
import { detailIn } from "../strings/refusals";
import type { View } from "../view";

/** What is wrong, in the same sentence as everywhere, with its code. */
export function Why({ view, failure }: { view: View; failure: Failure }) {
  const { code, text } = sentenceOf(failure, mannerOfPage(view));
  return (
    <>
      <code>{code}</code> {text}
    </>
  );
}

/** What we say of a failure in the language of the page; what another system said as it is. */
export function Detail({ view, text }: { view: View; text: string }) {
  const own = detailIn(text, view.language);
  if (own !== undefined) return <span dir="auto">{own}</span>;
  return (
    <code dir="auto" translate="no">
      {text}
    </code>
  );
}

type ReasonProps = { view: View; about: ReasonSubject; reason: string | null };

/**
 * Why a piece of work failed, by the reason that is stored of it, `code: what happened`: its code, what that means and what to
 * do in the language of the page, and what happened.
 */
export function StoredReason({ view, about, reason }: ReasonProps) {
  const { code, advice, rest } = partsOfReason(about, reason, view.language);
  // What failed before it and took it along has a code of its own.
  const cause = codeOfReason(rest);
  const isOfAnother = cause !== "unknown" && adviceOn("engine", cause, view.language) !== null;
  return (
    <>
      <code>{code}</code> {advice}
      {rest !== "" && (
        <>
          {" "}
          <span class="second">
            {isOfAnother ? (
              <StoredReason view={view} about="engine" reason={rest} />
            ) : (
              <Detail view={view} text={rest} />
            )}
          </span>
        </>
      )}
    </>
  );
}
