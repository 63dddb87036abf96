import { checkUrl } from "../../lib/network-guard";
import type { ConnectorKind, Storage } from "../contract";
import { addressOf } from "./address";
import type { Access } from "./ask";
import { listObjects } from "./list";
import { lookUpObject, moveObject } from "./move-object";
import { openObject } from "./open-object";
import { s3Credentials, s3Settings, type S3Settings } from "./settings";
import { testBucket } from "./test-bucket";

/** Storage that speaks the S3 API: Amazon's, MinIO, and others that say so. */
export const s3: ConnectorKind = {
  kind: "s3",
  title: "S3 or MinIO",
  tellsChanges: false,
  settings: s3Settings,
  credentials: s3Credentials,
  ownersOfSecrets: { secret_key: "access_key" },
  placedBy: ["endpoint", "bucket", "addressing"],
  boundToPlace: [],
  checkPlace: async (settings, policy) => {
    const checked = await checkUrl(addressOf(settings as S3Settings), policy);
    return checked.ok ? undefined : { field: "endpoint", message: checked.error.message };
  },
  placeOf: (settings) => {
    const { endpoint, bucket, import_path: folder } = settings as S3Settings;
    const host = URL.parse(endpoint)?.host ?? "";
    // A name is of one bucket in all of Amazon, whichever of its addresses is asked.
    const holder = /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(host) ? "amazonaws.com" : host;
    return { server: `${holder}/${bucket}`, folder };
  },
  open: (settings, credentials, deps) => openBucket(settings as S3Settings, credentials, deps),
};

function openBucket(
  settings: S3Settings,
  credentials: Readonly<Record<string, string>>,
  deps: Access["deps"],
): Storage {
  const { access_key: accessKey = "", secret_key: secretKey = "" } = credentials;
  const access: Access = { settings, accessKey, secretKey, region: settings.region, deps };
  const { import_path: from, processed_path: to } = settings;
  return {
    list: (cursor) => listObjects(access, from, cursor),
    lookUp: (name) => lookUpObject(access, name),
    open: (file) => openObject(access, file),
    settle: async (file) =>
      to === null ? { ok: true, value: "kept" } : moveObject(access, file, `${to}${file.name.slice(from.length)}`),
    test: () => testBucket(access),
    close: () => undefined,
  };
}
