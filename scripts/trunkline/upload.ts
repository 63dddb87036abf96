import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { Upload } from "tus-js-client";
import { Trouble } from "../trouble.ts";
import { clientOf, dataOf, type Connection } from "./connection.ts";
import { barOf, type Progress } from "./progress.ts";

export type Uploading = { files: string[]; campaign: string | undefined; reference: string | undefined };

/** One request of an upload: what is lost when a line breaks, and how often a bar moves. */
const CHUNK = 8 * 1024 * 1024;

/** Uploads files, one after the other, resuming where a line breaks. How many did not get there. */
export async function upload(
  connection: Connection,
  { files, campaign = connection.campaignId, reference }: Uploading,
  progress: Progress,
): Promise<number> {
  if (reference !== undefined && files.length > 1)
    throw new Trouble("--reference is of one file: upload them one by one");
  for (const file of files) sizeOf(file);
  let failed = 0;
  for (const file of files) {
    const size = sizeOf(file);
    const name = basename(file);
    const metadata = {
      filename: name,
      ...(campaign !== undefined && { campaign_id: campaign }),
      ...(reference !== undefined && { reference_id: reference }),
    };
    try {
      const id = await send(connection, file, size, metadata, (sent) => progress.show(barOf(name, sent, size)));
      const answer = await clientOf(connection).GET("/v1/uploads/{id}", { params: { path: { id } } });
      progress.done(`${barOf(name, size, size)}  ${dataOf(answer, `reading ${id}`).call_id ?? id}`);
    } catch (error) {
      failed += 1;
      progress.done(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new Trouble(`there is no file ${file}`);
  return found.size;
}

/** Gives the id of the upload. */
function send(
  { url, key }: Connection,
  file: string,
  uploadSize: number,
  metadata: Record<string, string>,
  onProgress: (sent: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = new Upload(createReadStream(file), {
      endpoint: `${url}/v1/uploads/tus`,
      headers: { "x-api-key": key },
      metadata,
      uploadSize,
      chunkSize: CHUNK,
      retryDelays: [500, 1_000, 3_000, 5_000, 10_000],
      onProgress,
      onError: reject,
      onSuccess: () => resolve(sending.url?.split("/").at(-1) ?? ""),
    });
    sending.start();
  });
}
