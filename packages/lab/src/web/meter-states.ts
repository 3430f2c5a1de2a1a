import type { MeterState } from '@hushgrid/web-api'
import type { HostOperation } from '../meters/operation.ts'
import type { LabRing } from '../neighbourhood/ring.ts'

/** Keeps operations on meters in mind until the ring's roster shows them. */
export class MeterStates {
  readonly #told = new Map<number, 'down' | 'joining' | 'leaving'>()
  /** Households whose meters are being started again. */
  readonly #starting = new Set<number>()

  /** Gives the state of a household's meter. */
  of(household: number, ring: LabRing | undefined): MeterState | 'out' {
    const told = this.#told.get(household)
    const entry = ring?.meters.find(each => each.household === household)
    if (!entry) return told === 'joining' ? 'joining' : 'out'
    if (told === 'down' || told === 'leaving') return told
    return entry.absent ? 'absent' : 'in'
  }

  isStarting(household: number): boolean {
    return this.#starting.has(household)
  }

  joining(): number[] {
    return [...this.#told].flatMap(([household, what]) => (what === 'joining' ? [household] : []))
  }

  /** Notes that an operation begins. */
  begun(operation: HostOperation): void {
    switch (operation.do) {
      case 'join':
        this.#told.set(operation.household, 'joining')
        return
      case 'leave':
        this.#told.set(operation.household, 'leaving')
        return
      case 'crash':
        this.#told.set(operation.household, 'down')
        return
      case 'restart':
        this.#starting.add(operation.household)
        return
      case 'block':
      case 'skew':
        return
    }
  }

  /** Notes that an operation has ended; `failed` where it could not be done. */
  done(operation: HostOperation, failed: boolean): void {
    if (operation.do === 'restart') {
      this.#starting.delete(operation.household)
      if (!failed) this.#told.delete(operation.household)
    } else if (failed && (operation.do === 'join' || operation.do === 'leave')) this.#told.delete(operation.household)
  }

  /** Takes a new ring; gives the households that have come and gone since the one before. */
  settle(ring: LabRing, before: LabRing | undefined): { readonly arrived: readonly number[]; readonly gone: readonly number[] } {
    const now = new Set(ring.meters.map(({ household }) => household))
    const then = new Set(before?.meters.map(({ household }) => household))
    const arrived = [...now].filter(household => !then.has(household))
    const gone = [...then].filter(household => !now.has(household))
    for (const household of arrived) if (this.#told.get(household) === 'joining') this.#told.delete(household)
    for (const household of gone) if (this.#told.get(household) === 'leaving') this.#told.delete(household)
    return { arrived, gone }
  }
}
