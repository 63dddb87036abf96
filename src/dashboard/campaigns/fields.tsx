import { CheckField, ChoiceGroup, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { campaignWords } from "../../ui/strings/campaigns";
import { wordsOf } from "../../ui/strings/define";
import type { View } from "../../ui/view";
import type { CampaignFields } from "./form";

type Props = { view: View; fields: CampaignFields; errors: FieldErrors; known: readonly string[] };

/** The fields of a campaign. `known`: the engines that may be chosen. */
export function CampaignFormFields({ view, fields, errors, known }: Props) {
  const words = wordsOf(campaignWords, view.language);
  const common = { view, errors } as const;
  return (
    <>
      <TextField {...common} name="name" label={words.name} value={fields.name} hint={words.nameHint} maxlength={200} />
      <CheckField name="autoAnalyze" label={words.autoAnalyze} checked={fields.autoAnalyze} />
      <Engines view={view} fields={fields} errors={errors} known={known} />
      <TextField
        {...common}
        name="language"
        label={words.language}
        value={fields.language}
        hint={words.languageHint}
        maxlength={40}
        optional
      />
      <TextArea
        {...common}
        name="keyterms"
        label={words.keyterms}
        value={fields.keyterms}
        hint={words.keytermsHint}
        optional
      />
      <CheckField
        name="sumUp"
        label={
          <>
            {words.sumUp} <span class="second">{words.sumUpHint}</span>
          </>
        }
        checked={fields.sumUp}
      />
      <TextArea
        {...common}
        name="topics"
        label={words.topics}
        value={fields.topics}
        hint={words.topicsHint}
        rows={3}
        optional
      />
      <CheckField
        name="indicators"
        label={
          <>
            {words.indicators} <span class="second">{words.indicatorsHint}</span>
          </>
        }
        checked={fields.indicators}
      />
      <CheckField
        name="isEu"
        label={
          <>
            {words.eu} <span class="second">{words.euHint}</span>
          </>
        }
        checked={fields.isEu}
      />
      <TextField
        {...common}
        name="processedAfter"
        label={words.processedAfter}
        value={fields.processedAfter}
        hint={words.processedAfterHint}
        inputmode="numeric"
        maxlength={4}
      />
    </>
  );
}

/** Those that may be chosen, and those that were chosen and are not there any more. */
function Engines({ view, fields, errors, known }: Props) {
  const words = wordsOf(campaignWords, view.language);
  const gone = fields.engines.filter((one) => !known.includes(one));
  const all = [...known, ...gone];
  return (
    <ChoiceGroup name="engine" legend={words.engines} errors={errors}>
      {all.map((name) => (
        <CheckField
          name="engine"
          value={name}
          checked={fields.engines.includes(name)}
          label={known.includes(name) ? name : words.engineGone(name)}
        />
      ))}
      <p class="hint">{all.length === 0 ? words.noEngines : words.enginesHint}</p>
    </ChoiceGroup>
  );
}
