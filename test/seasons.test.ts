// Seasons on real nodes: a lab of short ones loses no slot, and nothing of the keys of a season that is over is left in the
// meters' folders.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { contenderFor, labNetwork, runSlots, type SlotRow, stateFolder, syntheticReadings } from '@hushgrid/lab'
import { changeNetwork, type RecoveryMode } from '@hushgrid/topology'
import { expect, it } from 'vitest'

const MEMBERS = 8
const SEASON_SLOTS = 6
const SLOTS = 20
/** Long enough for nodes that share two busy cores with others, ms. */
const SLOT_MS = 2500
const LONG = 180_000
const KEY_BYTES = 32

/** Gives the contents of all files below a folder, by path. */
function filesBelow(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) files.set(path, readFileSync(path))
  }
  return files
}

/** Gives the blinding keys, and the secrets agreed on by them, that the meters' folders hold of a season. */
function secretsOf(state: string, season: number): Buffer[] {
  return [...filesBelow(state)].flatMap(([path, bytes]) => {
    if (path.endsWith(`season-${season}.key`)) return [bytes]
    // A record of a shared secret ends in the secret.
    if (path.endsWith(`season-${season}.secrets`)) return [bytes.subarray(-KEY_BYTES)]
    return []
  })
}

it.each(['edge-release', 'double-mask'] as const)(
  'with %s change without a lost slot, and leave no key',
  { timeout: LONG },
  async recovery => {
    const folder = stateFolder('lab')
    const state = folder.path
    const network = changeNetwork(labNetwork(MEMBERS), { seasonSlots: SEASON_SLOTS, recovery: recovery satisfies RecoveryMode })
    const failure = new AbortController()
    const neighbourhood = contenderFor({ mode: 'dcnet', recovery }).live({
      network,
      members: MEMBERS,
      readings: syntheticReadings(network, MEMBERS, 'seasons'),
      slotMs: SLOT_MS,
      processes: 1,
      state,
      emit: () => {},
      fail: cause => failure.abort(cause)
    })
    const secrets: Buffer[] = []
    const collect = (row: SlotRow): void => {
      if (row.slot === neighbourhood.firstSlot + 1) secrets.push(...secretsOf(state, 0))
    }
    try {
      await neighbourhood.form()
      const { rows } = await runSlots(neighbourhood, SLOTS, failure.signal, { begun: () => {}, row: collect })
      failure.signal.throwIfAborted()
      expect(rows.map(({ exact, submitted }) => ({ exact, submitted }))).toEqual(
        Array.from({ length: SLOTS }, () => ({ exact: true, submitted: MEMBERS }))
      )
      // One epoch a season: nobody comes or goes.
      expect(neighbourhood.memberships.map(({ firstSlot }) => firstSlot - neighbourhood.firstSlot)).toEqual([0, 6, 12, 18])
      expect(secrets).toHaveLength(2 * MEMBERS)
      const left = [...filesBelow(state)].filter(([, bytes]) => secrets.some(secret => bytes.includes(secret)))
      expect(left.map(([path]) => path)).toEqual([])
    } finally {
      await neighbourhood.stop()
      folder.remove()
    }
  }
)
