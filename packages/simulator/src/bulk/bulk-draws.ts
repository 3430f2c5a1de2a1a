/** Draws of a bulk day: a roster, its members with the secrets of their edges, and the missing. */
import { EpochMasks, networkId, RECOVERY, Roster, SharedSecrets } from '@hushgrid/dcnet'
import {
  BlindingKey,
  defaultMaxReading,
  type Epoch,
  HushgridError,
  type MeterId,
  meterId,
  type ObisCode,
  type Rng,
  type Slot
} from '@hushgrid/primitives'

/** Length of a season, s. */
const SEASON_SECONDS = 86_400

/** Facts of a drawn roster. */
export interface DrawnRoster {
  readonly members: number
  readonly degree: number
  readonly minMembers: number
  readonly lanes: readonly ObisCode[]
  readonly slotSeconds: number
  readonly firstSlot: Slot
}

/** Blinding key that never agrees on a secret, since all secrets are handed out. */
class NoAgreement extends BlindingKey {
  override agree(): Uint8Array {
    throw new HushgridError('bulk day: expected a secret for each edge of the roster, got a neighbour without one')
  }
}

/** Meter with its masks. */
export interface BulkMember {
  readonly masks: EpochMasks
  readonly neighbours: readonly number[]
}

/** Draws a roster of random ids, all present, with recovery by edge release. No keys belong to its ids. */
export function drawRoster({ members, degree, minMembers, lanes, slotSeconds, firstSlot }: DrawnRoster, rng: Rng): Roster {
  const id = (): MeterId => meterId(rng.bytes(32))
  const laneMask = new Uint8Array(Math.ceil(lanes.length / 8))
  lanes.forEach((_, lane) => {
    laneMask[lane >> 3] = (laneMask[lane >> 3] as number) | (1 << (lane & 7))
  })
  return Roster.create(
    {
      networkId: networkId('bulk-day'),
      epoch: 0 as Epoch,
      season: 0,
      seasonFirstSlot: firstSlot,
      seasonEndSlot: (firstSlot + Math.floor(SEASON_SECONDS / slotSeconds)) as Slot,
      previousRosterHash: new Uint8Array(32),
      firstSlot,
      slotSeconds,
      lanes: lanes.map(obis => ({ obis, maxReading: defaultMaxReading(slotSeconds), support: minMembers })),
      degree,
      minMembers,
      recovery: RECOVERY['edge-release'],
      committed: false,
      ringSeed: rng.bytes(32),
      registrarKey: id(),
      aggregatorKey: id(),
      cuts: []
    },
    Array.from({ length: members }, () => ({
      meterId: id(),
      blindingKey: rng.bytes(32),
      placement: rng.bytes(16),
      absent: false,
      laneMask
    }))
  )
}

/** Draws the members with the secrets of their edges; each end derives its edge keys by itself. */
export function drawMembers(roster: Roster, rng: Rng): BulkMember[] {
  const neighbours = Array.from({ length: roster.n }, (_, index) => roster.neighbours(index))
  const kept: [Uint8Array, Uint8Array][][] = neighbours.map(() => [])
  neighbours.forEach((others, index) => {
    for (const other of others) {
      if (other < index) continue
      const secret = rng.bytes(32)
      kept[index]?.push([roster.blindingKey(other), secret])
      kept[other]?.push([roster.blindingKey(index), secret])
    }
  })
  const own = new NoAgreement(rng.bytes(32))
  return neighbours.map((others, index) => ({
    masks: new EpochMasks(roster, index, new SharedSecrets(own, kept[index])),
    neighbours: others
  }))
}

/** Draws a number uniform in (0, 1], with 32 bits. */
function uniform(rng: Rng): number {
  const [a = 0, b = 0, c = 0, d = 0] = rng.bytes(4)
  return (((a * 256 + b) * 256 + c) * 256 + d + 1) / 2 ** 32
}

/**
 * Draws the positions of the missing in each of some slots, ascending, each member and slot by its own chance. Draws the
 * geometric gaps between them, which takes one draw for each missing member instead of one for each member.
 */
export function drawMissing(rng: Rng, members: number, slots: number, chance: number): number[][] {
  const out: number[][] = Array.from({ length: slots }, () => [])
  if (chance === 0) return out
  const gap = (): number => Math.floor(Math.log(uniform(rng)) / Math.log1p(-chance))
  for (let at = gap(); at < members * slots; at += 1 + gap()) out[Math.floor(at / members)]?.push(at % members)
  return out
}
