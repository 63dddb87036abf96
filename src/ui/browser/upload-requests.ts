/** One part of a file, as the API lists it. */
export type Part = { number: number; offset: number; size: number; received: boolean; url: string };

export type PartUpload = {
  id: string;
  state: "open" | "completed" | "aborted";
  size: number | null;
  received: number;
  call_id: string | null;
  parts: Part[];
};

/** An answer of the API, or none: `status` 0 is a connection that broke. */
export type Answer<Body> = { status: number; body: Body | null; fields: string[] };

const BASE = "/v1/part-uploads";

/** What the API is asked with the session of this page. The token that writing needs is asked for when it is needed. */
export function uploadRequests() {
  let csrf: string | undefined;

  async function renewToken(): Promise<void> {
    const answer = await fetch("/v1/me", { headers: { accept: "application/json" } });
    csrf = answer.ok ? ((await answer.json()) as { csrf_token: string }).csrf_token : undefined;
  }

  async function ask<Body>(method: string, path: string, body?: object): Promise<Answer<Body>> {
    try {
      if (csrf === undefined && method !== "GET") await renewToken();
      let response = await send(method, path, body);
      // Another session since, in another tab: its token is another one.
      if (response.status === 403 && method !== "GET") {
        const before = csrf;
        await renewToken();
        if (csrf !== undefined && csrf !== before) response = await send(method, path, body);
      }
      const json: unknown = response.status === 204 ? null : await response.json().catch(() => null);
      return { status: response.status, body: response.ok ? (json as Body) : null, fields: fieldsIn(json) };
    } catch {
      return { status: 0, body: null, fields: [] };
    }
  }

  function send(method: string, path: string, body: object | undefined): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json", "x-csrf-token": csrf ?? "" };
    if (body) headers["content-type"] = "application/json";
    return fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  return {
    begin: (body: object) => ask<PartUpload>("POST", BASE, body),
    read: (id: string) => ask<PartUpload>("GET", `${BASE}/${id}`),
    complete: (id: string) => ask<{ call_id: string | null }>("POST", `${BASE}/${id}/complete`),
    abort: (id: string) => ask<null>("DELETE", `/v1/uploads/${id}`),
    put: putPart,
  };
}

export type UploadRequests = ReturnType<typeof uploadRequests>;

/** Sends bytes to a part's link, which needs no session; the status of the answer, 0 where none came. */
function putPart(url: string, bytes: Blob, onProgress: (sent: number) => void, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    // The link names the public address; this page may have been opened by another name of the same deployment.
    const { pathname, search } = new URL(url);
    request.open("PUT", `${pathname}${search}`);
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    request.addEventListener("loadend", () => {
      signal.removeEventListener("abort", stop);
      resolve(request.status);
    });
    signal.addEventListener("abort", stop);
    if (signal.aborted) resolve(0);
    else request.send(bytes);
  });
}

function fieldsIn(json: unknown): string[] {
  const errors = (json as { errors?: { field: string }[] } | null)?.errors;
  return Array.isArray(errors) ? errors.map(({ field }) => field) : [];
}
