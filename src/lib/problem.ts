/** A failure in the form of every edge (RFC 9457). `errors` lists the wrong fields. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors: { field: string; message: string }[];
};

export const PROBLEM_TYPE = "application/problem+json";

/** The answer with that content type. An edge may add members and headers of its own. */
export function problemAnswer(
  problem: Problem,
  more: Record<string, unknown> = {},
  headers: HeadersInit = {},
): Response {
  const answer = Response.json({ ...problem, ...more }, { status: problem.status, headers });
  answer.headers.set("content-type", PROBLEM_TYPE);
  return answer;
}
