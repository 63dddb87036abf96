import type { Caller, NotificationKind, NotificationPreferences } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { CheckField } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Toast } from "../../../ui/components/toast";
import type { Frame } from "../../../ui/layout/framed";
import { wordsOf, type Words } from "../../../ui/strings/define";
import { notificationWords } from "../../../ui/strings/notifications";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";

type Props = {
  view: View;
  frame: Frame;
  caller: Caller;
  preferences: NotificationPreferences;
  /** The kinds that this person's role can be notified of. */
  kinds: readonly NotificationKind[];
  sendsMail: boolean;
  saved: boolean;
};

/** What a person wants in their inbox, and by mail. */
export function NotificationPreferencesPage(props: Props) {
  const { view, frame, caller, preferences, kinds, sendsMail, saved } = props;
  const words = wordsOf(notificationWords, view.language);
  return (
    <SettingsPage
      view={view}
      frame={frame}
      caller={caller}
      current="notifications"
      state={words.settingsState}
      toast={saved && <Toast>{words.saved}</Toast>}
    >
      <form method="post" action="/dashboard/settings/notifications" class="form">
        <input type="hidden" name="csrf" value={frame.csrf} />
        <Panel title={words.kinds}>
          <div class="checks">
            {kinds.map((kind) => (
              <div>
                <input type="hidden" name="shown" value={kind} />
                <CheckField name="kind" value={kind} checked={preferences.kinds[kind]} label={labelOf(words, kind)} />
              </div>
            ))}
          </div>
        </Panel>
        <Panel title={words.letter}>
          <CheckField
            name="digest"
            checked={preferences.digest}
            label={<Explained title={words.digest} text={sendsMail ? words.digestFor : words.noMail} />}
          />
        </Panel>
        <div class="actions">
          <Button kind="main">{words.save}</Button>
        </div>
      </form>
    </SettingsPage>
  );
}

function labelOf(words: Words<typeof notificationWords>, kind: NotificationKind) {
  const texts: Record<NotificationKind, string> = {
    task_assigned: words.taskAssignedFor,
    task_unassigned: words.taskUnassignedFor,
    call_completed: words.callCompletedFor,
    call_unassigned: words.callUnassignedFor,
    endpoint_failing: words.endpointFailingFor,
    endpoint_disabled: words.endpointDisabledFor,
    usage_alert: words.usageAlertFor,
    review_assigned: words.reviewAssignedFor,
    opinions_apart: words.opinionsApartFor,
    call_action: words.call_actionFor,
    alert_raised: words.alert_raisedFor,
    comment_mention: words.comment_mentionFor,
    comment_reply: words.comment_replyFor,
  };
  return <Explained title={words[kind]} text={texts[kind]} />;
}

function Explained({ title, text }: { title: string; text: string }) {
  return (
    <>
      {title}
      <br />
      <span class="second">{text}</span>
    </>
  );
}
