import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";
import { addressOf } from "./address";
import { askText, type Access } from "./ask";
import { isPlainXml, readElement, readElements } from "../read-xml";

const PAGE = 1_000;

/** A page of a bucket's list (S3's ListObjectsV2). Keys come encoded, since XML cannot hold every character of a key. */
export async function listObjects(
  access: Access,
  prefix: string,
  cursor: string | null,
  most = PAGE,
): Promise<Result<{ files: FoundFile[]; cursor: string | null }, ConnectorFailure>> {
  const page = () => {
    const url = addressOf(access.settings);
    url.searchParams.set("list-type", "2");
    url.searchParams.set("encoding-type", "url");
    url.searchParams.set("max-keys", String(most));
    if (prefix !== "") url.searchParams.set("prefix", prefix);
    if (cursor !== null) url.searchParams.set("continuation-token", cursor);
    return url;
  };
  const text = await askText(access, page, {});
  return text.ok ? readList(text.value, page().host) : text;
}

function readList(xml: string, host: string): Result<{ files: FoundFile[]; cursor: string | null }, ConnectorFailure> {
  if (!xml.includes("<ListBucketResult")) return err({ code: "not_s3", detail: `${host} answered with no list of S3` });
  if (!isPlainXml(xml)) return err({ code: "unreadable_list", detail: `${host} put a document type into its list` });
  const files: FoundFile[] = [];
  for (const entry of readElements(xml, "Contents")) {
    const name = decodeKey(readElement(entry, "Key"));
    const size = Number(readElement(entry, "Size") ?? Number.NaN);
    const version = readElement(entry, "ETag")?.replaceAll('"', "");
    if (name === undefined || !version || !Number.isSafeInteger(size) || size < 0)
      return err({ code: "unreadable_list", detail: `${host} lists a file without key, ETag or size` });
    const modified = Date.parse(readElement(entry, "LastModified") ?? "");
    files.push({ name, version, size, modifiedAt: Number.isNaN(modified) ? null : modified });
  }
  const isCut = readElement(xml, "IsTruncated") === "true";
  const next = isCut ? readElement(xml, "NextContinuationToken") : undefined;
  if (isCut && !next)
    return err({ code: "unreadable_list", detail: `${host} does not name the next page of its list` });
  return ok({ files, cursor: next ?? null });
}

function decodeKey(key: string | undefined): string | undefined {
  if (key === undefined || key === "") return undefined;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
