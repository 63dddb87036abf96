import type { Child } from "hono/jsx";
import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { ButtonLink } from "./button";

/** The way through a list by cursor: back to its beginning, and on to what is older. */
export function Pager(props: {
  view: View;
  firstHref?: string | undefined;
  nextHref?: string | undefined;
  /** What the ways back and on are called, where what follows is not older. */
  titles?: { first: string; next: string };
  /** Which list it is, where a page has several. */
  label?: string;
  children?: Child;
}) {
  const { view, firstHref, nextHref, titles, label, children } = props;
  const words = wordsOf(frame, view.language);
  return (
    <nav class="pager" aria-label={label === undefined ? words.pages : `${words.pages}: ${label}`}>
      <span class="pager-note">{children}</span>
      {firstHref !== undefined && (
        <ButtonLink small href={firstHref}>
          {titles?.first ?? words.first}
        </ButtonLink>
      )}
      {nextHref !== undefined && (
        <ButtonLink small href={nextHref}>
          {titles?.next ?? words.older}
        </ButtonLink>
      )}
    </nav>
  );
}
