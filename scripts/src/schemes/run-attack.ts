// An attack on a scheme as it was published, and on the mended one, in one small group with new keys.
import { syntheticNeighbourhood } from '@hushgrid/load-profiles'
import { DEFAULT_SLOT_SECONDS, type LaneVector, lanesFromIntegers, type Rng, type Slot, slot } from '@hushgrid/primitives'
import { ATTACKS, type Attack, type AttackResult, attackScene, type SchemeName } from '@hushgrid/schemes'

const METERS = 5
const SLOTS = 3
/** An evening, when homes use something. */
const FIRST_SLOT = slot(Date.UTC(2026, 0, 14, 18) / (1000 * DEFAULT_SLOT_SECONDS))

/** What came of an attack. */
export interface AttackRun {
  readonly scheme: SchemeName
  readonly title: string
  readonly meters: number
  readonly published: AttackResult
  /** The same against the mended scheme, where an option mends it. */
  readonly repaired?: AttackResult & { readonly what: string }
  /** True where it succeeds against the published scheme, and not against the mended one. */
  readonly holds: boolean
}

/** Makes readings of a few households and slots, in the order of slots, then of households. */
export function madeReadings(seed: string): LaneVector[][] {
  const homes = syntheticNeighbourhood({ seed, households: METERS, slotSeconds: DEFAULT_SLOT_SECONDS })
  return Array.from({ length: SLOTS }, (_, i) =>
    Array.from({ length: METERS }, (_, household) => lanesFromIntegers(homes.readingAt(household, (FIRST_SLOT + i) as Slot)))
  )
}

/** Runs the attack on a scheme that has one. */
export function runAttack(scheme: SchemeName, readings: readonly (readonly LaneVector[])[], rng: Rng): AttackRun {
  const { title, repair, run } = ATTACKS[scheme] as Attack
  const scene = attackScene({ scheme, readings, firstSlot: FIRST_SLOT, rng })
  const published = run(scene)
  const repaired = repair && { ...run(scene, repair.options), what: repair.what }
  return {
    ...{ scheme, title, meters: scene.group.members.length, published },
    ...(repaired && { repaired }),
    holds: published.succeeded && repaired?.succeeded !== true
  }
}
