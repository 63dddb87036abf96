import type { ApiKeyRow, Caller } from "../../../identity";
import { Button, ButtonLink } from "../../../ui/components/button";
import { Code } from "../../../ui/components/code";
import { SelectField } from "../../../ui/components/form";
import { Panel } from "../../../ui/components/panel";
import type { Frame } from "../../../ui/layout/framed";
import { apiKeyWords } from "../../../ui/strings/api-keys";
import { wordsOf } from "../../../ui/strings/define";
import type { View } from "../../../ui/view";
import { SettingsPage } from "../frame";
import { newOnce } from "../../forms";
import { API_KEYS } from "./address";

type Props = { view: View; frame: Frame; caller: Caller; apiKey: ApiKeyRow };

/** How long the former key goes on working, in hours. */
export const OVERLAPS = {
  "0": "overlap0",
  "1": "overlapHour",
  "24": "overlapDay",
  "168": "overlapWeek",
  "720": "overlapMonth",
} as const;

/** The only page that has the text of a key. `former`: until when the key that it replaces works; null: no longer. */
export function ShownKeyPage(props: Omit<Props, "apiKey"> & { text: string; former?: number | null }) {
  const { view, frame, caller, text, former } = props;
  const words = wordsOf(apiKeyWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="apiKeys" title={words.shownTitle}>
      <Panel tone="attention">
        <p role="status">{words.shown}</p>
        <div class="spaced">
          <Code view={view} text={text} what={words.key} />
        </div>
        {former !== undefined && (
          <p class="spaced">
            {former === null ? words.overlapNone : words.overlapNote(view.formats.moment(former, view.now))}
          </p>
        )}
        <div class="actions spaced">
          <ButtonLink kind="main" href={API_KEYS}>
            {words.done}
          </ButtonLink>
        </div>
      </Panel>
    </SettingsPage>
  );
}

export function RotateKeyPage({ view, frame, caller, apiKey }: Props) {
  const words = wordsOf(apiKeyWords, view.language);
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="apiKeys" title={words.rotateTitle(apiKey.name)}>
      <Panel>
        <p>{words.rotateText}</p>
        <form method="post" action={`${API_KEYS}/${apiKey.id}/rotate`} class="form spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <input type="hidden" name="once" value={newOnce()} />
          <SelectField
            view={view}
            name="overlap"
            label={words.overlap}
            value="24"
            options={Object.entries(OVERLAPS).map(([hours, name]) => [hours, words[name]] as const)}
          />
          <div class="actions">
            <ButtonLink href={API_KEYS}>{words.cancel}</ButtonLink>
            <Button kind="main">{words.rotateButton}</Button>
          </div>
        </form>
      </Panel>
    </SettingsPage>
  );
}

export function RevokeKeyPage({ view, frame, caller, apiKey }: Props) {
  const words = wordsOf(apiKeyWords, view.language);
  const { id, name, lastUsedAt } = apiKey;
  return (
    <SettingsPage view={view} frame={frame} caller={caller} current="apiKeys" title={words.revokeTitle(name)}>
      <Panel tone="wrong">
        <p>
          {lastUsedAt === null ? words.revokeUnused : words.revokeUsed(view.formats.relative(lastUsedAt, view.now))}
        </p>
        <p class="spaced">{words.revokeSources}</p>
        <form method="post" action={`${API_KEYS}/${id}/revoke`} class="actions spaced">
          <input type="hidden" name="csrf" value={frame.csrf} />
          <ButtonLink href={API_KEYS}>{words.cancel}</ButtonLink>
          <Button kind="danger">{words.revokeButton}</Button>
        </form>
      </Panel>
    </SettingsPage>
  );
}
