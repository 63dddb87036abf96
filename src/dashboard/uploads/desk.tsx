import { assets } from "#assets";
import type { CampaignRow } from "../../campaigns";
import { SelectField } from "../../ui/components/form";
import { Icon } from "../../ui/components/icon";
import { Panel } from "../../ui/components/panel";
import { wordsOf, type Words } from "../../ui/strings/define";
import { uploadWords } from "../../ui/strings/uploads";
import type { View } from "../../ui/view";

const MEGABYTE = 1_048_576;

/** Bytes, as people say them. */
export function sizeText(view: View, bytes: number): string {
  if (bytes < MEGABYTE / 10) return `${view.formats.number(Math.max(1, Math.round(bytes / 1024)))} kB`;
  return bytes < 1024 * MEGABYTE
    ? `${view.formats.decimal(bytes / MEGABYTE)} MB`
    : `${view.formats.decimal(bytes / (1024 * MEGABYTE))} GB`;
}

type Props = { view: View; campaigns: readonly CampaignRow[]; organizationId: string; mostBytes: number };

/** Where files are chosen and sent (ui/browser/uploads.ts). HTML alone cannot resume a file, so it needs the script. */
export function UploadDesk({ view, campaigns, organizationId, mostBytes }: Props) {
  const words = wordsOf(uploadWords, view.language);
  const locale = view.language === "es" ? "es" : "en";
  return (
    <section
      class="upload-desk"
      data-uploads
      data-organization={organizationId}
      data-most={mostBytes}
      data-locale={locale}
      data-words={JSON.stringify(spokenOf(words, sizeText(view, mostBytes)))}
    >
      <script type="module" src={assets.uploads} />
      <noscript>
        <Panel title={words.addTitle}>
          <p>
            {words.needsScript} <a href="/docs">{words.api}</a>
          </p>
        </Panel>
      </noscript>
      <div class="needs-script">
        <Panel title={words.addTitle}>
          <div class="form">
            <SelectField
              view={view}
              name="campaign"
              label={words.campaign}
              hint={words.campaignHint}
              value=""
              options={[
                ["", words.chooseCampaign],
                ...campaigns.map(({ id, name, number }) => [id, `${name} (#${number})`] as const),
              ]}
            />
          </div>
          <label class="drop" data-drop>
            <input
              class="for-screen-readers"
              type="file"
              multiple
              accept="audio/*,video/mp4,video/webm,video/ogg,.wav,.mp3,.ogg,.opus,.spx,.flac,.m4a,.aac,.gsm,.amr,.awb,.3gp,.webm"
              aria-describedby="drop-hint"
              data-files
            />
            <Icon name="uploads" />
            <b>{words.drop}</b>
            <span class="second" id="drop-hint">
              {words.dropHint(sizeText(view, mostBytes))}
            </span>
          </label>
          <p class="upload-problem" role="alert" hidden data-problem />
          <ul class="upload-rows" aria-label={words.chosen} hidden data-upload-rows />
          <div class="upload-actions" hidden data-actions>
            <p class="second" data-summary />
            <button class="button main" type="button" data-start>
              <Icon name="uploads" />
              <span data-start-text />
            </button>
          </div>
        </Panel>
      </div>
      <template data-row-template>
        <RowTemplate words={words} />
      </template>
    </section>
  );
}

/** One file: what it is called, how far it is, and what is known of its call. */
function RowTemplate({ words }: { words: Words<typeof uploadWords> }) {
  return (
    <li class="upload" data-upload-row>
      <div class="upload-head">
        <b class="clip" dir="auto" data-name />
        <span class="second number" data-size />
        <span class="upload-buttons">
          <button class="icon-button" type="button" hidden data-pause aria-label={words.pause} title={words.pause}>
            <Icon name="pause" />
          </button>
          <button class="icon-button" type="button" hidden data-resume aria-label={words.resume} title={words.resume}>
            <Icon name="play" />
          </button>
          <button class="icon-button" type="button" data-cancel aria-label={words.cancel} title={words.cancel}>
            <Icon name="close" />
          </button>
        </span>
      </div>
      <progress class="progress" max="100" value="0" data-bar aria-label={words.progress} />
      <p class="upload-state">
        <span class="status idle" data-status>
          <span class="dot" aria-hidden="true" />
          <span data-state />
        </span>{" "}
        <a hidden data-call href="/dashboard/uploads">
          {words.openCall}
        </a>
        <a hidden data-sign-in href="/sign-in?to=%2Fdashboard%2Fuploads" target="_blank" rel="noopener">
          {words.signIn}
        </a>
      </p>
      <fieldset class="upload-fields" data-fields>
        <legend class="for-screen-readers">{words.facts}</legend>
        <label>
          <span>{words.reference}</span>
          <input type="text" maxlength={200} dir="auto" data-field="external_id" />
        </label>
        <label>
          <span>{words.number}</span>
          <input type="tel" maxlength={60} dir="auto" data-field="number" />
        </label>
        <label>
          <span>{words.direction}</span>
          <select data-field="direction">
            <option value="">{words.unknownDirection}</option>
            <option value="inbound">{words.inbound}</option>
            <option value="outbound">{words.outbound}</option>
          </select>
        </label>
        <label>
          <span>{words.startedAt}</span>
          <input type="datetime-local" step="1" data-field="started_at" />
        </label>
      </fieldset>
    </li>
  );
}

/** What the script says; numbers take the place of `{}`. */
function spokenOf(words: Words<typeof uploadWords>, most: string) {
  const hole = "{}";
  return {
    chooseCampaign: words.chooseFirst,
    waiting: words.waiting,
    resumes: words.resumes(hole),
    sending: words.sending(hole),
    paused: words.paused(hole),
    retrying: words.retrying(hole),
    finishing: words.finishing,
    done: words.done,
    cancelled: words.cancelled,
    signedOut: words.signedOut,
    start: words.start(hole),
    startOne: words.startOne,
    summary: words.summary(hole, hole),
    empty: words.isEmpty,
    tooLarge: words.tooLarge(most),
    notAudio: words.notAudio,
    forbidden: words.notAllowed,
    invalid: words.invalid,
    conflict: words.conflict,
    gone: words.gone,
    failed: words.failed,
    twice: words.twice,
  };
}
