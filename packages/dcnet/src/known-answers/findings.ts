/** Comparisons of a case's answers with ours: what was compared, how often, and what differs. */
export class Findings {
  readonly #counts = new Map<string, number>()
  readonly failures: string[] = []

  /**
   * Compares an answer with ours.
   *
   * @param what - the kind of answer, as it is listed
   * @param whose - the member that it is of, in a failure
   */
  same(what: string, got: unknown, expected: unknown, whose = ''): void {
    this.checked(what)
    const [a, b] = [JSON.stringify(got), JSON.stringify(expected)]
    if (a !== b) this.failures.push(`${whose === '' ? what : `${whose} ${what}`}: expected ${b}, got ${a}`)
  }

  /** Notes that something was checked otherwise, or so many of a kind. */
  checked(what: string, count = 1): void {
    if (count > 0) this.#counts.set(what, (this.#counts.get(what) ?? 0) + count)
  }

  /** Lists what was checked, each with its number where there are several. */
  list(): string[] {
    return [...this.#counts].map(([what, count]) => (count === 1 ? what : `${what} ×${count}`))
  }
}
