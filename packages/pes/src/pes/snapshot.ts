// Memory of a PES from one slot to the next: members with their keys, and sums; never a reading.
import { fromHex, meterId, toHex } from '@hushgrid/primitives'
import { type PesState, verifierOf } from './state.ts'

interface Snapshot {
  readonly closedThrough: number
  readonly members: readonly { readonly index: number; readonly id: string; readonly key: string }[]
  readonly periods: readonly { readonly index: number; readonly period: number; readonly readings: number; readonly product: string }[]
}

/**
 * Encodes members with their keys, and sums under the supplier's key; no reading, and no single reading's ciphertext but in
 * a sum of one.
 */
export function snapshotOf(state: PesState): Uint8Array {
  const snapshot: Snapshot = {
    closedThrough: state.closedThrough,
    members: [...state.members].map(([index, { id, key }]) => ({ index, id, key: toHex(key) })),
    periods: [...state.periods].map(([index, { period, readings, product }]) => ({
      index,
      period,
      readings,
      product: product.toString(16)
    }))
  }
  return new Uint8Array(Buffer.from(JSON.stringify(snapshot)))
}

/** Takes up a snapshot. */
export function restore(state: PesState, bytes: Uint8Array): void {
  const { closedThrough, members, periods } = JSON.parse(Buffer.from(bytes).toString()) as Snapshot
  state.closedThrough = closedThrough
  for (const { index, id, key } of members) {
    const owner = meterId(id)
    state.members.set(index, { id: owner, verify: verifierOf(state)(owner), key: fromHex(key) })
    state.indexOf.set(owner, index)
  }
  for (const { index, product, ...rest } of periods) state.periods.set(index, { ...rest, product: BigInt(`0x${product}`) })
}
