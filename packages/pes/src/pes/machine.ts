/**
 * The privacy enhancing system (PES) as a state machine without I/O. It takes a slot's readings from the concentrator in
 * small batches and adds them under the supplier's Paillier key: over the meters of a slot, and over the slots of a
 * household's billing period.
 *
 * With `reencrypt` it opens each reading and encrypts it for the supplier at once: **it sees every single reading for a
 * moment**, and nothing but its word and its operator's keeps it from looking. No reading is stored, logged or sent; what
 * is kept is sums under a key that it does not have. With `direct` it sees ciphertexts only, takes none without a proof that
 * its meter knows the plaintext, and gives its partial decryption of sums that it has formed itself, never of a single
 * meter's ciphertext. Readings of a slot wait as ciphertexts until it is closed, and are forgotten then.
 *
 * Its contract: one `batch` at a time, each answered by one `reply`. The batch that closes a slot puts out the `snapshot`
 * before that reply, so that a crash in between loses the slot, and never counts a billing period twice. It wants no ticks.
 */
import type { Step } from '@hushgrid/machine'
import { DropCounter } from '@hushgrid/messages'
import { type Millis, slotAt, slotTimes } from '@hushgrid/primitives'
import { receiveBatch } from './batch.ts'
import { restore } from './snapshot.ts'
import type { PesConfig, PesInput, PesOutput, PesState } from './state.ts'

/**
 * @param snapshot - what was kept last. Slots that have ended are not opened, with or without one: they may have been closed
 *   before, and a second sum of a slot over other meters would show what is in one and not in the other
 */
export function createPes(config: PesConfig, snapshot: Uint8Array | undefined, now: Millis): PesState {
  const { slotSeconds } = config.terms
  const { end, unit } = slotTimes(slotAt(now, slotSeconds), slotSeconds)
  // A slot's batches are taken a unit before its end. Without a snapshot nobody has sealed anything for this PES before.
  const through = slotAt(now, slotSeconds) - (snapshot && now >= end - unit ? 0 : 1)
  const state: PesState = {
    config,
    drops: new DropCounter(),
    members: new Map(),
    indexOf: new Map(),
    slots: new Map(),
    closedThrough: through,
    period: undefined,
    wakeAt: undefined
  }
  if (snapshot) restore(state, snapshot, through)
  state.closedThrough = Math.max(state.closedThrough, through)
  return state
}

/** One step of the PES. Never throws on what comes from the network. */
export function stepPes(state: PesState, input: PesInput, now: Millis): Step<PesState, PesOutput> {
  const out: PesOutput[] = []
  if (input.type === 'batch') receiveBatch({ state, now, out }, input)
  return { state, outputs: out }
}
