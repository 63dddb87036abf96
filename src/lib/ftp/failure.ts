export type FtpFailureCode =
  /** No connection, or it was lost. */
  | "lost"
  /** What answers speaks no FTP, or breaks its rules. */
  | "not_ftp"
  /** The server does not accept the account with this password. */
  | "login"
  /** The server takes no more connections of this account now. */
  | "busy"
  /** The server offers no encryption, or not of what it sends. */
  | "no_tls"
  /** The encryption could not be set up: the certificate is not to be trusted, say. */
  | "tls"
  /** The server wants each data connection to resume the encryption of the first one, which this runtime cannot do. */
  | "session_reuse"
  /** No data connection came about. */
  | "no_data"
  /** The server's list of files is in a form that is not known. */
  | "unreadable";

/** Why a connection cannot be had or used. Never holds a password. */
export class FtpFailure extends Error {
  readonly code: FtpFailureCode;

  constructor(code: FtpFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An answer that is no success: what the server says of one file. The session goes on. */
export class FtpRefusal extends Error {
  readonly reason: "missing" | "denied" | "other";

  constructor(code: number, text: string) {
    super(`${code} ${text}`.trim().slice(0, 200));
    // One code stands for a file that is not there and for one that is not given: only the words tell.
    const isDenied = code === 553 || code === 532 || /denied|permission|not allowed|forbidden|prohibit/i.test(text);
    this.reason = isDenied ? "denied" : code === 550 ? "missing" : "other";
  }
}
