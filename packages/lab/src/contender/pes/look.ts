// Single readings in the hands of concentrator and PES, as a lab's page shows them.
import { Drop, decodeEnvelope, PesBatch, PesReading } from '@hushgrid/messages'
import { openReading, type PesState } from '@hushgrid/pes'
import { lanesFromIntegers, lanesToBytes } from '@hushgrid/primitives'
import type { LabWatcher } from '../../neighbourhood/watcher.ts'

/**
 * Follows a slot's readings from the concentrator into the PES. With `reencrypt` it opens them once more with the keys in
 * the PES's memory, to show what the PES sees for a moment; neither keeps it.
 */
export class PesLook {
  /** Batch on its way: there is one at a time. */
  #batch: Uint8Array | undefined

  /** Notes that the concentrator sends a batch to the PES. */
  sent(batch: Uint8Array, watcher: LabWatcher): void {
    this.#batch = batch
    for (const { sender, slot, ciphertext } of readingsOf(batch)) {
      watcher.received(slot, sender, { role: 'concentrator', form: 'ciphertext', bytes: ciphertext.slice() })
    }
  }

  /** Notes that the PES has answered the batch. */
  opened(state: PesState | undefined, watcher: LabWatcher): void {
    const batch = this.#batch
    this.#batch = undefined
    if (!batch || !state) return
    const { terms } = state.config
    for (const { sender, slot, ciphertext } of readingsOf(batch)) {
      if (terms.variant === 'direct') watcher.received(slot, sender, { role: 'pes', form: 'ciphertext', bytes: ciphertext.slice() })
      else {
        const index = state.indexOf.get(sender)
        const key = index === undefined ? undefined : state.members.get(index)?.key
        const plain =
          key && opened(() => openReading(key, { networkId: terms.networkId, meter: sender, slot }, ciphertext, terms.lanes.length))
        if (plain) watcher.received(slot, sender, { role: 'pes', form: 'plain', bytes: lanesToBytes(lanesFromIntegers(plain)) })
      }
    }
  }
}

function readingsOf(batch: Uint8Array) {
  return PesBatch.decode(decodeEnvelope(batch).payload).readings.map(bytes => {
    const { sender, slot, payload } = decodeEnvelope(bytes)
    return { sender, slot, ciphertext: PesReading.decode(payload).ciphertext }
  })
}

/** Opens a reading; undefined where that fails, since the PES did not see it either. */
function opened<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (cause) {
    if (cause instanceof Drop) return undefined
    throw cause
  }
}
