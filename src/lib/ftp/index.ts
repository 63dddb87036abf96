/** FTP, plain and over TLS, for a runtime that has neither: over connections that are given. */
export { openFtp, type Download, type Ftp, type FtpLogin, type FtpSecurity } from "./client";
export type { Line } from "./control";
export type { Attributes, Entry } from "./entries";
export { FtpFailure, FtpRefusal, type FtpFailureCode } from "./failure";
