import { connect as connectTo } from "node:net";
import { Connection, Request, TYPES } from "tedious";

const PATIENCE = 30_000;
/** The kind of packet that carries user and password, where it goes in clear text. */
const LOGIN7 = 0x10;

/**
 * The rows between two moments, as the query of the settings gives them. Encryption is required: tedious logs in without
 * it where a server says that it has none, so such a login is stopped before its first byte is sent.
 */
export function readRows(settings, { from, to }) {
  const { server, port, database, user, password, encrypt, ca, serverName, query } = settings.sql;
  return new Promise((resolve, reject) => {
    const connection = new Connection({
      server,
      authentication: { type: "default", options: { userName: user, password } },
      options: {
        database,
        encrypt,
        trustServerCertificate: false,
        ...(serverName !== undefined && { serverName }),
        ...(ca !== undefined && { cryptoCredentialsDetails: { ca } }),
        connectTimeout: PATIENCE,
        requestTimeout: 4 * PATIENCE,
        // Times are those of the server's wall clock: they are read as they stand, and put into their zone later.
        useUTC: true,
        appName: "trunkline-bridge",
        readOnlyIntent: true,
        connector: () => guarded(server, port),
      },
    });
    const rows = [];
    const fail = (error) => {
      connection.close();
      reject(new Error(`SQL Server: ${error.message}`));
    };
    connection.on("error", fail);
    connection.connect((error) => {
      if (error) return fail(error);
      const request = new Request(query, (wrong) => {
        if (wrong) return fail(wrong);
        connection.close();
        resolve(rows);
      });
      request.addParameter("from", TYPES.VarChar, from);
      request.addParameter("to", TYPES.VarChar, to);
      request.on("row", (columns) => {
        rows.push(Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value])));
      });
      connection.execSql(request);
    });
  });
}

/** A connection that ends where a login would go over it in clear text. */
function guarded(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host, port });
    socket.setTimeout(PATIENCE, () => socket.destroy(new Error("the server does not answer")));
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      const write = socket.write.bind(socket);
      socket.write = (chunk, ...more) => {
        if (typeof chunk !== "string" && chunk[0] === LOGIN7) {
          socket.destroy(new Error("the server offers no encryption: no password was sent"));
          return false;
        }
        return write(chunk, ...more);
      };
      resolve(socket);
    });
  });
}
