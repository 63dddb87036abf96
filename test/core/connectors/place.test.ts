import { expect, it } from "vitest";
import { CONNECTOR_KINDS, type ConnectorKindName } from "../../../src/connectors";
import type { ConnectorKind } from "../../../src/connectors/contract";

const BUCKET = { endpoint: "https://s3.example.com", bucket: "calls", import_path: "/in/" };
const SERVER = { host: "files.example.com", username: "ana", import_path: "/in" };
const DRIVE = { client_id: "app", tenant_id: "acme.example", import_path: "In" };

/** Where these settings lead, as one text. */
function placeOf(name: ConnectorKindName, settings: object): string {
  const kind: ConnectorKind = CONNECTOR_KINDS[name];
  const place = kind.placeOf(kind.settings.parse(settings));
  return place ? `${place.server} ${place.folder}` : "";
}

it("a place is the same however it is written, and another where the files are others", () => {
  const of = placeOf;
  expect(of("s3", { ...BUCKET, endpoint: "https://S3.example.com/", import_path: "in" })).toBe(of("s3", BUCKET));
  expect(of("s3", { ...BUCKET, endpoint: "https://s3.us-east-2.amazonaws.com" })).toBe(
    of("s3", { ...BUCKET, endpoint: "https://s3.amazonaws.com", region: "eu-west-1" }),
  );
  expect(of("s3", { ...BUCKET, bucket: "others" })).not.toBe(of("s3", BUCKET));
  expect(of("ftp", { ...SERVER, username: "eva", security: "none" })).toBe(of("sftp", { ...SERVER, port: 2_222 }));
  const home = { ...SERVER, import_path: "in" };
  expect(of("sftp", home)).toBe(of("sftp", { ...home, host: "FILES.example.com" }));
  expect(of("sftp", { ...home, username: "eva" })).not.toBe(of("sftp", home));
  expect(of("onedrive", { ...DRIVE, user: "Ana@acme.example" })).toBe(
    of("onedrive", { ...DRIVE, client_id: "other", user: "ana@acme.example", import_path: "/in/" }),
  );
  expect(of("onedrive", DRIVE)).toBe("");
  const rows = { base_url: "https://neotel.example.com/neoapi", id_task: 1, host: "a.example.com", username: "c" };
  expect(of("neotel", { ...rows, username: "d" })).toBe(of("neotel", rows));
  expect(of("neotel", { ...rows, id_task: 2 })).not.toBe(of("neotel", rows));
});
