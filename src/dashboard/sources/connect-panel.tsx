import type { GuideEntry, GuideSnippet } from "../../platforms";
import { comesByUpload, type SourceGuide } from "../../sources";
import { Button } from "../../ui/components/button";
import { Code, CopyButton, WithCode } from "../../ui/components/code";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { platformTitle } from "./platform-title";
import { wordsOf, type Words } from "../../ui/strings/define";
import { guideText } from "../../ui/strings/guides";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import { newOnce } from "../forms";

export type SourceWords = Words<typeof sourceWords>;

type Props = {
  view: View;
  csrf: string;
  written: SourceGuide;
  /** Shown this once: an API key made for the source, or its own new secret. */
  key: string | null;
  secret: string | null;
  mayMakeKey: boolean;
};

/** What to enter at the other product, with one copy button for each field of its form. */
export function ConnectPanel({ view, csrf, written, key, secret, mayMakeKey }: Props) {
  const words = wordsOf(sourceWords, view.language);
  const { platform, source, guide } = written;
  const [body, ...snippets] = guide.snippets.filter(({ language }) => language === "json");
  const others = guide.snippets.filter(({ language }) => language !== "json");
  const isKeyed = platform.authentication === "api_key";
  return (
    <>
      <Warnings words={words} written={written} />
      {secret !== null && (
        <Panel title={words.ownSecret}>
          <p>{words.secretShown}</p>
          <div class="spaced">
            <Code view={view} text={secret} what={words.ownSecret} />
          </div>
        </Panel>
      )}
      {/* Uploads come from programs of the organization: there is no other product with a form. */}
      <Panel
        title={words.connect(platformTitle(platform.kind, view.language))}
        aside={comesByUpload(platform) ? undefined : words.perField}
      >
        <div class="halves">
          <div class="form">
            {guide.request.length > 0 && (
              <CopyRows view={view} title={words.request} entries={guide.request} keyText={null} />
            )}
            {guide.headers.length > 0 && (
              <CopyRows view={view} title={words.headers} entries={guide.headers} keyText={key} />
            )}
            {guide.request.length === 0 && (
              <CopyRows
                view={view}
                title={words.request}
                entries={[{ name: "URL", value: written.webhookUrl }]}
                keyText={null}
              />
            )}
            {key !== null && <p class="hint">{words.keyShown}</p>}
            {isKeyed && key === null && mayMakeKey && (
              <form method="post" action={`/dashboard/sources/${source.id}/key`} class="form">
                <input type="hidden" name="csrf" value={csrf} />
                <input type="hidden" name="once" value={newOnce()} />
                <div class="actions">
                  <Button icon="passkey">{words.makeKey}</Button>
                </div>
                <p class="hint">{words.makeKeyText}</p>
              </form>
            )}
          </div>
          <div class="form">
            {[...(body ? [body] : []), ...snippets].map((snippet, index) => (
              <Snippet
                view={view}
                snippet={snippet}
                title={index === 0 ? words.body : guideText(snippet.title, view.language)}
              />
            ))}
          </div>
        </div>
        {guide.variables.length > 0 && <Variables words={words} written={written} />}
        <details class="more">
          <summary>{words.steps}</summary>
          <div class="form">
            <ol class="steps">
              {guide.steps.map(({ title, text }) => (
                <li>
                  <b>
                    <WithCode text={guideText(title, view.language)} />
                  </b>
                  : <WithCode text={guideText(text, view.language)} />
                </li>
              ))}
            </ol>
            {others.map((snippet) => (
              <Snippet view={view} snippet={snippet} title={guideText(snippet.title, view.language)} />
            ))}
          </div>
        </details>
      </Panel>
    </>
  );
}

/** First what keeps calls from arriving, however well the rest is followed. */
function Warnings({ words, written }: { words: SourceWords; written: SourceGuide }) {
  const { warnings, platform, webhookUrl } = written;
  const host = URL.parse(webhookUrl)?.host ?? webhookUrl;
  const texts = {
    not_reachable: [words.notPublic, words.notPublicText(platform.title, host)],
    paused: ["", words.isPaused],
    no_campaign: ["", words.noCampaignWarning],
    no_credentials: ["", words.noCredentials],
  } as const;
  return (
    <>
      {warnings.map(({ code }) => (
        <Panel tone="attention">
          <div class="notice">
            <p>
              {texts[code][0] !== "" && (
                <>
                  <Status tone="attention">
                    <b>{texts[code][0]}</b>
                  </Status>{" "}
                </>
              )}
              {texts[code][1]}
            </p>
          </div>
        </Panel>
      ))}
    </>
  );
}

type RowsProps = { view: View; title: string; entries: readonly GuideEntry[]; keyText: string | null };

function CopyRows({ view, title, entries, keyText }: RowsProps) {
  return (
    <div>
      <h3>{title}</h3>
      <table class="copy-rows">
        <tbody>
          {entries.map(({ name, value, secret }) => {
            const text = secret && keyText !== null ? keyText : guideText(value, view.language);
            const called = guideText(name, view.language);
            return (
              <tr>
                <th scope="row">{called}</th>
                <td>
                  <code class={secret ? "marked" : undefined}>{text}</code>
                </td>
                <td>{!(secret && keyText === null) && <CopyButton view={view} text={text} what={called} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Snippet({ view, snippet, title }: { view: View; snippet: GuideSnippet; title: string }) {
  return (
    <div>
      <h3>{title}</h3>
      <Code view={view} text={snippet.text} what={title} />
    </div>
  );
}

function Variables({ words, written }: { words: SourceWords; written: SourceGuide }) {
  return (
    <details class="more">
      <summary>{words.variables}</summary>
      <div class="table-scroll" tabindex={0} role="region" aria-label={words.variables}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              <th scope="col">{words.variable}</th>
            </tr>
          </thead>
          <tbody>
            {written.guide.variables.map(({ field, variable, required }) => (
              <tr>
                <td>
                  <code>{field}</code> {required && <span class="second">{words.needed}</span>}
                </td>
                <td>
                  <code>{variable}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
