import type { CampaignRow } from "../../../campaigns";
import { idleScopesOf, MAX_RULES, type Caller, type TokenIssuerRow, type TokenRule } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { FormErrors, TextField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Table, type Column } from "../../../ui/components/table";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { permissionWords } from "../../../ui/strings/permissions";
import { roleName } from "../../../ui/strings/roles";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import { LimitField } from "../people/limits";
import { RightsFields } from "../rights-fields";
import { TOKEN_ISSUERS } from "./address";
import type { RuleForm } from "./form";

type Props = {
  view: View;
  csrf: string;
  caller: Caller;
  issuer: TokenIssuerRow;
  campaigns: readonly CampaignRow[];
  mayWrite: boolean;
  form: RuleForm;
  errors: FieldErrors;
  seen: string;
  differences: readonly Difference[];
};

/** What tokens may do, and the form of one more rule. */
export function RulesPanel(props: Props) {
  const { view, issuer, mayWrite, errors, differences } = props;
  const words = wordsOf(tokenIssuerWords, view.language);
  const rows = issuer.rules.map((rule, index) => ({ ...rule, index }));
  const isFull = rows.length >= MAX_RULES;
  return (
    <>
      <Panel title={words.rules} id="rules" flush>
        {rows.length === 0 ? (
          <p class="empty">{words.noRules}</p>
        ) : (
          <Table view={view} label={words.rules} rows={rows} columns={columnsOf(props, words)} />
        )}
      </Panel>
      {mayWrite && isFull && <p class="second">{words.rulesFull(view.formats.number(MAX_RULES))}</p>}
      {mayWrite && !isFull && (
        <Panel title={words.newRule} id="new-rule">
          {differences.length > 0 && <Stale view={view} differences={differences} adds />}
          <FormErrors view={view} errors={errors} />
          <NewRule {...props} />
        </Panel>
      )}
    </>
  );
}

function NewRule({ view, csrf, caller, issuer, campaigns, form, errors, seen }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const common = { view, errors, maxlength: 200, mono: true } as const;
  return (
    <form method="post" action={`${TOKEN_ISSUERS}/${issuer.id}/rules`} class="form">
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="seen" value={seen} />
      <TextField {...common} name="claim" label={words.claim} hint={words.claimHint} value={form.claim} />
      <TextField {...common} name="value" label={words.value} hint={words.valueHint} value={form.value} />
      <RightsFields view={view} caller={caller} form={form} errors={errors} />
      <LimitField
        view={view}
        name="campaigns"
        label={words.where}
        none={words.everyCampaign}
        some={words.someCampaigns}
        chosen={form.campaigns}
        ticked={form.ticked}
        options={campaigns}
        errors={errors}
      />
      <div class="actions">
        <Button kind="main">{words.addRule}</Button>
      </div>
    </form>
  );
}

type Row = TokenRule & { index: number };

function columnsOf(
  { view, csrf, issuer, campaigns, mayWrite }: Props,
  words: Words<typeof tokenIssuerWords>,
): Column<Row>[] {
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const columns: Column<Row>[] = [
    { name: "claim", title: words.claim, kind: "mono", narrow: "start", cell: ({ claim }) => clipped(claim) },
    { name: "value", title: words.value, kind: "mono", narrow: "below", cell: ({ value }) => clipped(value) },
    { name: "gives", title: words.gives, narrow: "end", cell: (rule) => <Given view={view} rule={rule} /> },
    {
      name: "where",
      title: words.where,
      cell: ({ campaigns: limit = null }) => {
        const [first = "", ...others] = limit ?? [];
        if (limit === null) return words.everyCampaign;
        return clipped(
          others.length === 0 ? (names.get(first) ?? first) : words.campaignsMany(view.formats.number(limit.length)),
        );
      },
    },
  ];
  const remove: Column<Row> = {
    name: "actions",
    title: words.removeRule,
    silent: true,
    narrow: "below-end",
    cell: ({ claim, value, index }) => (
      <form method="post" action={`${TOKEN_ISSUERS}/${issuer.id}/rules/remove`}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="seen" value={String(issuer.version)} />
        <input type="hidden" name="rule" value={String(index)} />
        <Button small kind="quiet" label={words.removeRuleOf(claim, value)}>
          {words.removeRule}
        </Button>
      </form>
    ),
  };
  return mayWrite ? [...columns, remove] : columns;
}

/** What a rule gives, and what of it does nothing in its campaigns. */
function Given({ view, rule }: { view: View; rule: TokenRule }) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const permissions = wordsOf(permissionWords, view.language);
  const idle = idleScopesOf(rule);
  return (
    <>
      {givenBy(view, words, rule)}
      {idle.length > 0 && (
        <details>
          <summary>{words.idle(view.formats.number(idle.length))}</summary>
          <ul>
            {idle.map((permission) => (
              <li>{permissions[permission]}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function clipped(text: string) {
  return (
    <span class="clip" dir="auto">
      {text}
    </span>
  );
}

/** Rules as a text, one a line: what they ask for, and what they give. */
export function rulesText(
  view: View,
  rules: readonly TokenRule[],
  campaigns: readonly Pick<CampaignRow, "id" | "name">[],
): string {
  const words = wordsOf(tokenIssuerWords, view.language);
  const names = new Map(campaigns.map(({ id, name }) => [id, name]));
  const where = ({ campaigns: limit = null }: TokenRule) =>
    limit === null ? words.everyCampaign : limit.map((id) => names.get(id) ?? id).join(", ");
  return rules.map((rule) => `${rule.claim} = ${rule.value}: ${givenBy(view, words, rule)}, ${where(rule)}`).join("\n");
}

function givenBy(view: View, words: Words<typeof tokenIssuerWords>, { role, scopes }: TokenRule): string {
  if (role !== null) return roleName(view, role);
  if (scopes === null) return words.everything;
  return scopes.length === 1 ? words.permissionsOne : words.permissionsMany(view.formats.number(scopes.length));
}
