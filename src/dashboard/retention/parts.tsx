import { CLOCKS, clocksOf, nextNight, type Clock, type Clocks, type Expiring } from "../../privacy";
import { SelectField, TextField, type FieldErrors } from "../../ui/components/form";
import type { RetentionWords } from "../../ui/strings/retention";
import type { View } from "../../ui/view";
import type { ClockFields } from "./form";

type Own = { organization: Clocks; own: Clocks | undefined };

/** What a clock says, in one sentence. */
export function sentenceOf(view: View, words: RetentionWords, clock: Clock, days: number | null): string {
  if (days === null) return words[`${clock}Never`];
  return words[`${clock}After`](words.days(view.formats.number(days), days));
}

/** What counts, in a sentence for each clock; of a campaign, which are its own. */
export function ClockSentences({ view, words, organization, own }: Own & { view: View; words: RetentionWords }) {
  const all = clocksOf(organization, own);
  return (
    <ul>
      {CLOCKS.map((clock) => (
        <li>
          {sentenceOf(view, words, clock, all[clock])}
          {own && <span class="hint"> {own[clock] === undefined ? words.inherited : words.own}</span>}
        </li>
      ))}
    </ul>
  );
}

/** When the clocks are followed, and what stops them. */
export function ClockNote({ view, words }: { view: View; words: RetentionWords }) {
  const next = nextNight(view.now);
  return (
    <p class="hint">
      {words.when(view.formats.moment(next, view.now))} {words.held}
    </p>
  );
}

/** The fields of the six clocks. `isCampaign`: each may be as in the whole organization. */
export function ClockFormFields(props: {
  view: View;
  words: RetentionWords;
  fields: ClockFields;
  errors: FieldErrors;
  isCampaign: boolean;
}) {
  const { view, words, fields, errors, isCampaign } = props;
  const inherit = isCampaign ? [["inherit", words.inherit] as const] : [];
  return CLOCKS.map((clock) => (
    <fieldset class="choices">
      <legend>{words[clock]}</legend>
      <p class="hint">{words[`${clock}Is`]}</p>
      <SelectField
        view={view}
        errors={errors}
        name={`${clock}.mode`}
        label={words.mode}
        value={fields[clock].mode}
        options={[...inherit, ["never", words.never], ["after", words.after]]}
      />
      <TextField
        view={view}
        errors={errors}
        name={`${clock}.days`}
        label={words.count}
        value={fields[clock].days}
        inputmode="numeric"
        maxlength={5}
        optional
      />
    </fieldset>
  ));
}

const GOES = {
  audio: "goesAudio",
  transcript: "goesTranscript",
  findings: "goesFindings",
  inbound: "goesInbound",
  events: "goesEvents",
  metadata: "goesMetadata",
} as const satisfies Record<Clock, keyof RetentionWords>;

/** What the next night would take, in words. */
export function Goes(props: { view: View; words: RetentionWords; counted: Partial<Record<Clock, Expiring>> }) {
  const { view, words, counted } = props;
  const moment = view.formats.moment(nextNight(view.now), view.now);
  const going = CLOCKS.flatMap((clock) => {
    const { count = 0, more = false } = counted[clock] ?? {};
    return count === 0 && !more ? [] : [{ clock, count, more }];
  });
  if (going.length === 0) return <p>{words.goesNothing(moment)}</p>;
  return (
    <>
      <p>{words.goes(moment)}</p>
      <ul>
        {going.map(({ clock, count, more }) => (
          <li>{words[GOES[clock]](view.formats.counted(count, more), count === 1 && !more)}</li>
        ))}
      </ul>
      <p>
        {going.some(({ more }) => more) && words.more} {words.until}
      </p>
    </>
  );
}
