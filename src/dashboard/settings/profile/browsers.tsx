import type { RememberedBrowserRow } from "../../../identity";
import { Moment } from "../../../ui/components/moment";
import { Panel } from "../../../ui/components/panel";
import { Tag } from "../../../ui/components/status";
import { Table, type Column } from "../../../ui/components/table";
import { wordsOf } from "../../../ui/strings/define";
import { profileWords } from "../../../ui/strings/profile";
import type { View } from "../../../ui/view";
import { PROFILE } from "./address";
import { deviceName } from "./device";

type Props = {
  view: View;
  csrf: string;
  browsers: readonly RememberedBrowserRow[];
  thisBrowser: string | undefined;
};

/** The browsers that this person signed in with lately, and how each is forgotten. */
export function BrowsersPanel({ view, csrf, browsers, thisBrowser }: Props) {
  const words = wordsOf(profileWords, view.language);
  const columns: Column<RememberedBrowserRow>[] = [
    {
      name: "device",
      title: words.device,
      narrow: "start",
      cell: ({ id, userAgent }) => (
        <>
          {deviceName(userAgent, words)} {id === thisBrowser && <Tag tone="good">{words.thisOne}</Tag>}
        </>
      ),
    },
    {
      name: "where",
      title: words.where,
      kind: "mono",
      narrow: "below",
      cell: ({ address }) => address ?? words.unknownPlace,
    },
    { name: "since", title: words.browserSince, cell: ({ createdAt }) => <Moment view={view} at={createdAt} /> },
    {
      name: "used",
      title: words.browserUsed,
      narrow: "below-end",
      cell: ({ lastUsedAt }) => <Moment view={view} at={lastUsedAt} as="relative" />,
    },
    { name: "until", title: words.browserUntil, cell: ({ expiresAt }) => <Moment view={view} at={expiresAt} /> },
    {
      name: "end",
      title: words.actions,
      silent: true,
      narrow: "end",
      cell: ({ id, userAgent }) => (
        <form method="post" action={`${PROFILE}/browsers/${id}/forget`}>
          <input type="hidden" name="csrf" value={csrf} />
          <button class="button plain small" aria-label={words.forgetBrowserOf(deviceName(userAgent, words))}>
            {words.forgetBrowser}
          </button>
        </form>
      ),
    },
  ];
  return (
    <Panel title={words.browsers} aside={words.browsersIntro} id="browsers" flush>
      {browsers.length === 0 ? (
        <p class="empty">{words.noBrowsers}</p>
      ) : (
        <Table view={view} label={words.browsers} columns={columns} rows={browsers} />
      )}
    </Panel>
  );
}
