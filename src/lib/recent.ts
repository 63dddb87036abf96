import { addNewest } from "./newest";

/** The answers of a pure function to the names it was asked about last, so many of them. */
export function recent<T>(capacity: number): (name: string, answer: () => T) => T {
  const answers = new Map<string, { answer: T }>();
  return (name, answer) => {
    const known = answers.get(name) ?? { answer: answer() };
    addNewest(answers, name, known, capacity);
    return known.answer;
  };
}
