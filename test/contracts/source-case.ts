import type { InboundRequest, Platform, SourceConfig } from "../../src/platforms";

/**
 * What a source brings to the contract suite: `./sources/<kind>.ts` exports `cases`, one or more. Bodies are given as
 * their fields, so that the suite can put anything in any of them; `encode` writes them as the platform does (JSON
 * unless it says otherwise). Secrets, names and numbers in a case are invented.
 */
export type SourceCase = {
  /** Shown in the tests' names; the source's kind where one case is enough. */
  name?: string;
  source: Platform;
  /** As the edge has it. `secrets[0]` is what `sign` is given. */
  config: SourceConfig;
  contentType: string;
  encode?(fields: Record<string, unknown>): string;
  /** Whether a body may be a list of notices as well as one. */
  takesLists?: boolean;
  /** A notice that is accepted and makes one call at least. */
  good: Record<string, unknown>;
  /** The same with fields nobody knows, at the top and further in. */
  withUnknownFields: Record<string, unknown>;
  /** The notices of calls that nobody answered, each call's in the order the platform sends them. */
  unanswered?: Record<string, unknown>[][];
  /** The notices of calls of several legs, of which one was answered and the others were not. */
  partlyAnswered?: Record<string, unknown>[][];
  /** Every notice of one answered call in the order the platform sends them, `good` among them or not. At least one. */
  notices: Record<string, unknown>[];
  /** Platforms that sign or send a token of their own. */
  signing?: {
    /** Milliseconds: when `verify` is asked. */
    now: number;
    /** The address the request is sent to; a default where the platform does not sign it. */
    url?: string;
    /**
     * What the platform would send at that moment (milliseconds) under that secret: the case's own or `wrongSecret`.
     * `body` where the proof is part of it. May throw at a body the platform could not have made.
     */
    sign(
      body: Uint8Array<ArrayBuffer>,
      secret: string,
      at: number,
      url: string,
    ): Promise<{ headers: Record<string, string>; body?: Uint8Array; url?: string }>;
    /** The header that holds the proof; null where it is in the body or the address. */
    signatureHeader: string | null;
    /** The header that holds the signed moment; null where there is none. */
    timestampHeader: string | null;
    /** How far that moment may be away; null where the platform gives none to check. */
    toleranceMs: number | null;
    /** Whether a changed body is noticed: not where the proof is a token and nothing is signed. */
    coversBody: boolean;
    /** Another secret of a form the platform could have made, for "wrong key"; the secret and an `x` by default. */
    wrongSecret?: string;
  };
  /** A request that is a handshake, with what must be in the answer. */
  handshake?: { request: InboundRequest; now: number; status: number; body?: string; headers?: Record<string, string> };
};

/** A case of a platform that signs. */
export type SignedCase = SourceCase & { signing: NonNullable<SourceCase["signing"]> };

export function isSigned(given: SourceCase): given is SignedCase {
  return given.signing !== undefined;
}

export function nameOf({ name, source }: Pick<SourceCase, "name" | "source">): string {
  return name ?? source.kind;
}
