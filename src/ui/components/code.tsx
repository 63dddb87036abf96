import { frame } from "../strings/frame";
import { wordsOf } from "../strings/define";
import type { View } from "../view";
import { Icon } from "./icon";

/** Copies a text; says "Copied" to screen readers too. Without script it is not shown: the text can be selected. */
export function CopyButton(props: { view: View; text: string; what: string; label?: string }) {
  const { view, text, what, label } = props;
  const words = wordsOf(frame, view.language);
  return (
    <button class="button small copy needs-script" type="button" data-copy={text} data-copied={words.copied}>
      <Icon name="copy" />
      <span class="copy-word">{label ?? words.copy}</span>
      {label === undefined && <span class="for-screen-readers">{what}</span>}
    </button>
  );
}

/** Text to be copied as a whole: a body, a header, a command. */
export function Code({ view, text, what }: { view: View; text: string; what: string }) {
  return (
    <div class="code">
      <pre tabindex={0} aria-label={what} role="region">
        <code>{text}</code>
      </pre>
      <CopyButton view={view} text={text} what={what} />
    </div>
  );
}

/** An id or a URL within a line. */
export function Id({ view, text, what }: { view: View; text: string; what: string }) {
  const words = wordsOf(frame, view.language);
  return (
    <span class="id">
      <code>{text}</code>
      <button
        class="icon-button needs-script"
        type="button"
        data-copy={text}
        data-copied={words.copied}
        aria-label={words.copyOf(what)}
      >
        <Icon name="copy" />
      </button>
    </span>
  );
}

/** A sentence in which what is between backticks is to be typed as it is. */
export function WithCode({ text }: { text: string }) {
  return <>{text.split("`").map((part, at) => (at % 2 === 1 ? <code>{part}</code> : part))}</>;
}
