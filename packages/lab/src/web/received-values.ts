import { lanesFromExactBytes, signedLanes, toHex, unsignedLanes } from '@hushgrid/primitives'
import type { LabReceived, LaneValues } from '@hushgrid/web-api'
import type { ReceivedValue } from '../neighbourhood/watcher.ts'

/** Number of slots that are remembered of each meter. */
export const KEPT_SLOTS = 96

/** Values received of each household in the last slots. Held in memory, and given to the lab's page alone. */
export class ReceivedValues {
  /** Values by household, then by slot, in order of arrival. */
  readonly #held = new Map<number, Map<number, ReceivedValue[]>>()

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
    return values.map(value => ({ role: value.role, form: value.form, values: shown(value) }))
  }
}

function shown(value: ReceivedValue): LaneValues {
  if (value.form === 'ciphertext') return { '': toHex(value.bytes) }
  const { form, bytes, lanes: codes } = value
  const lanes = lanesFromExactBytes(bytes, codes.length)
  const values = form === 'plain' ? signedLanes(lanes) : unsignedLanes(lanes)
  return Object.fromEntries(codes.map((lane, i) => [lane, String(values[i])]))
}
