import { startProFtpdFtp } from "./ftp-servers.ts";
import { ftpSuite } from "./ftp-suite.ts";

ftpSuite("ProFTPD", startProFtpdFtp);
