import type { Child } from "hono/jsx";
import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Icon } from "./icon";

/**
 * A dialog that a button with `data-dialog` opens. Danger asks in one, naming the consequence and the count. Without
 * script the browser does not open it, so the button is a link to a page that has the same form.
 */
export function Dialog({ view, id, title, children }: { view: View; id: string; title: string; children?: Child }) {
  const words = wordsOf(frame, view.language);
  return (
    <dialog id={id} class="dialog" aria-labelledby={`${id}-title`}>
      <header class="dialog-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <form method="dialog">
          <button class="icon-button" aria-label={words.close}>
            <Icon name="close" />
          </button>
        </form>
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
