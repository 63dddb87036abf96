/** The answers of a pure function to the names it was asked about last, so many of them. */
export function recent<T>(capacity: number): (name: string, answer: () => T) => T {
  const answers = new Map<string, { answer: T }>();
  return (name, answer) => {
    const known = answers.get(name) ?? { answer: answer() };
    // A map keeps insertion order: what was asked last goes last, and the first is forgotten.
    answers.delete(name);
    const [oldest] = answers.size >= capacity ? answers.keys() : [];
    if (oldest !== undefined) answers.delete(oldest);
    answers.set(name, known);
    return known.answer;
  };
}
