import { compile } from "@jmespath-community/jmespath";
import { err, ok, type Result } from "../../lib/result";
import { isFunctionName } from "./functions";

/** A parsed JMESPath expression, as the library gives it. */
export type Expression = ReturnType<typeof compile>;

export const MAX_EXPRESSION = 1_000;
const MAX_DEPTH = 60;
const MAX_REMEMBERED = 1_000;
// A mapping's expressions come again with every notice.
const remembered = new Map<string, Result<Expression, string>>();

/**
 * The parsed expression, or what is wrong with it. The whole of JMESPath (community edition) is there but `let` and the
 * few functions that make much out of little.
 */
export function parseExpression(text: string): Result<Expression, string> {
  const known = remembered.get(text);
  if (known) return known;
  const parsed = parse(text);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(text, parsed);
  return parsed;
}

/** The fields at the top of a body that an expression begins at: `a` and `c` in `a.b || c[0]`. */
export function rootsOf(node: Expression): string[] {
  switch (node.type) {
    case "Field":
      return [node.name];
    case "Subexpression":
    case "IndexExpression":
    case "Pipe":
    case "Projection":
    case "ValueProjection":
      return isWhole(node.left) ? rootsOf(node.right) : rootsOf(node.left);
    case "FilterProjection":
      return rootsOf(node.left);
    default:
      return childrenOf(node).flatMap(rootsOf);
  }
}

function parse(text: string): Result<Expression, string> {
  if (text.length > MAX_EXPRESSION) return err(`must be at most ${MAX_EXPRESSION} characters`);
  try {
    const node = compile(text);
    const problem = problemOf(node, MAX_DEPTH);
    return problem === undefined ? ok(node) : err(problem);
  } catch (error) {
    return err(`is not a JMESPath expression: ${messageOf(error)}`);
  }
}

function problemOf(node: Expression, depth: number): string | undefined {
  if (depth === 0) return `is nested deeper than ${MAX_DEPTH} levels`;
  switch (node.type) {
    case "LetExpression":
    case "Binding":
    case "Variable":
      return "uses let, which is not available here";
    case "Function":
      if (!isFunctionName(node.name)) return `uses ${node.name.slice(0, 40)}(), which is not available here`;
  }
  for (const child of childrenOf(node)) {
    const problem = problemOf(child, depth - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function childrenOf(node: Expression): Expression[] {
  switch (node.type) {
    case "Function":
    case "MultiSelectList":
      return node.children;
    case "MultiSelectHash":
      return node.children.map(({ value }) => value);
    case "Flatten":
    case "NotExpression":
    case "ExpressionReference":
      return [node.child];
    case "Unary":
      return [node.operand];
    case "Ternary":
      return [node.condition, node.trueExpr, node.falseExpr];
    case "FilterProjection":
      return [node.left, node.condition, node.right];
    case "AndExpression":
    case "OrExpression":
    case "Pipe":
    case "Projection":
    case "ValueProjection":
    case "Subexpression":
    case "IndexExpression":
    case "Comparator":
    case "Arithmetic":
      return [node.left, node.right];
    default:
      return [];
  }
}

function isWhole(node: Expression): boolean {
  return node.type === "Current" || node.type === "Root" || node.type === "Identity";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "it cannot be read";
}
