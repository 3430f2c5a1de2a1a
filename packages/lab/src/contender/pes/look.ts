// Single readings in the hands of concentrator and PES, as a lab's page shows them.
import { Drop, decodeEnvelope, PesBatch, PesReading } from '@hushgrid/messages'
import { CiphertextError } from '@hushgrid/paillier'
import { openProven, openReading, type PesState, type PesTerms, type ReadingOrigin } from '@hushgrid/pes'
import { lanesFromIntegers, lanesToBytes } from '@hushgrid/primitives'
import type { LabWatcher } from '../../neighbourhood/watcher.ts'

/**
 * Follows a slot's readings from the concentrator into the PES. It opens them once more with the keys in the PES's memory,
 * to show what the PES sees: with `reencrypt` the reading for a moment, which neither keeps.
 */
export class PesLook {
  /** Batch on its way: there is one at a time. */
  #batch: Uint8Array | undefined

  /** Notes that the concentrator sends a batch to the PES. */
  sent(batch: Uint8Array, watcher: LabWatcher): void {
    this.#batch = batch
    for (const { sender, slot, sealed } of readingsOf(batch)) {
      watcher.received(slot, sender, { role: 'concentrator', form: 'ciphertext', bytes: sealed.slice() })
    }
  }

  /** Notes that the PES has answered the batch. */
  opened(state: PesState | undefined, watcher: LabWatcher): void {
    const batch = this.#batch
    this.#batch = undefined
    if (!batch || !state) return
    for (const { sender, slot, sealed } of readingsOf(batch)) {
      const index = state.indexOf.get(sender)
      const key = index === undefined ? undefined : state.members.get(index)?.key
      const seen = key && opened(() => sightOf(state.config.terms, key, { meter: sender, slot }, sealed))
      if (seen) watcher.received(slot, sender, { role: 'pes', ...seen })
    }
  }
}

/** Opens a reading as the PES does. @throws Drop, CiphertextError where that fails */
function sightOf({ networkId, lanes, direct }: PesTerms, key: Uint8Array, of: Omit<ReadingOrigin, 'networkId'>, sealed: Uint8Array) {
  const origin = { networkId, ...of }
  if (direct) return { form: 'ciphertext', bytes: openProven(key, origin, sealed, direct.proofs).proven.ciphertext.toBytes() } as const
  const bytes = lanesToBytes(lanesFromIntegers(openReading(key, origin, sealed, lanes.length)))
  return { form: 'plain', bytes, lanes } as const
}

function readingsOf(batch: Uint8Array) {
  return PesBatch.decode(decodeEnvelope(batch).payload).readings.map(bytes => {
    const { sender, slot, payload } = decodeEnvelope(bytes)
    return { sender, slot, sealed: PesReading.decode(payload).sealed }
  })
}

/** Opens a reading; undefined where that fails, since the PES did not see it either. */
function opened<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (cause) {
    if (cause instanceof Drop || cause instanceof CiphertextError) return undefined
    throw cause
  }
}
