/** A span that no household's recording has; a stamp beyond it has a wrong year. */
const LONGEST = 2 ** 24

/**
 * Energies on a grid of equal steps that grows at both ends as they arrive. NaN where nothing has.
 * Steps are numbered as slots are: floor(unixSeconds / step).
 */
export class GrowingEnergies {
  #values = new Float64Array(64).fill(Number.NaN)
  /** Number of the step that `#values[0]` stands for. */
  #base = 0
  #first = 0
  #until = 0

  /** Energy of a step, or NaN. */
  at(step: number): number {
    return step >= this.#first && step < this.#until ? (this.#values[step - this.#base] as number) : Number.NaN
  }

  /** @returns false, and nothing is kept, where the grid would span more than {@link LONGEST} steps, or the step is no whole one */
  set(step: number, energy: number): boolean {
    if (!Number.isInteger(step)) return false
    if (this.#first === this.#until) {
      this.#base = step
      this.#first = step
      this.#until = step
    }
    const first = Math.min(this.#first, step)
    const until = Math.max(this.#until, step + 1)
    if (until - first > LONGEST) return false
    if (first < this.#base || until - this.#base > this.#values.length) this.#grow(first, until)
    this.#first = first
    this.#until = until
    this.#values[step - this.#base] = energy
    return true
  }

  #grow(first: number, until: number): void {
    const length = Math.max(2 * this.#values.length, 2 * (until - first))
    const grown = new Float64Array(length).fill(Number.NaN)
    // Room is made on the side that needs it.
    const base = first < this.#base ? until - length : first
    for (let step = this.#first; step < this.#until; step++) grown[step - base] = this.#values[step - this.#base] as number
    this.#values = grown
    this.#base = base
  }

  /** The first step that holds anything, and the energies from there to the last. */
  result(): { first: number; energies: Float64Array } {
    return { first: this.#first, energies: this.#values.slice(this.#first - this.#base, this.#until - this.#base) }
  }
}
