import type { Result } from "../../lib/result";
import type { ConnectorFailure, FoundFile } from "../contract";

export type Attributes = { kind: "file" | "folder" | "link" | "other"; size: number; modifiedAt: number };
export type Entry = Attributes & { name: string };

/** What servers of files can do, whatever they speak. A path is as the server has it, and never ends with a slash. */
export type FolderSession = {
  /** The entries of a folder, links not followed; undefined where there are more than `most`. */
  list(path: string, most: number): Promise<Entry[] | undefined>;
  /** Undefined where there is nothing of that name. */
  lookAt(path: string): Promise<Attributes | undefined>;
  readFirst(path: string): Promise<void>;
  /** Makes an empty file, or empties the one that is there. */
  create(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  realPath(path: string): Promise<string>;
};

/** A server of files in folders. `from` and `to`: the folders to import from and to move to, with a slash at their end. */
export type FolderServer = {
  from: string;
  to: string | null;
  /** Does some work in a session, once more where the connection was lost: all work here can be done twice. */
  inSession<T>(work: (session: FolderSession) => Promise<T>): Promise<Result<T, ConnectorFailure>>;
  versionOf(entry: Entry): string;
  isVersion(file: FoundFile, now: Attributes): boolean;
};

/** A folder as servers want it: without a slash at its end, and with a name. */
export function pathOf(folder: string): string {
  if (folder === "") return ".";
  return folder === "/" ? folder : folder.replace(/\/$/, "");
}
