// What a check of a case has found so far.

/** What was found of a case: what agrees, and each sentence that says what does not. */
export interface SchemeFinding {
  readonly name: string
  readonly checked: readonly string[]
  readonly failures: readonly string[]
}

/** Statements that agree, by name, and a sentence for each that does not. */
export class Findings {
  readonly checked: string[] = []
  readonly failures: string[] = []

  /** Compares two values by their JSON. */
  expect(what: string, got: unknown, expected: unknown): void {
    const [left, right] = [JSON.stringify(got), JSON.stringify(expected)]
    if (left === right) this.checked.push(what)
    else this.failures.push(`${what}: expected ${shortened(right)}, got ${shortened(left)}`)
  }
}

function shortened(json: string | undefined): string {
  const text = json ?? 'nothing'
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
