import type { Child } from "hono/jsx";
import type { CampaignRow } from "../../../campaigns";
import type { Caller, TokenIssuer, TriedToken } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, type FieldErrors } from "../../../ui/components/form";
import { Facts, Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import { Detail } from "../../../ui/components/stored-reason";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { TOKEN_ISSUERS } from "./address";
import { formOfIssuer, NEW_RULE, type IssuerForm, type RuleForm } from "./form";
import { KeysState } from "./keys-state";
import { RulesPanel } from "./rules-panel";
import { IssuerFields } from "./settings-fields";
import { TryPanel } from "./try-panel";

/** A form as it was sent. `seen`: the version that it was filled from, where that is to be judged again. */
export type Sent<Form> = { form: Form; errors?: FieldErrors; seen?: string; differences?: readonly Difference[] };

/** What a form of the page did, or could not take. */
export type IssuerShown = {
  settings?: Sent<IssuerForm>;
  rule?: Sent<RuleForm>;
  tried?: TriedToken;
  token?: FieldErrors;
};

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  found: TokenIssuer;
  campaigns: readonly CampaignRow[];
  mayWrite: boolean;
  shown: IssuerShown;
  toast?: Child;
};

/** One issuer: its rules, a token to be tried, its settings. */
export function TokenIssuerPage({ view, frame, caller, found, campaigns, mayWrite, shown, toast }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const { issuer, keys } = found;
  const { csrf } = frame;
  const count = issuer.rules.length;
  const remove = <ButtonLink href={`${TOKEN_ISSUERS}/${issuer.id}/remove`}>{words.remove}</ButtonLink>;
  const version = String(issuer.version);
  const { form = formOfIssuer(issuer), errors = [], seen = version, differences = [] } = shown.settings ?? {};
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="tokenIssuers"
      title={issuer.name}
      state={count === 0 ? words.noRules : words.oneState(view.formats.number(count))}
      actions={mayWrite && remove}
      toast={toast}
    >
      <Panel>
        <Facts
          facts={[
            [words.issuer, <code dir="auto">{issuer.issuer}</code>],
            [words.audience, <code dir="auto">{issuer.audience}</code>],
            [words.keys, <KeysState view={view} keys={keys} />],
            ...(keys?.error ? [[words.keysProblem, <Detail view={view} text={keys.error} />] as const] : []),
          ]}
        />
      </Panel>
      <RulesPanel
        view={view}
        csrf={csrf}
        caller={caller}
        issuer={issuer}
        campaigns={campaigns}
        mayWrite={mayWrite}
        form={shown.rule?.form ?? NEW_RULE}
        errors={shown.rule?.errors ?? []}
        seen={shown.rule?.seen ?? version}
        differences={shown.rule?.differences ?? []}
      />
      <TryPanel view={view} csrf={csrf} id={issuer.id} tried={shown.tried} errors={shown.token ?? []} />
      {mayWrite && (
        <Panel title={words.settings} id="settings">
          <form method="post" action={`${TOKEN_ISSUERS}/${issuer.id}`} class="form">
            <input type="hidden" name="csrf" value={csrf} />
            <input type="hidden" name="seen" value={seen} />
            {differences.length > 0 && <Stale view={view} differences={differences} />}
            <FormErrors view={view} errors={errors} />
            <IssuerFields view={view} organizationId={caller.organizationId} form={form} errors={errors} />
            <div class="actions">
              <Button>{words.save}</Button>
            </div>
          </form>
        </Panel>
      )}
    </SettingsPage>
  );
}

/** Asks before an issuer is removed. */
export function RemoveIssuerPage(props: Pick<Props, "view" | "frame" | "caller" | "found">) {
  const { view, frame, caller, found } = props;
  const { id, name } = found.issuer;
  const words = wordsOf(tokenIssuerWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="tokenIssuers" title={words.removeTitle(name)}>
      <Panel tone="wrong">
        <p>{words.removeText}</p>
        <form method="post" action={`${TOKEN_ISSUERS}/${id}/remove`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={`${TOKEN_ISSUERS}/${id}`}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.removeButton}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
