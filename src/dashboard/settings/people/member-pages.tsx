import type { Child } from "hono/jsx";
import { actsOnMember, type Caller, type Member } from "../../../identity";
import type { OperatorRow } from "../../../operators";
import { Button, ButtonLink } from "../../../ui/components/button";
import { FormErrors, SelectField, type FieldErrors } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale, type Difference } from "../../../ui/components/stale";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { memberWords } from "../../../ui/strings/members";
import { roleName } from "../../../ui/strings/roles";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { PEOPLE } from "./address";
import { GrantFields, type LimitChoices, type SentGrant } from "./limits";

export type MemberChoices = LimitChoices & { operators: readonly OperatorRow[] };

type Props = { view: View; frame: Frame; caller: Caller; member: Member };

type MemberProps = Props & {
  choices: MemberChoices;
  grant: SentGrant;
  operatorId: string | null;
  errors: FieldErrors;
  /** What the form was filled with. */
  seen: string;
  differences: readonly Difference[];
  toast?: Child;
};

/** One member: role, limits, whom they are on calls, and their access. */
export function MemberPage(props: MemberProps) {
  const { view, frame, caller, member, choices, grant, operatorId, errors, seen, differences, toast } = props;
  const words = wordsOf(memberWords, view.language);
  const path = `${PEOPLE}/${member.userId}`;
  const { mayChange, mayShutOut } = actsOnMember(member, { rights: caller, actor: caller.actor });
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="people"
      title={member.name}
      state={`${member.email}. ${words.changeState}`}
      actions={<ButtonLink href={PEOPLE}>{words.back}</ButtonLink>}
      toast={toast}
    >
      {mayChange ? (
        <>
          <form method="post" action={path} class="form">
            <input type="hidden" name="csrf" value={frame.csrf} />
            <input type="hidden" name="seen" value={seen} />
            {differences.length > 0 && <Stale view={view} differences={differences} />}
            <FormErrors view={view} errors={errors} />
            <Panel>
              <GrantFields view={view} caller={caller} choices={choices} grant={grant} errors={errors} />
              <SelectField
                view={view}
                name="operator"
                label={words.operator}
                hint={words.operatorHint}
                value={operatorId ?? ""}
                errors={errors}
                options={[["", words.noOperator], ...operatorOptions(choices.operators, operatorId)]}
              />
              <div class="actions">
                <Button kind="main">{words.save}</Button>
              </div>
            </Panel>
          </form>
          <Panel title={words.access}>
            <p class="second">
              {!mayShutOut ? words.oneself : member.disabledAt === null ? words.shutOutText : words.letInText}
            </p>
            <div class="actions spaced">
              <Act frame={frame} path={`${path}/sessions`}>
                {words.endSessions}
              </Act>
              {mayShutOut && (
                <Act frame={frame} path={`${path}/${member.disabledAt === null ? "shut-out" : "let-in"}`}>
                  {member.disabledAt === null ? words.shutOutButton : words.letIn}
                </Act>
              )}
              {mayShutOut && (
                <ButtonLink kind="danger" href={`${path}/remove`}>
                  {words.remove}
                </ButtonLink>
              )}
            </div>
          </Panel>
        </>
      ) : (
        <Panel title={roleName(view, member.role)}>
          <p>{words.beyond(roleName(view, member.role))}</p>
        </Panel>
      )}
    </SettingsPage>
  );
}

/** The operators that may be chosen; the one that is linked is there, too, if it is not among the first. */
function operatorOptions(operators: readonly OperatorRow[], linked: string | null) {
  const options = operators.map(({ id, name }) => [id, name] as const);
  return linked === null || options.some(([id]) => id === linked) ? options : [...options, [linked, linked] as const];
}

function Act({ frame, path, children }: { frame: Frame; path: string; children?: Child }) {
  return (
    <form method="post" action={path}>
      <input type="hidden" name="csrf" value={frame.csrf} />
      <Button>{children}</Button>
    </form>
  );
}

/** Asks before somebody is removed. */
export function RemoveMemberPage({ view, frame, caller, member }: Props) {
  const words = wordsOf(memberWords, view.language);
  const path = `${PEOPLE}/${member.userId}`;
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="people" title={words.removeTitle(member.name)}>
      <Panel tone="wrong">
        <p>{words.removeText}</p>
        <form method="post" action={`${path}/remove`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={path}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.removeButton}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
