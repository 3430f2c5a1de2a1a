// `pnpm node:customer fetch`: gets batches under each of the keys that the account has, and keeps those that the meter signed.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { BatchRejectedError, decodeBatch, MAX_HOME_REPLY, type MeterKey, type ReadingBatch } from '@hushgrid/billing'
import { type HomeClient, HomeRefusedError, idInAddress } from '@hushgrid/network'
import { HushgridError, type MeterId } from '@hushgrid/primitives'
import { readBinaryFile } from '@hushgrid/runtime'
import type { CustomerDevice } from '../device/customer-device.ts'
import type { CustomerRecords } from '../device/customer-records.ts'
import { atDevice } from './at-device.ts'
import { withMeter } from './home-network.ts'
import { nothingNew } from './nothing-new.ts'

export interface FetchOptions {
  readonly meter?: string
  readonly from?: string
  readonly dataDir: string
}

/** Runs `fetch`. */
export async function fetchBatches({ meter, from, dataDir }: FetchOptions): Promise<void> {
  if ((meter === undefined) === (from === undefined))
    throw new HushgridError(`expected either --meter or --from, got ${meter === undefined ? 'neither' : 'both'}`)
  await atDevice(dataDir, async (device, records) => {
    const { added, known, superseded } = meter === undefined ? ofFiles(from ?? '', device) : await ofMeter(meter, device, records)
    process.stdout.write(`batches: ${added} new, ${known} known; signatures hold\n`)
    if (superseded) process.stdout.write(SUPERSEDED)
    else if (meter !== undefined && added === 0) process.stdout.write(`${nothingNew(lastOf(idInAddress(meter), records))}\n`)
  })
}

/** Gives the batch kept last of a meter. */
function lastOf(meter: MeterId, records: CustomerRecords): ReadingBatch | undefined {
  const first = records.batches(meter).at(-1)
  return first === undefined ? undefined : decodeBatch(records.readBatch(meter, first))
}

const SUPERSEDED =
  'the meter has a later key than this account: it was paired anew or unpaired, and what it measures since stays closed here\n'

interface Fetched {
  readonly added: number
  readonly known: number
  /** True where the meter seals under a later key now. */
  readonly superseded?: boolean
}

function ofFiles(path: string, device: CustomerDevice): Fetched {
  const files = filesOf(path)
  const added = files.filter(file => {
    const bytes = readBinaryFile(file, 'a batch', MAX_HOME_REPLY)
    try {
      return device.addBatch(bytes).added
    } catch (cause) {
      if (!(cause instanceof BatchRejectedError)) throw cause
      throw new HushgridError(`${file}: ${cause.message}`)
    }
  }).length
  return { added, known: files.length - added }
}

/** Lists a file, or the files of a folder in the order of their names. */
function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path]
    const files = readdirSync(path, { withFileTypes: true }).filter(entry => entry.isFile())
    return files.map(({ name }) => join(path, name)).sort()
  } catch (cause) {
    throw new HushgridError(`${path}: expected a batch or a folder of batches (${(cause as NodeJS.ErrnoException).code})`)
  }
}

async function ofMeter(address: string, device: CustomerDevice, records: CustomerRecords): Promise<Fetched> {
  return await withMeter(address, async (client, within) => {
    const kept = new Set(records.batches(client.meter))
    let [added, known, superseded] = [0, 0, false]
    const keys = device.keysOf(client.meter)
    for (const [i, key] of keys.entries()) {
      const newest = i === keys.length - 1
      const { inForce, batches } = await listed(client, key, within(), newest)
      superseded = newest && !inForce
      const missing = batches.filter(({ firstSlot }) => !kept.has(firstSlot))
      for (const { firstSlot } of missing) {
        const got = device.addBatch(await client.get(key, firstSlot, within()))
        if (got.meter !== client.meter || got.firstSlot !== firstSlot)
          throw new HushgridError(`the meter: expected its batch from slot ${firstSlot}, got meter ${got.meter}, slot ${got.firstSlot}`)
      }
      added += missing.length
      known += batches.length - missing.length
    }
    return { added, known, superseded }
  })
}

/** Asks for the batches under a key. A meter forgets an earlier key with its last batch, and then refuses it. */
async function listed(client: HomeClient, key: MeterKey, signal: AbortSignal, newest: boolean): ReturnType<HomeClient['list']> {
  try {
    return await client.list(key, signal)
  } catch (cause) {
    if (newest || !(cause instanceof HomeRefusedError)) throw cause
    return { inForce: false, batches: [] }
  }
}
