// A small group in memory, with seeded random bytes, for tests of schemes.
import { epoch, type LaneVector, lanesFromIntegers, type MeterId, SeededRng, type Slot, signedLanes, slot } from '@hushgrid/primitives'
import { Lockstep, type LockstepInit, type PhaseResult, type PhaseRun, type RngOf } from '../../src/lockstep.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import type { Group, Outcome, Scheme } from '../../src/scheme.ts'

/** A slot in which a period of two or three slots begins. */
export const FIRST_SLOT: Slot = slot(1_935_600)

export type Tamper = NonNullable<LockstepInit['tamper']>

/** Gives each party other bytes for each phase and slot, the same in every run. */
export function seededRngOf(seed: string): RngOf {
  return (party, phase, at) => new SeededRng(`${seed} ${party} ${phase} ${at}`)
}

export interface SmallGroupInit {
  readonly meters: number
  readonly lanes?: number
  readonly epoch?: number
  readonly seed?: string
  /** In place of bytes from the seed. */
  readonly rng?: RngOf
  readonly tamper?: Tamper
}

/** What happens in a slot beside the readings. */
export type SlotPlan = Pick<PhaseRun, 'silent' | 'down'> & { readonly at?: Slot }

export class SmallGroup {
  readonly group: Group
  readonly setup: PhaseResult
  readonly #lockstep: Lockstep

  constructor(
    scheme: Scheme,
    { meters, lanes = 1, epoch: number = 0, seed = 'small group', rng = seededRngOf(seed), tamper }: SmallGroupInit
  ) {
    this.group = { ...sceneGroup(meters, lanes), epoch: epoch(number) }
    this.#lockstep = new Lockstep({
      scheme,
      group: this.group,
      slot: FIRST_SLOT,
      rng,
      ...(tamper && { tamper })
    })
    this.setup = this.#lockstep.run({ phase: 'setup', slot: FIRST_SLOT })
  }

  /** Gives the id of a member. */
  id(i: number): MeterId {
    return this.group.members[i] as MeterId
  }

  /** Runs the setup again. */
  again(plan: SlotPlan = {}): PhaseResult {
    return this.#lockstep.run({ phase: 'setup', slot: slot(FIRST_SLOT - 1), ...plan })
  }

  /** Runs a slot; a member without a row has no reading. */
  slot(rows: readonly (readonly (bigint | number)[])[], { at = FIRST_SLOT, ...plan }: SlotPlan = {}): PhaseResult {
    return this.#lockstep.run({ phase: 'slot', slot: at, readings: this.readings(rows), ...plan })
  }

  readings(rows: readonly (readonly (bigint | number)[])[]): Map<MeterId, LaneVector> {
    return new Map(rows.map((row, i) => [this.id(i), lanesFromIntegers(row)]))
  }
}

/** Shows a total as its lanes, a loss as its reason and the places of whom it names. */
export function shown(outcome: Outcome | undefined, { members }: Group): unknown {
  if (outcome?.type === 'total') return signedLanes(outcome.lanes)
  return outcome?.type === 'lost' && [outcome.reason, ...outcome.members.map(id => members.indexOf(id))]
}
