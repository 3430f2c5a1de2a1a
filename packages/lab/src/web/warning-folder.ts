/** Time within which equal warnings of meters become one line, ms. */
const FOLD_FOR = 1_000

/** Folds equal warnings of many meters: says the first at once and counts the rest in one line. */
export class WarningFolder {
  readonly #say: (text: string) => void
  readonly #folding = new Map<string, { more: number; timer: NodeJS.Timeout }>()

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  warn(text: string): void {
    const rest = /^meter \d+: (.*)$/s.exec(text)?.[1]
    if (rest === undefined) {
      this.#say(text)
      return
    }
    const known = this.#folding.get(rest)
    if (known) {
      known.more++
      return
    }
    this.#say(text)
    const timer = setTimeout(() => this.#end(rest), FOLD_FOR)
    timer.unref()
    this.#folding.set(rest, { more: 0, timer })
  }

  #end(rest: string): void {
    const more = this.#folding.get(rest)?.more ?? 0
    this.#folding.delete(rest)
    if (more > 0) this.#say(`${more} more ${more === 1 ? 'meter says' : 'meters say'} so: ${rest}`)
  }

  /** Says the counts that are left. */
  flush(): void {
    for (const [rest, { timer }] of this.#folding) {
      clearTimeout(timer)
      this.#end(rest)
    }
  }
}
