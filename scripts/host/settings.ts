/** What `npm start` hands to the process that runs the Worker. */
export type HostSettings = {
  port: number;
  stateDir: string;
  /** The file with the deployment's secrets: only its name may be seen in a list of processes. */
  secretsPath: string;
  /** Variables in place of those in wrangler.toml. */
  variables: Record<string, string>;
  /** Whether every span of every invocation is written to the state folder. */
  traces: boolean;
  /**
   * `build` first and serve that; `take-over` from a host that ended: serve at once what that one served, and build
   * behind it; `wait`, loaded, until the one that serves has ended, then take over.
   */
  begin: "build" | "take-over" | "wait";
};

/** What a waiting host is sent when it is its turn. */
export const TAKE_OVER = "take over";

/** What the host reports: each time a new runtime takes requests, be it the first, after a build or after a crash. */
export type HostMessage = "serving";
