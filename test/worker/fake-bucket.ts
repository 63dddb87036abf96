import { sineWav } from "./sine-wav";

type Kept = { bytes: Uint8Array<ArrayBuffer>; tag: string; at: number };

/**
 * A bucket that answers as S3's documents say: ListObjectsV2 in pages, conditional reads by tag and range, copies, and
 * errors in XML. What signatures and regions are worth is judged by a real storage (test/peers/s3.test.ts).
 */
export function fakeBucket(now: () => number) {
  const objects = new Map<string, Kept>();
  const asked: string[] = [];
  /** What a request is answered instead; undefined for the usual. */
  let instead: (method: string, key: string, request: Request) => Response | undefined = () => undefined;
  let pageSize = 1_000;
  let tags = 0;

  function put(key: string, bytes: Uint8Array<ArrayBuffer> | string = sineWav(1)): void {
    const given = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    tags += 1;
    objects.set(key, { bytes: Uint8Array.from(given), tag: `tag${String(tags).padStart(12, "0")}`, at: now() });
  }

  async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const key = decodeURIComponent(url.pathname).replace(/^\/calls\/?/, "");
    asked.push(`${request.method} ${key || "?"}`);
    const other = instead(request.method, key, request);
    if (other) return other;
    if (key === "") return list(url.searchParams);
    const found = objects.get(key);
    if (request.method === "PUT") return copyOrPut(key, request);
    if (request.method === "DELETE") {
      objects.delete(key);
      return new Response(null, { status: 204 });
    }
    if (!found) return s3Error(404, "NoSuchKey");
    if ((request.headers.get("if-match") ?? `"${found.tag}"`) !== `"${found.tag}"`)
      return s3Error(412, "PreconditionFailed");
    const headers = { etag: `"${found.tag}"`, "content-length": String(found.bytes.length) };
    if (request.method === "HEAD") return new Response(null, { headers });
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? -1);
    return from < 0
      ? new Response(found.bytes, { headers })
      : new Response(found.bytes.slice(from), { status: 206, headers: { etag: headers.etag } });
  }

  async function copyOrPut(key: string, request: Request): Promise<Response> {
    const from = decodeURIComponent(request.headers.get("x-amz-copy-source") ?? "").replace(/^\/calls\//, "");
    if (from === "") {
      put(key, new Uint8Array(await request.arrayBuffer()));
      return new Response("");
    }
    const found = objects.get(from);
    if (!found) return s3Error(404, "NoSuchKey");
    if (request.headers.get("x-amz-copy-source-if-match") !== `"${found.tag}"`)
      return s3Error(412, "PreconditionFailed");
    objects.set(key, { ...found });
    return new Response(`<CopyObjectResult><ETag>"${found.tag}"</ETag></CopyObjectResult>`);
  }

  function list(query: URLSearchParams): Response {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const page = keys.slice(0, Math.min(pageSize, Number(query.get("max-keys") ?? 1_000)));
    const isCut = page.length < keys.length;
    const entries = page.map((key) => {
      const { bytes, tag, at } = objects.get(key)!;
      const name = encodeURIComponent(key).replaceAll("%20", "+");
      return `<Contents><Key>${name}</Key><LastModified>${new Date(at).toISOString()}</LastModified><ETag>&quot;${tag}&quot;</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    return new Response(
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${isCut}</IsTruncated>${next}${entries.join("")}</ListBucketResult>`,
    );
  }

  return {
    objects,
    asked,
    put,
    fetch,
    answerWith: (answer: typeof instead) => void (instead = answer),
    inPagesOf: (size: number) => void (pageSize = size),
  };
}

export function s3Error(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`, {
    status,
    headers,
  });
}
