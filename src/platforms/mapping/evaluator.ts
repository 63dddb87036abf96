import { TreeInterpreter, type JSONValue } from "@jmespath-community/jmespath";
import { err, ok, type Result } from "../../lib/result";
import type { Expression } from "./expression";
import { priceOf } from "./functions";

/** Steps that all expressions of a mapping may take together on one notice: a few tenths of a second at worst. */
const MAX_STEPS = 400_000;
const MAX_DEPTH = 200;
/** Characters of a text that count as one step: some functions take it apart, character by character. */
const TEXT_STEP = 8;

const Interpreter = TreeInterpreter.constructor as new () => typeof TreeInterpreter;

type Visited = ReturnType<typeof TreeInterpreter.visit>;
type Visitee = Parameters<typeof TreeInterpreter.visit>[1];

class OutOfSteps extends Error {}

/**
 * The library's interpreter with a budget. Expressions and bodies are strangers': a few multi-selects and flattens in a
 * row make 2^100 values of one, so each thing it visits, makes or compares costs a step before it is made.
 */
class BoundedInterpreter extends Interpreter {
  private steps = MAX_STEPS;

  override visit(node: Expression, value: Visitee): Visited {
    this.spend(1);
    switch (node.type) {
      case "Field":
        // The library would find what every object inherits.
        return isRecord(value) && Object.hasOwn(value, node.name) ? ((value[node.name] as JSONValue) ?? null) : null;
      case "Slice":
        this.spend(lengthOf(value));
        return super.visit(node, value);
      case "Flatten":
        return this.flatten(this.visit(node.child, value));
      case "OrExpression": {
        const left = this.visit(node.left, value);
        return isFalsy(left) ? this.visit(node.right, value) : left;
      }
      case "AndExpression": {
        const left = this.visit(node.left, value);
        return isFalsy(left) ? left : this.visit(node.right, value);
      }
      case "NotExpression":
        return isFalsy(this.visit(node.child, value));
      case "Ternary":
        return this.visit(isFalsy(this.visit(node.condition, value)) ? node.falseExpr : node.trueExpr, value);
      case "FilterProjection":
        return this.filter(node, value);
      case "Comparator":
        if (node.name === "EQ" || node.name === "NE") {
          const [left, right] = [this.visit(node.left, value), this.visit(node.right, value)];
          this.weigh(left);
          this.weigh(right);
          return super.visit({ ...node, left: literal(left), right: literal(right) }, value);
        }
        return super.visit(node, value);
      case "Function": {
        const args = node.children.map((child) => this.visit(child, value));
        for (const arg of args) this.weigh(arg);
        this.spend(priceOf(node.name, args));
        return this.runtime.callFunction(node.name, args as JSONValue[]);
      }
      default:
        return super.visit(node, value);
    }
  }

  private flatten(list: Visited): Visited {
    if (!Array.isArray(list)) return null;
    for (const item of list) this.spend(1 + (Array.isArray(item) ? item.length : 0));
    return list.flat() as JSONValue;
  }

  private filter(node: Extract<Expression, { type: "FilterProjection" }>, value: Visitee): Visited {
    const list = this.visit(node.left, value);
    if (!Array.isArray(list)) return null;
    const kept: JSONValue[] = [];
    for (const item of list) {
      if (isFalsy(this.visit(node.condition, item))) continue;
      const result = this.visit(node.right, item);
      if (result !== null) kept.push(result as JSONValue);
    }
    return kept;
  }

  /** Pays for looking at the whole of a value. Shared parts are paid for as often as they are met. */
  private weigh(value: unknown, depth = MAX_DEPTH): void {
    this.spend(depth === 0 ? Infinity : 1);
    if (typeof value === "string") this.spend(value.length / TEXT_STEP);
    else if (Array.isArray(value)) for (const item of value) this.weigh(item, depth - 1);
    else if (isRecord(value)) for (const name in value) this.weigh(value[name], depth - 1);
  }

  private spend(steps: number): void {
    this.steps -= steps;
    // Not a number of steps is too many.
    if (!(this.steps >= 0)) throw new OutOfSteps();
  }
}

/**
 * Evaluates expressions on one body or a part of it, all out of one budget. What goes wrong is a text for its owner.
 */
export type Evaluate = (expression: Expression, part?: unknown) => Result<unknown, string>;

export function evaluatorOf(body: Record<string, unknown>): Evaluate {
  const interpreter = new BoundedInterpreter();
  return (expression, part = body) => {
    try {
      return ok(interpreter.search(expression, part as JSONValue));
    } catch (error) {
      if (error instanceof OutOfSteps) return err("takes too many steps on this body");
      return err(`cannot be worked out: ${error instanceof Error ? error.message.slice(0, 200) : "unknown"}`);
    }
  };
}

/** False as JMESPath has it: null, false, and whatever is empty. Looks at one key only. */
export function isFalsy(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (!isRecord(value)) return false;
  for (const _ in value) return false;
  return true;
}

function literal(value: Visited): Expression {
  return { type: "Literal", value: value as JSONValue };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lengthOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 0;
}
