/** SSH and SFTP for a runtime that has neither: its own algorithms, over a connection that is given. */
export { SshFailure, type SshFailureCode } from "./failure";
export { HOST_KEY } from "./host-key";
export { readPrivateKey, type KeyProblem, type PrivateKey } from "./private-key";
export { openSftp, SftpStatus, type Attributes, type Entry, type Sftp } from "./sftp";
export type { Connection } from "./transport";
