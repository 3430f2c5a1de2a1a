// Memory of a PES from one slot to the next: members with their keys, and sums; never a reading.
import { fromHex, meterId, toHex } from '@hushgrid/primitives'
import { type PesState, verifierOf } from './state.ts'

interface Snapshot {
  readonly closedThrough: number
  readonly members: readonly { readonly index: number; readonly id: string; readonly key: string }[]
  /** Slots of a billing period when it was made. */
  readonly billingSlots: number
  readonly period?: {
    readonly number: number
    readonly slots: number
    readonly sums: readonly { readonly index: number; readonly readings: number; readonly product: string }[]
  }
}

/**
 * Encodes members with their keys, and sums under the supplier's key; no reading, and no single reading's ciphertext but in
 * a sum of one.
 */
export function snapshotOf({ config, closedThrough, members, period }: PesState): Uint8Array {
  const snapshot: Snapshot = {
    closedThrough,
    members: [...members].map(([index, { id, key }]) => ({ index, id, key: toHex(key) })),
    billingSlots: config.terms.billingSlots,
    ...(period && {
      period: {
        number: period.number,
        slots: period.slots,
        sums: [...period.sums].map(([index, { readings, product }]) => ({ index, readings, product: product.toString(16) }))
      }
    })
  }
  return new Uint8Array(Buffer.from(JSON.stringify(snapshot)))
}

/**
 * Takes up a snapshot. Sums of a billing period of another length are left out. So are those of a period that has gone on
 * since, and is over: where the snapshot is not the last one, they were handed over with more in them, and the difference of
 * both would be the readings of a few slots.
 *
 * @param through - last slot that has ended
 */
export function restore(state: PesState, bytes: Uint8Array, through: number): void {
  const { closedThrough, members, billingSlots, period } = JSON.parse(Buffer.from(bytes).toString()) as Snapshot
  state.closedThrough = closedThrough
  for (const { index, id, key } of members) {
    const owner = meterId(id)
    state.members.set(index, { id: owner, verify: verifierOf(state)(owner), key: fromHex(key) })
    state.indexOf.set(owner, index)
  }
  if (!period || billingSlots !== state.config.terms.billingSlots) return
  const last = (period.number + 1) * billingSlots - 1
  if (closedThrough < last && through >= last) return
  const sums = period.sums.map(({ index, readings, product }) => [index, { readings, product: BigInt(`0x${product}`) }] as const)
  state.period = { number: period.number, slots: period.slots, sums: new Map(sums) }
}
