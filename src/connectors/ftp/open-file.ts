import { FtpRefusal, type Download } from "../../lib/ftp";
import { err, ok, type Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile, OpenedFile } from "../contract";
import { openResumed } from "../open-resumed";
import { failureOf, inSession, isVersion, lease, type FtpAccess, type Lease } from "./sessions";

/** The bytes of exactly this version of a file. A connection that breaks is gone on with where it broke. */
export function openFile(access: FtpAccess, file: FoundFile): Promise<Result<OpenedFile, ConnectorFailure>> {
  return openResumed((from) => get(access, file, from), file, access.deps.now);
}

async function get(access: FtpAccess, file: FoundFile, from: number): Promise<Result<Response, ConnectorFailure>> {
  const looked = await inSession(access, (session) => session.lookAt(file.name));
  if (!looked.ok) return looked;
  const { value: now } = looked;
  if (!now) return err({ code: "gone", detail: `${file.name} is no longer there` });
  const before = from === 0 ? undefined : access.read.get(file.name);
  if (now.kind !== "file" || !isVersion(file, now) || (before ?? now.modifiedAt) !== now.modifiedAt)
    return err({ code: "changed", detail: `${file.name} is another version by now` });
  access.read.set(file.name, now.modifiedAt);
  let leased: Lease | undefined;
  try {
    leased = await lease(access);
    return ok(new Response(streamOf(leased, await leased.session.read(file.name, from))));
  } catch (error) {
    leased?.done(error instanceof FtpRefusal);
    return err(failureOf(access, error));
  }
}

/** The file as a stream; the session is given back behind its last byte, and ends with a stream that is left. */
function streamOf(leased: Lease, download: Download): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const bytes = await download.next();
          if (bytes) return controller.enqueue(bytes);
          leased.done(true);
          controller.close();
        } catch (error) {
          download.stop();
          leased.done(false);
          controller.error(error);
        }
      },
      cancel: () => {
        download.stop();
        leased.done(false);
      },
    },
    { highWaterMark: 0 },
  );
}
