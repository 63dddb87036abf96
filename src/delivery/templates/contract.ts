/** A problem with one option of an endpoint, for people. */
export type Problem = { field: string; message: string };

/** The parts of a profile that limit its templates and headers. */
export type Shaped = {
  name: string;
  /** Header names (lower case) that only the profile may set. */
  reservedHeaders: readonly string[];
  templatePaths: readonly string[];
  isTemplatePath(path: string): boolean;
};
