import type { TriedNotice } from "../../platforms";
import { Button } from "../../ui/components/button";
import { TextArea } from "../../ui/components/form";
import { Moment } from "../../ui/components/moment";
import { Facts, Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Detail } from "../../ui/components/stored-reason";
import { wordsOf } from "../../ui/strings/define";
import { fieldErrorsIn } from "../../ui/strings/refusals";
import { sourceWords } from "../../ui/strings/sources";
import type { View } from "../../ui/view";
import type { SourceWords } from "./connect-panel";

type Props = { view: View; csrf: string; sourceId: string; sample: string; tried: TriedNotice | null };

/** A notice that someone pastes, read as the source reads a real one. Nothing is stored. */
export function SamplePanel({ view, csrf, sourceId, sample, tried }: Props) {
  const words = wordsOf(sourceWords, view.language);
  return (
    <Panel title={words.sample} id="sample">
      {tried && <Tried view={view} words={words} tried={tried} />}
      <form method="post" action={`/dashboard/sources/${sourceId}/sample#sample`} class="form">
        <input type="hidden" name="csrf" value={csrf} />
        <TextArea view={view} name="sample" label={words.sample} hint={words.sampleText} value={sample} rows={6} mono />
        <div class="actions">
          <Button>{words.tryIt}</Button>
        </div>
      </form>
    </Panel>
  );
}

function Tried({ view, words, tried }: { view: View; words: SourceWords; tried: TriedNotice }) {
  const [call] = tried.facts;
  if (tried.problems.length > 0)
    return (
      <div class="form-errors" role="alert">
        <p>{words.sampleWrong}</p>
        <ul>
          {fieldErrorsIn(tried.problems, view.language).map(({ field, message }) => (
            <li dir="auto">
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      </div>
    );
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
