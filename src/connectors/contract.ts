import type { z } from "zod";
import type { ConnectorSettings } from "../db/schema";
import type { Line } from "../lib/ftp";
import type { GuardPolicy } from "../lib/network-guard";
import type { Result } from "../lib/result";
import type { Clock } from "../lib/time";
import type { AudioBody } from "../recordings";
import type { ProblemCode } from "./problems";

/** One version of one file in a storage. `version` changes with its content (an ETag, say). */
export type FoundFile = {
  name: string;
  /** What it is known by, where its name may change while it stays the same file. */
  key?: string;
  /** Whether the storage shows files only once they are there whole, so that one look is enough. */
  whole?: true;
  /** What is known of its call beside its name, as uploads name it. A file that a row names has a size only once it is there. */
  fields?: Readonly<Record<string, string>>;
  /** Until when it is waited for, where it is named before it is there. */
  until?: number;
  version: string;
  size: number;
  modifiedAt: number | null;
  /** Why the storage would not give it, where that is known from the list. */
  refusal?: ProblemCode;
};

/**
 * Why a storage could not be asked, or what is wrong with a file. `detail` names hosts and folders and never
 * credentials; `retryAfter` is in milliseconds.
 */
export type ConnectorFailure = { code: ProblemCode; detail: string; retryAfter?: number };

/** A file that is read. `length` of its bytes as they come, where that is known: a file is compressed on its way by some. */
export type OpenedFile = { body: AudioBody; mediaType: string | null; length?: number | null };

/** A storage, opened with its credentials. Names of files are relative to nothing: as the storage has them. */
export type Storage = {
  /**
   * A page of what lies in the folder to import from; `cursor` of the next page, null behind the last. `resume`: where the
   * next look begins, of a storage that tells what has changed since.
   */
  list(cursor: string | null): Promise<Result<ListedPage, ConnectorFailure>>;
  /** The file of this name as it is now; undefined where there is none. */
  lookUp(name: string): Promise<Result<FoundFile | undefined, ConnectorFailure>>;
  /** The bytes of exactly this version. `gone`, or `changed` when it is another version by now. */
  open(file: FoundFile): Promise<Result<OpenedFile, ConnectorFailure>>;
  /** Moves this version away after it was taken in. Done twice, it is moved once. */
  settle(file: FoundFile): Promise<Result<"moved" | "kept" | "gone" | "changed", ConnectorFailure>>;
  /** What the storage allows, step by step, up to the first step that fails. */
  test(): Promise<TestStep[]>;
  /** Has the storage tell at this address when something changes, where it can. Files come without it too, later. */
  watch?(url: string): Promise<void>;
  /** Lets go of its connection, where it holds one. */
  close(): void;
};

/** `resume`: where the next look begins; `again`: where it begins in case this one left something, null for anew. */
export type ListedPage = { files: FoundFile[]; cursor: string | null; resume?: string; again?: string };

export type TestStep = { step: "list" | "read" | "write" | "delete"; failure: ConnectorFailure | null };

export type StorageDeps = {
  fetch: typeof fetch;
  /** With `starttls`, one that may be encrypted once it is there. */
  connect(address: { hostname: string; port: number }, secureTransport?: "starttls"): Line;
  guardPolicy: GuardPolicy;
  now: Clock;
};

/** Stores what proves who asks, where it was replaced: before what replaces it is used. */
export type KeepCredentials = (credentials: Readonly<Record<string, string>>) => Promise<void>;

/**
 * Where a storage's files lie: `server` names what holds them, alike for all storages in it, and `folder` the one that is looked
 * into, with a slash at its end; "" for all of it.
 */
export type Place = { server: string; folder: string };

/** A kind of storage. `Settings` and `Credentials` were checked by its schemas when they were written. */
export type ConnectorKind = {
  kind: "s3" | "sftp" | "ftp" | "neotel" | "onedrive";
  title: string;
  /** Whether it lists only what has changed since the look before. */
  tellsChanges: boolean;
  /** Whether its place is good whatever else changes: a look that failed is begun where it began, and settings keep it. */
  keepsPlace?: true;
  settings: z.ZodType<ConnectorSettings>;
  credentials: z.ZodType<Record<string, string>>;
  /**
   * Secrets, by whom each belongs to: one of them may be given anew, and the others stay. A secret stays with the same owner
   * alone. Without it, what is given anew replaces all.
   */
  ownersOfSecrets?: Readonly<Record<string, string>>;
  /** Which settings decide where the credentials go: a change of these asks for the credentials again. */
  placedBy: readonly string[];
  /** Settings that are true of one place alone: forgotten where another place is set without them. */
  boundToPlace: readonly string[];
  /** Which setting leads where this deployment may not connect, and why. */
  checkPlace(settings: ConnectorSettings, policy: GuardPolicy): Promise<{ field: string; message: string } | undefined>;
  /** Where its files lie; undefined where the settings do not tell. */
  placeOf(settings: ConnectorSettings): Place | undefined;
  open(
    settings: ConnectorSettings,
    credentials: Readonly<Record<string, string>>,
    deps: StorageDeps & { keep: KeepCredentials },
  ): Storage;
};
