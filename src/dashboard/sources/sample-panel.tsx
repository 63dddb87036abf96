import { may, type Caller } from "../../identity";
import { newUnique, type CommonSettings, type TriedNotice } from "../../platforms";
import type { SourceGuide } from "../../sources";
import { Button } from "../../ui/components/button";
import { TextArea, type FieldErrors } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Detail } from "../../ui/components/stored-reason";
import { wordsOf } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import { newOnce } from "../forms";
import type { SourceWords } from "./connect-panel";

type Props = {
  view: View;
  csrf: string;
  caller: Caller;
  written: SourceGuide;
  /** What was tried or sent; "" for an example of the platform's. */
  sample: string;
  tried: TriedNotice | null;
  /** Why it was not sent. */
  wrong: FieldErrors;
  /** The campaign on whose page this is; "" on the source's own. */
  back: string;
};

/**
 * A notice that someone writes, with an example to begin with: read as the source reads a real one, with nothing stored,
 * or sent the way of a real one.
 */
export function SamplePanel({ view, csrf, caller, written, sample, tried, wrong, back }: Props) {
  const words = wordsOf(sourceWords, view.language);
  const { source, platform, campaign } = written;
  const settings = source.settings as CommonSettings;
  const example = platform.example?.({ now: view.now, unique: newUnique(), settings, campaign });
  const hint = example === undefined ? words.sampleText : example === "" ? words.noExampleText : words.exampleText;
  return (
    <Panel title={example === undefined ? words.sample : words.sampleOrSend} id="sample-panel">
      {tried && <Tried view={view} words={words} tried={tried} />}
      {wrong.length > 0 && <Wrong title={words.sampleNotSent} errors={wrong} />}
      <form method="post" action={`/dashboard/sources/${source.id}/sample#sample-panel`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="once" value={newOnce()} />
        {campaign && <input type="hidden" name="campaign" value={campaign.id} />}
        {back !== "" && <input type="hidden" name="back" value={back} />}
        <TextArea
          view={view}
          name="sample"
          label={words.notice}
          hint={hint}
          value={sample || example}
          rows={example === undefined ? 6 : 12}
          mono
        />
        {example !== undefined && (
          <p class="hint">
            {words.sendText} {may(caller, "privacy:erase") && words.sendRemove}
          </p>
        )}
        <div class="actions">
          <Button name="act" value="try">
            {words.tryIt}
          </Button>
          {example !== undefined && (
            <Button kind="main" name="act" value="send">
              {words.sendIt}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}

/** What is wrong, field by field. */
function Wrong({ title, errors }: { title: string; errors: FieldErrors }) {
  return (
    <div class="form-errors" role="alert">
      <p>{title}</p>
      <ul>
        {errors.map(({ field, message }) => (
          <li dir="auto">
            <code>{field}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Tried({ view, words, tried }: { view: View; words: SourceWords; tried: TriedNotice }) {
  const [call] = tried.facts;
  if (tried.problems.length > 0)
    return <Wrong title={words.sampleWrong} errors={fieldErrorsIn(tried.problems, view.language)} />;
  if (!call)
    return (
      <p role="status">
        <Status tone="attention">{words.sampleIgnored}</Status>{" "}
        {tried.ignored && <Detail view={view} text={tried.ignored} />}
      </p>
    );
  const text = (value: string | null | undefined) => <span dir="auto">{value ?? "–"}</span>;
  return (
    <div role="status">
      <Status tone="good">{words.sampleRead}</Status>
      <Facts
        facts={[
          [words.from, text(call.fromE164 ?? call.from)],
          [words.to, text(call.toE164 ?? call.to)],
          [words.operator, text(call.operatorName)],
          [words.direction, text(call.direction)],
          [
            words.began,
            typeof call.startedAt === "number" ? <Moment view={view} at={call.startedAt} focusable /> : "–",
          ],
          [words.recordings, view.formats.number(call.recordings.length)],
          ...(tried.unmapped.length > 0 ? [[words.unmapped, text(tried.unmapped.join(", "))] as const] : []),
        ]}
      />
    </div>
  );
}
