import type { Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Panel } from "../../../ui/components/panel";
import { Toast } from "../../../ui/components/toast";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf } from "../../../ui/strings/define";
import { securityWords } from "../../../ui/strings/security";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { PROFILE } from "../profile/address";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  required: boolean;
  members: number;
  without: number;
  /** Whether the visitor has a second factor: without one they may not require it of others. */
  hasOwn: boolean;
  isSaved: boolean;
};

/** Whether a second factor is required, and what that means for how many. */
export function SecurityPage(props: Props) {
  const { view, frame, caller, required, members, without, hasOwn, isSaved } = props;
  const words = wordsOf(securityWords, view.language);
  const { number } = view.formats;
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="security"
      state={required ? words.required : words.notRequired}
      toast={isSaved && <Toast>{words.saved}</Toast>}
    >
      <div class="own">
        <Panel title={words.title}>
          <p>{words.without(number(without), number(members))}</p>
          <p>{required ? words.relaxWhy : words.consequence(number(without))}</p>
          {required || hasOwn ? (
            <form method="post" class="spaced">
              <input type="hidden" name="csrf" value={frame.csrf} />
              <input type="hidden" name="required" value={required ? "no" : "yes"} />
              <Button kind={required ? "danger" : "main"}>{required ? words.relax : words.require}</Button>
            </form>
          ) : (
            <>
              <p>{words.ownFirst}</p>
              <ButtonLink kind="main" href={`${PROFILE}#second-factors`}>
                {words.setUp}
              </ButtonLink>
            </>
          )}
        </Panel>
      </div>
    </SettingsPage>
  );
}
