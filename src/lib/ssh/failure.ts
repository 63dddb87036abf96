export type SshFailureCode =
  /** No connection, or it was lost. */
  | "lost"
  /** What answers speaks no SSH, or breaks its rules. */
  | "not_ssh"
  /** Server and client have no algorithm in common. */
  | "no_algorithm"
  /** No host key was confirmed yet; `hostKey` is the one that was shown. */
  | "host_key_unknown"
  | "host_key_changed"
  /** The server does not accept the account with what proves it. */
  | "login"
  /** The server gives no SFTP. */
  | "no_sftp";

/** Why a connection cannot be had or used. Never holds a password or a key, other than the server's public one. */
export class SshFailure extends Error {
  readonly code: SshFailureCode;
  readonly hostKey: string | undefined;

  constructor(code: SshFailureCode, message: string, hostKey?: string) {
    super(message);
    this.code = code;
    this.hostKey = hostKey;
  }
}

export function brokenRules(what: string): SshFailure {
  return new SshFailure("not_ssh", `the server broke the protocol: ${what}`);
}
