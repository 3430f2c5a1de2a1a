// A small group of its own for an attack: keys and random bytes from the caller, so that nobody has to take a file's word.
import type { PrivateKey } from '@hushgrid/paillier'
import { HushgridError, type LaneVector, type MeterId, type Rng, type Slot } from '@hushgrid/primitives'
import { Lockstep } from '../lockstep.ts'
import { DEFAULT_BITS, freshKey, type SchemeOptions } from '../options.ts'
import { sceneGroup } from '../scene-group.ts'
import { SCHEMES, type SchemeName } from '../schemes/registered.ts'
import type { AttackScene } from './attack.ts'

export interface SceneInit {
  readonly scheme: SchemeName
  /** Readings of each slot, in the order of the members. */
  readonly readings: readonly (readonly LaneVector[])[]
  readonly firstSlot: Slot
  readonly rng: Rng
  /** Gives the Paillier key of a party; new ones unless given. */
  readonly keyFor?: SchemeOptions['keyFor']
}

/** Makes a group and its slots. @throws HushgridError where a slot has no readings, or one more or less than the first */
export function attackScene({ scheme, readings, firstSlot, rng, keyFor = freshKey }: SceneInit): AttackScene {
  const [first = []] = readings
  const lanes = first[0]?.length ?? 0
  if (lanes === 0 || readings.some(row => row.length !== first.length))
    throw new HushgridError('readings: expected as many in each slot, at least one, got others')
  const group = sceneGroup(first.length, lanes)
  const keys = new Map<MeterId, PrivateKey>()
  const keyOf = (party: MeterId, bits: number): PrivateKey => {
    const key = keys.get(party) ?? keyFor(party, bits)
    keys.set(party, key)
    return key
  }
  return {
    group,
    slots: readings.map((row, i) => ({
      slot: (firstSlot + i) as Slot,
      readings: new Map(group.members.map((id, member) => [id, row[member] as LaneVector]))
    })),
    enter: (options, tamper) => {
      const made = SCHEMES[scheme]({ keyFor: keyOf, ...options })
      const lockstep = new Lockstep({ scheme: made, group, slot: firstSlot, rng: () => rng, ...(tamper && { tamper }) })
      lockstep.run({ phase: 'setup', slot: firstSlot })
      return lockstep
    },
    // After `enter` a party's key has the size of that run.
    primesOf: party => keyOf(party, DEFAULT_BITS).exportPrimes()
  }
}
