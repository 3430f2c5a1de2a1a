import { setImmediate } from 'node:timers/promises'
import { InvalidArgumentError } from '@hushgrid/primitives'
import type { Context } from '../database/context.ts'
import type { Rotation } from '../database/store.ts'
import { SEALED_TABLES } from './store-keys.ts'

/** Rows that are encrypted again in one transaction. */
const BATCH = 500

/**
 * Wraps the store's keys by the ring's current one, and encrypts all rows under a new key.
 *
 * @param batch - rows a transaction
 * @throws KeyRingError where the ring does not have a key that is still needed; InvalidArgumentError
 */
export async function rotateKeys({ storeKeys, audit, database }: Context, batch = BATCH): Promise<Rotation> {
  if (!Number.isSafeInteger(batch) || batch < 1) throw new InvalidArgumentError('batch', 'a whole number from 1 on', String(batch))
  const rewrapped = await database.transaction(async transaction => {
    const count = await storeKeys.rewrap(transaction)
    await storeKeys.renew(transaction)
    await audit.append(transaction, { action: 'rotate keys', outcome: 'done' })
    return count
  })
  let resealed = 0
  for (const table of SEALED_TABLES) {
    for (let count = batch; count === batch; resealed += count) {
      count = await database.transaction(transaction => storeKeys.reseal(transaction, table, batch))
      // Yields, since SQLite's transactions leave the event loop no time by themselves.
      await setImmediate()
    }
  }
  const dropped = await database.transaction(transaction => storeKeys.dropUnused(transaction))
  await database.reclaim([...SEALED_TABLES.map(({ name }) => name), 'data_keys'])
  return { rewrapped, resealed, dropped }
}
