import { REGION, type S3Settings } from "./settings";

const AWS = /(^|\.)amazonaws\.com(\.cn)?$/;
const AWS_GLOBAL = "s3.amazonaws.com";
/** A bucket with a dot has no certificate in the host's name; one with other signs is no host name. */
const IN_HOST = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** The address of a bucket, or of an object in it. Keys are encoded as S3 signs them: every byte but those of RFC 3986. */
export function addressOf(settings: S3Settings, key = ""): URL {
  const url = new URL(settings.endpoint);
  // One that was stored before regions were checked stays with the global address.
  if (url.hostname === AWS_GLOBAL && settings.region !== "us-east-1" && REGION.test(settings.region))
    url.hostname = `s3.${settings.region}.amazonaws.com`;
  const encoded = encodeKey(key);
  if (isInHost(settings, url)) {
    url.hostname = `${settings.bucket}.${url.hostname}`;
    url.pathname = `/${encoded}`;
  } else {
    url.pathname = `/${settings.bucket}/${encoded}`;
  }
  return url;
}

/** A key for a path, or for the header that names the source of a copy. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeSegment).join("/");
}

function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isInHost({ addressing, bucket }: S3Settings, { hostname }: URL): boolean {
  if (addressing !== "auto") return addressing === "virtual";
  return AWS.test(hostname) && IN_HOST.test(bucket);
}
