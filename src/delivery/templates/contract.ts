/** What is wrong with one thing a subscriber asked for, for people. */
export type Problem = { field: string; message: string };

/** What of a profile limits the shape a subscriber may give to requests. */
export type Shaped = {
  name: string;
  /** Header names in lower case that are the profile's own. */
  reservedHeaders: readonly string[];
  templatePaths: readonly string[];
  isTemplatePath(path: string): boolean;
};
