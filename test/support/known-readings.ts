import { writeFileSync } from 'node:fs'

/**
 * Readings from here to 99,999 Wh cannot be mistaken for a port, whichever the system gives, a time or a total in a log; none
 * ends in 0, so that in kWh each has three decimals and cannot be mistaken for a count.
 */
const LEAST = 66_001
const STEP = 10
const STEPS = 3300

/** Lanes of a network file that lets these readings pass; most slots of tests are too short for them by the usual maxReading. */
export const KNOWN_LANES = 'lanes:\n  - { obis: "1-0:1.29.0", maxReading: 100000 }\n  - 1-0:2.29.0\n'

/** Readings that a test makes up, so that it knows every sum. */
export class KnownReadings {
  readonly households: number
  readonly slotSeconds: number
  readonly firstSlot: number
  readonly slots: number

  constructor(households: number, slotSeconds: number, firstSlot: number, slots: number) {
    this.households = households
    this.slotSeconds = slotSeconds
    this.firstSlot = firstSlot
    this.slots = slots
  }

  /** Name of a household, from 0. */
  nameOf(household: number): string {
    return `house-${household}`
  }

  /** Wh; another for every household and slot. */
  reading(household: number, slot: number): number {
    return LEAST + STEP * ((slot * 7919 + household * 104_729) % STEPS)
  }

  /** Wh of the first so many households together. */
  sum(households: number, slot: number): number {
    return Array.from({ length: households }, (_, household) => this.reading(household, slot)).reduce((sum, value) => sum + value, 0)
  }

  /** As a wide CSV. */
  write(path: string): void {
    const names = Array.from({ length: this.households }, (_, household) => this.nameOf(household))
    const lines = [`slot_start_utc,${names.join(',')}`]
    for (let slot = this.firstSlot; slot < this.firstSlot + this.slots; slot++) {
      const start = new Date(slot * this.slotSeconds * 1000).toISOString().replace('.000Z', 'Z')
      lines.push(`${start},${names.map((_, household) => this.reading(household, slot)).join(',')}`)
    }
    writeFileSync(path, `${lines.join('\n')}\n`)
  }

  /** Every single reading as a log might show it: Wh, or kWh with three decimals. */
  *shown(): Generator<string> {
    for (let slot = this.firstSlot; slot < this.firstSlot + this.slots; slot++) {
      for (let household = 0; household < this.households; household++) yield String(this.reading(household, slot))
    }
  }
}
