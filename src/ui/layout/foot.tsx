import { wordsOf } from "../strings/define";
import { frame } from "../strings/frame";
import type { View } from "../view";

const CHOICES = [
  ["en", "English"],
  ["es", "Español"],
] as const;

/** The time zone of every time on the page, and the choice of language. */
export function Foot({ view }: { view: View }) {
  const words = wordsOf(frame, view.language);
  return (
    <footer class="foot">
      <span>{words.times(view.formats.zone)}</span>
      <form method="post" action="/dashboard/language" aria-label={words.language}>
        <input type="hidden" name="back" value={view.path} />
        {CHOICES.map(([language, title]) => (
          <button
            class="link"
            name="language"
            value={language}
            lang={language}
            aria-current={view.language === language ? "true" : undefined}
          >
            {title}
          </button>
        ))}
      </form>
    </footer>
  );
}
