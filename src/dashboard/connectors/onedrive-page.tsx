import { isAppOnly, type ConnectorView, type NeededPermission, type OneDriveSettings } from "../../connectors";
import { ButtonLink } from "../../ui/components/button";
import { Panel } from "../../ui/components/panel";
import { Status } from "../../ui/components/status";
import { Table } from "../../ui/components/table";
import { Tabs } from "../../ui/components/tabs";
import { FramedPage, type Frame } from "../../ui/layout/framed";
import { PageHead } from "../../ui/layout/page-head";
import { connectorWords } from "../../ui/strings/connectors";
import { wordsOf } from "../../ui/strings/define";
import { oneDriveWords } from "../../ui/strings/onedrive";
import type { View } from "../../ui/view";

/** Whether a person has to sign in for this storage. */
export function needsPerson({ kind, settings }: ConnectorView): boolean {
  return kind === "onedrive" && !isAppOnly(settings as OneDriveSettings);
}

type TabProps = { view: View; id: string; current: "" | "/settings" | "/permissions"; mayWrite: boolean };

/** The parts of a OneDrive connector, as AuthentiVoice names them. */
export function OneDriveTabs({ view, id, current, mayWrite }: TabProps) {
  const words = wordsOf(connectorWords, view.language);
  const drive = wordsOf(oneDriveWords, view.language);
  const base = `/dashboard/connectors/${id}`;
  return (
    <Tabs
      label={drive.parts}
      current={`${base}${current}`}
      tabs={[
        { href: base, title: words.overview },
        ...(mayWrite
          ? [
              { href: `${base}/settings`, title: drive.setup },
              { href: `${base}/settings#importPath`, title: drive.syncOptions },
            ]
          : []),
        { href: `${base}/permissions`, title: drive.permissions },
      ]}
    />
  );
}

type Props = {
  view: View;
  frame: Frame;
  connector: ConnectorView;
  permissions: readonly NeededPermission[];
  mayWrite: boolean;
};

/** What the storage needs in Azure AD, beside what was granted. */
export function PermissionsPage({ view, frame, connector, permissions, mayWrite }: Props) {
  const drive = wordsOf(oneDriveWords, view.language);
  const why = { read: drive.forReading, move: drive.forMoving, stay: drive.forStaying };
  const isMissing = permissions.some(({ granted }) => granted === false);
  const isUnknown = permissions.some(({ granted }) => granted === null);
  return (
    <FramedPage view={view} frame={frame} title={drive.permissions} current="sources">
      <PageHead
        title={<span dir="auto">{connector.name}</span>}
        state={isMissing ? drive.grantedSome : isUnknown ? drive.grantedUnknown : drive.grantedAll}
        actions={
          mayWrite &&
          needsPerson(connector) && (
            <ButtonLink kind="main" href={`/dashboard/connectors/${connector.id}/connect`}>
              {drive.connect}
            </ButtonLink>
          )
        }
      />
      <OneDriveTabs view={view} id={connector.id} current="/permissions" mayWrite={mayWrite} />
      <Panel title={drive.permissions} flush>
        <Table
          view={view}
          label={drive.permissions}
          rows={permissions}
          columns={[
            { name: "name", title: drive.permission, kind: "mono", narrow: "start", cell: ({ name }) => name },
            { name: "why", title: drive.neededFor, narrow: "below", cell: (one) => why[one.for] },
            {
              name: "granted",
              title: drive.granted,
              narrow: "end",
              cell: ({ granted }) =>
                granted === null ? (
                  <Status tone="idle">{drive.grantUnknown}</Status>
                ) : granted ? (
                  <Status tone="good">{drive.grantYes}</Status>
                ) : (
                  <Status tone="wrong">{drive.grantNo}</Status>
                ),
            },
          ]}
        />
      </Panel>
      {permissions.some((one) => one.for === "move" && one.granted === false) && <p>{drive.readOnlyText}</p>}
    </FramedPage>
  );
}
