import { wordsOf } from "../strings/define";
import { frame } from "../strings/frame";
import type { View } from "../view";

const CHOICES = [
  ["en", "English"],
  ["es", "Español"],
] as const;

/**
 * The time zone of every time on the page, the choice of language, and where webhooks have their URL and secret. What answers a
 * form is not offered in another language: leading back to it would lose what was entered.
 */
export function Foot({ view, hasTools = false }: { view: View; hasTools?: boolean }) {
  const words = wordsOf(frame, view.language);
  return (
    <footer class="foot">
      <span>{words.times(view.formats.zone)}</span>
      {hasTools && <a href="/dashboard/developer-tools">{words.developerTools}</a>}
      {!view.isPosted && (
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
      )}
    </footer>
  );
}
