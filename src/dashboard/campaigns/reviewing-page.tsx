import { may } from "../../identity";
import { CONSENSUS_RULES, MOST_OPINIONS, PREFILLS, type Reviewer, type ReviewingRules } from "../../quality";
import { Button } from "../../ui/components/button";
import { CheckField, FormErrors, SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { Stale, type Difference } from "../../ui/components/stale";
import { wordsOf } from "../../ui/strings/define";
import { engineAnswerWords } from "../../ui/strings/engine-answers";
import { reviewingWords, sentenceOfReviewing } from "../../ui/strings/reviewing";
import { CampaignPage, type CampaignPageProps } from "./campaign-page";
import { OnlyReads } from "./only-reads";
import type { ReviewingFields } from "./reviewing-form";

type Props = CampaignPageProps & {
  rules: ReviewingRules;
  reviewers: readonly Reviewer[];
  fields: ReviewingFields;
  errors: FieldErrors;
  differences: readonly Difference[];
  seen: string;
};

/** How the calls of a campaign come to reviewers: as a sentence, and as a form. */
export function ReviewingPage(props: Props) {
  const { view, caller, rules, errors, differences } = props;
  const words = wordsOf(reviewingWords, view.language);
  return (
    <CampaignPage {...props} tab="/reviewing">
      {differences.length > 0 && <Stale view={view} differences={differences} />}
      <FormErrors view={view} errors={errors} />
      <Panel title={words.title}>
        <p>{sentenceOfReviewing(words, rules, (value) => view.formats.number(value))}</p>
        <OnlyReads view={view} caller={caller} needs="reviews:assign" />
        {may(caller, "reviews:assign") && <RulesForm {...props} />}
      </Panel>
    </CampaignPage>
  );
}

function RulesForm({ view, frame, campaign, reviewers, fields, errors, seen }: Props) {
  const words = wordsOf(reviewingWords, view.language);
  const ofEngines = wordsOf(engineAnswerWords, view.language);
  const common = { view, errors };
  const numeric = { ...common, inputmode: "numeric" as const, maxlength: 10, optional: true };
  return (
    <form method="post" action={`/dashboard/campaigns/${campaign.id}/reviewing`} class="form">
      <input type="hidden" name="csrf" value={frame.csrf} />
      <input type="hidden" name="seen" value={seen} />
      <SelectField
        {...common}
        name="assign"
        label={words.assign}
        hint={words.assignHint}
        value={fields.assign}
        options={(["queue", "round_robin", "load", "expertise"] as const).map((one) => [one, words[one]] as const)}
      />
      <fieldset>
        <legend>{words.people}</legend>
        <p class="hint">{words.peopleHint}</p>
        {reviewers.length === 0 && <p>{words.nobody}</p>}
        <div class="checks">
          {reviewers.map(({ id, name }) => (
            <div>
              <CheckField
                name="person"
                value={id}
                checked={fields.people.includes(id)}
                label={<span dir="auto">{name}</span>}
              />
              <input
                type="text"
                name={`knows.${id}`}
                value={fields.knows[id] ?? ""}
                maxlength={2000}
                placeholder={words.knows}
                aria-label={words.knowsOf(name)}
                dir="auto"
              />
            </div>
          ))}
        </div>
        <p class="hint">{words.knowsHint}</p>
      </fieldset>
      <TextArea
        {...common}
        name="others"
        label={words.other}
        hint={words.otherHint}
        value={fields.others}
        rows={2}
        mono
        optional
      />
      <fieldset>
        <legend>{words.sample}</legend>
        <TextField {...numeric} name="percent" label={words.percent} hint={words.percentHint} value={fields.percent} />
        <TextField {...numeric} name="perOperator" label={words.perOperator} value={fields.perOperator} />
        <TextField {...numeric} name="riskFrom" label={words.riskFrom} value={fields.riskFrom} />
        <TextArea
          {...common}
          name="scores"
          label={words.scores}
          hint={words.scoresHint}
          value={fields.scores}
          rows={2}
          mono
          optional
        />
        <SelectField
          {...common}
          name="rest"
          label={words.others}
          value={fields.rest}
          options={[
            ["queue", words.othersQueue],
            ["close", words.othersClose],
          ]}
        />
      </fieldset>
      <TextField {...numeric} name="due" label={words.due} value={fields.due} />
      <fieldset>
        <legend>{words.opinions}</legend>
        <SelectField
          {...common}
          name="wanted"
          label={words.wanted}
          hint={words.wantedHint}
          value={fields.wanted}
          options={Array.from({ length: MOST_OPINIONS }, (_, at) => [String(at + 1), String(at + 1)] as const)}
        />
        <TextField {...numeric} name="spread" label={words.spread} value={fields.spread} />
        <SelectField
          {...common}
          name="rule"
          label={words.rule}
          value={fields.rule}
          options={CONSENSUS_RULES.map((one) => [one, words[one]] as const)}
        />
        <SelectField
          {...common}
          name="apart"
          label={words.apart}
          value={fields.apart}
          options={[
            ["another", words.another],
            ["escalate", words.handUp],
          ]}
        />
        <CheckField name="open" checked={fields.open} label={words.openReviews} />
      </fieldset>
      <SelectField
        {...common}
        name="engines"
        label={ofEngines.title}
        hint={ofEngines.hint}
        value={fields.engines}
        options={PREFILLS.map((one) => [one, ofEngines[one]] as const)}
      />
      <CheckField name="waiting" checked={fields.waiting} label={words.waiting} />
      <div class="actions">
        <Button kind="main">{words.save}</Button>
      </div>
    </form>
  );
}
