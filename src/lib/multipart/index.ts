/** Forms with files (RFC 7578), read as they come in: nothing is held but the part of a line that may be a boundary. */
export { boundaryOf } from "./boundary";
export type { PartHead } from "./part-head";
export { readMultipart, type MultipartLimits, type MultipartProblem, type MultipartReader, type Part } from "./read";
