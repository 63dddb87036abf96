import { MOST_ALERT_DOLLARS } from "../../../identity";
import { Button } from "../../../ui/components/button";
import { FormErrors, TextField } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import { Stale } from "../../../ui/components/stale";
import { Status } from "../../../ui/components/status";
import { wordsOf } from "../../../ui/strings/define";
import { usageWords } from "../../../ui/strings/usage";
import type { View } from "../../../ui/view";
import { mayAlertAgain } from "../../../usage";
import { USAGE } from "./address";
import { amountsIn } from "./amounts";
import type { UsageParts } from "./page";

type Props = { view: View; csrf: string; parts: UsageParts };

/** From which amount on people are notified, and whether this month came to it. */
export function AlertPanel({ view, csrf, parts }: Props) {
  const words = wordsOf(usageWords, view.language);
  const { dollars, wholeDollars } = amountsIn(view.language);
  const { alertDollars, alert, mayChoose, seen, refused } = parts;
  const errors = refused?.errors ?? [];
  return (
    <Panel title={words.alert} id="alert">
      <p>{alertDollars === null ? words.noAlert : words.alertAt(dollars(alertDollars))}</p>
      {alert && (
        <p class="spaced">
          <Status tone="attention">
            {words.alertCrossed(dollars(alert.dollars), view.formats.moment(alert.crossedAt, view.now))}{" "}
            {alertDollars !== null &&
              (mayAlertAgain(alert, alertDollars) ? words.alertAgain(dollars(alertDollars)) : words.alertOver)}
          </Status>
        </p>
      )}
      {mayChoose && (
        <form method="post" action={`${USAGE}/alert`} class="form spaced">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="seen" value={seen} />
          {refused?.differences && <Stale view={view} differences={refused.differences} />}
          <FormErrors view={view} errors={errors} />
          <TextField
            view={view}
            name="amount"
            label={words.alertAmount}
            hint={words.alertHint(wholeDollars(MOST_ALERT_DOLLARS))}
            value={refused?.amount ?? (alertDollars === null ? "" : String(alertDollars))}
            inputmode="numeric"
            maxlength={7}
            errors={errors}
            optional
          />
          <div class="actions">
            <Button>{words.alertSave}</Button>
          </div>
        </form>
      )}
    </Panel>
  );
}
