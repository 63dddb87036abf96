import type { CampaignRow } from "../../campaigns";
import type { ScorecardDefinition } from "../../quality";
import { Button } from "../../ui/components/button";
import { CheckField, SelectField, TextArea, TextField, type FieldErrors } from "../../ui/components/form";
import { Panel } from "../../ui/components/panel";
import { wordsOf, type Words } from "../../ui/strings/define";
import { scorecardWords } from "../../ui/strings/scorecards";
import type { View } from "../../ui/view";
import { withRoom, type CriterionFields, type ScorecardFields, type SectionFields } from "./form";

type ScorecardWords = Words<typeof scorecardWords>;

type Props = {
  view: View;
  csrf: string;
  action: string;
  fields: ScorecardFields;
  errors: FieldErrors;
  seen: string;
  /** What is stored: conditions are shown from it, and not changed here. */
  stored: ScorecardDefinition;
  campaigns: readonly CampaignRow[];
  isDraft: boolean;
  /** Whether the fields hold what somebody sent and nothing stored: it was refused, or looked at first. */
  isUnsaved: boolean;
};

/** The form of all that a scorecard asks. */
export function ScorecardEditor(props: Props) {
  const { view, csrf, action, fields, errors, seen, stored, campaigns, isDraft, isUnsaved } = props;
  const words = wordsOf(scorecardWords, view.language);
  return (
    <form
      method="post"
      action={action}
      class="form"
      data-unsaved={isUnsaved ? "yes" : ""}
      data-scorecard={JSON.stringify(stored)}
      data-effect={words.effect("#1", "#2", "#3")}
      data-effect-none={words.effectNone}
      data-passes={words.passes}
      data-fails={words.fails}
    >
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="seen" value={seen} />
      <TextField
        view={view}
        name="name"
        label={words.name}
        hint={words.nameHint}
        value={fields.name}
        errors={errors}
        maxlength={200}
      />
      <TextField
        view={view}
        name="pass"
        label={words.pass}
        value={fields.pass}
        errors={errors}
        inputmode="numeric"
        maxlength={6}
      />
      {fields.campaigns
        .filter((id) => !campaigns.some((one) => one.id === id))
        .map((id) => (
          // One that is not offered, such as an archived one. Without it the scorecard would be for all.
          <input type="hidden" name="campaign" value={id} />
        ))}
      {campaigns.length > 0 && (
        <fieldset class="choices">
          <legend>{words.campaigns}</legend>
          {campaigns.map(({ id, name }) => (
            <CheckField name="campaign" value={id} label={<bdi>{name}</bdi>} checked={fields.campaigns.includes(id)} />
          ))}
          <p class="hint">{words.allCampaigns}</p>
        </fieldset>
      )}
      <h3>{words.questions}</h3>
      <p class="hint">{words.leaveEmpty}</p>
      {withRoom(fields.sections).map((section, at) => (
        <SectionPart view={view} words={words} section={section} at={at} errors={errors} stored={stored} />
      ))}
      <div class="actions">
        <Button name="do" value="preview">
          {words.preview}
        </Button>
        {isDraft && (
          <Button name="do" value="publish">
            {words.publish}
          </Button>
        )}
        <Button kind="main">{isDraft ? words.save : words.saveAsDraft}</Button>
      </div>
      {isDraft && <p class="hint">{words.publishWhy}</p>}
    </form>
  );
}

type Part = { view: View; words: ScorecardWords; errors: FieldErrors; stored: ScorecardDefinition };

function SectionPart(props: Part & { section: SectionFields; at: number }) {
  const { view, words, errors, section, at } = props;
  const base = `s${at}`;
  const isNew = section.title === "" && section.id === "";
  return (
    <Panel title={isNew ? words.newSection : words.section(view.formats.number(at + 1))}>
      <input type="hidden" name={`${base}.id`} value={section.id} />
      <TextField
        view={view}
        name={`${base}.title`}
        label={words.sectionTitle}
        value={section.title}
        errors={errors}
        maxlength={300}
        optional
      />
      <Weight {...props} name={`${base}.weight`} value={section.weight} />
      {section.criteria.map((criterion, place) => (
        <CriterionPart {...props} criterion={criterion} base={`${base}.c${place}`} place={place} />
      ))}
    </Panel>
  );
}

function CriterionPart(props: Part & { criterion: CriterionFields; base: string; place: number }) {
  const { view, words, errors, criterion, base, place, stored } = props;
  const kinds = [
    ["yes_no", words.yes_no],
    ["scale", words.scale],
    ["choice", words.choice],
    ["text", words.remark],
  ] as const;
  const condition = conditionOf(words, stored, criterion.id);
  return (
    <fieldset class="choices criterion">
      <legend>{criterion.text === "" ? words.newCriterion : words.criterion(view.formats.number(place + 1))}</legend>
      <input type="hidden" name={`${base}.id`} value={criterion.id} />
      <TextField
        view={view}
        name={`${base}.text`}
        label={words.question}
        value={criterion.text}
        errors={errors}
        maxlength={300}
        optional
      />
      {condition !== null && <p class="hint">{condition}</p>}
      <SelectField view={view} name={`${base}.kind`} label={words.kind} value={criterion.kind} options={kinds} />
      <Weight {...props} name={`${base}.weight`} value={criterion.weight} />
      <TextField
        view={view}
        name={`${base}.max`}
        label={words.max}
        value={criterion.max}
        errors={errors}
        inputmode="numeric"
        maxlength={4}
        optional
      />
      <TextArea
        view={view}
        name={`${base}.options`}
        label={words.options}
        hint={words.optionsHint}
        value={criterion.options}
        errors={errors}
        rows={2}
        optional
      />
      <TextField
        view={view}
        name={`${base}.failsBelow`}
        label={words.failsBelow}
        hint={words.failsBelowHint}
        value={criterion.failsBelow}
        errors={errors}
        inputmode="numeric"
        maxlength={6}
        optional
      />
      <CheckField name={`${base}.na`} label={words.naAllowed} checked={criterion.naAllowed} />
      <CheckField name={`${base}.critical`} label={words.critical} checked={criterion.critical} />
      <CheckField name={`${base}.autoFail`} label={words.autoFail} checked={criterion.autoFail} />
      <p class="hint needs-script" aria-live="off" data-effect-of={base}></p>
    </fieldset>
  );
}

function Weight({ view, words, errors, name, value }: Part & { name: string; value: string }) {
  return (
    <TextField
      view={view}
      name={name}
      label={words.weight}
      value={value}
      errors={errors}
      inputmode="numeric"
      maxlength={4}
    />
  );
}

function conditionOf(words: ScorecardWords, { sections }: ScorecardDefinition, id: string): string | null {
  const all = sections.flatMap(({ criteria }) => criteria);
  const condition = all.find((one) => one.id === id)?.only_if;
  const asked = condition && all.find((one) => one.id === condition.criterion);
  if (!condition || !asked) return null;
  const answers = condition.is.map((one) => {
    if (asked.kind === "yes_no") return one === "yes" ? words.yes : words.no;
    return asked.options?.find((option) => option.id === one)?.label ?? one;
  });
  return words.only(asked.text, answers.join(", "));
}
