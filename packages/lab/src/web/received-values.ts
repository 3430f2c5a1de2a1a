import { lanesFromExactBytes, type ObisCode, signedLanes, toHex, unsignedLanes } from '@hushgrid/primitives'
import type { LabReceived, LaneValues } from '@hushgrid/web-api'
import type { ReceivedValue } from '../neighbourhood/watcher.ts'

/** Number of slots that are remembered of each meter. */
export const KEPT_SLOTS = 96

/** Values received of each household in the last slots. Held in memory, and given to the lab's page alone. */
export class ReceivedValues {
  readonly #lanes: readonly ObisCode[]
  /** Values by household, then by slot, in order of arrival. */
  readonly #held = new Map<number, Map<number, ReceivedValue[]>>()

  constructor(lanes: readonly ObisCode[]) {
    this.#lanes = lanes
  }

  /**
   * Takes a value in.
   *
   * @returns false for a repetition: the role has received that value before
   */
  note(household: number, slot: number, value: ReceivedValue): boolean {
    let slots = this.#held.get(household)
    if (!slots) {
      slots = new Map()
      this.#held.set(household, slots)
    }
    let values = slots.get(slot)
    if (!values) {
      values = []
      slots.set(slot, values)
      const oldest = slots.keys().next().value
      if (slots.size > KEPT_SLOTS && oldest !== undefined) slots.delete(oldest)
    }
    if (values.some(({ role }) => role === value.role)) return false
    values.push(value)
    return true
  }

  /** Forgets a slot and those after it, since another run has them again. */
  forgetFrom(first: number): void {
    for (const slots of this.#held.values()) for (const slot of slots.keys()) if (slot >= first) slots.delete(slot)
  }

  /** Gives the values received of a household's slot. */
  of(household: number, slot: number): LabReceived[] {
    const values = this.#held.get(household)?.get(slot) ?? []
    return values.map(({ role, form, bytes }) => ({ role, form, values: this.#shown(form, bytes) }))
  }

  #shown(form: ReceivedValue['form'], bytes: Uint8Array): LaneValues {
    if (form === 'ciphertext') return { '': toHex(bytes) }
    const lanes = lanesFromExactBytes(bytes, this.#lanes.length)
    const values = form === 'plain' ? signedLanes(lanes) : unsignedLanes(lanes)
    return Object.fromEntries(this.#lanes.map((lane, i) => [lane, String(values[i])]))
  }
}
