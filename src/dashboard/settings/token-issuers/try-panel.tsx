import { permissionsOf, type TriedToken } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { TextArea, type FieldErrors } from "../../../ui/components/form";
import { Moment } from "../../../ui/components/moment";
import { Facts, Panel } from "../../../ui/components/panel";
import { Status } from "../../../ui/components/status";
import { wordsOf } from "../../../ui/strings/define";
import { permissionWords } from "../../../ui/strings/permissions";
import { sentenceIn } from "../../../ui/strings/refusals";
import { tokenIssuerWords } from "../../../ui/strings/token-issuers";
import type { View } from "../../../ui/view";
import { TOKEN_ISSUERS } from "./address";

type Props = { view: View; csrf: string; id: string; tried?: TriedToken | undefined; errors: FieldErrors };

/** A token is pasted and checked; what became of it stands above the form. */
export function TryPanel({ view, csrf, id, tried, errors }: Props) {
  const words = wordsOf(tokenIssuerWords, view.language);
  return (
    <Panel title={words.tryTitle} id="try">
      {tried && <Outcome view={view} tried={tried} />}
      <form method="post" action={`${TOKEN_ISSUERS}/${id}/try#try`} class={tried ? "form spaced" : "form"}>
        <input type="hidden" name="csrf" value={csrf} />
        <TextArea view={view} name="token" label={words.token} hint={words.tryHint} errors={errors} rows={4} mono />
        <div class="actions">
          <Button>{words.tryButton}</Button>
        </div>
      </form>
    </Panel>
  );
}

function Outcome({ view, tried: { outcome, keys } }: { view: View; tried: TriedToken }) {
  const words = wordsOf(tokenIssuerWords, view.language);
  const problem = keys.error === null ? undefined : (sentenceIn(keys.error, view.language) ?? words.keysFailed);
  if (!outcome.ok)
    return (
      <div role="status">
        <p>
          <Status tone="wrong">{words.refused}</Status> {words[outcome.error]}
        </p>
        {problem !== undefined && <Facts facts={[[words.keysProblem, problem]]} />}
      </div>
    );
  const { actor, scopes, reach, expiresAt } = outcome.value;
  return (
    <div role="status">
      <p>
        <Status tone="good">{words.accepted}</Status>
      </p>
      <Facts
        facts={[
          [words.actor, <code>{"id" in actor ? actor.id : ""}</code>],
          [words.may, rightsIn(view, scopes)],
          [words.where, reach.campaigns === null ? words.everyCampaign : reach.campaigns.join(", ")],
          ...(expiresAt === null ? [] : [[words.ends, <Moment view={view} at={expiresAt} />] as const]),
        ]}
      />
    </div>
  );
}

function rightsIn(view: View, scopes: readonly string[] | null): string {
  const words = wordsOf(tokenIssuerWords, view.language);
  if (scopes === null) return words.everything;
  const names = wordsOf(permissionWords, view.language);
  const listed = permissionsOf(scopes).map((one) => names[one]);
  return listed.length === 0 ? words.nothing : listed.join("; ");
}
