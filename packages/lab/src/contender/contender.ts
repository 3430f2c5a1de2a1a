// The interface of a way to aggregate readings: its facts, and the functions that run it on this machine.
import { HushgridError } from '@hushgrid/primitives'
import type { PlannedOperation, SlotReport } from '@hushgrid/scenarios'
import type { SimulatedNeighbourhood, SimulatedPes, SimulationResult } from '@hushgrid/simulator'
import type { Network, RecoveryMode } from '@hushgrid/topology'
import type { LabForm, LabSight, LabStation } from '@hushgrid/web-api'
import type { LabNeighbourhood, NeighbourhoodOptions } from '../neighbourhood/neighbourhood.ts'
import type { RunFile } from '../report/run-file.ts'
import type { Replayed } from '../report/verify/replayed.ts'
import type { RoleName } from '../roles/role.ts'
import type { RoleProcesses } from '../roles/runner.ts'
import type { LAB_MODES, LAB_VARIANTS } from './names.ts'

/** One way to aggregate. */
export interface Contender {
  readonly facts: ContenderFacts
  /** Facts for `pnpm nodes:start` and the lab's page; without them it is compared and not offered there. */
  readonly shown?: ShownFacts
  /** Makes a neighbourhood of it on this machine; nothing of it runs yet. */
  live(options: NeighbourhoodOptions): LabNeighbourhood
  /** Roles of it, to be measured each in a process of its own. */
  readonly processes: RoleProcesses
  /** Runs it in virtual time, where it can. */
  simulated?(order: SimulatedOrder): SimulationResult
  /** Replays a run from its report alone, where everybody may check that. */
  replay?(folder: string, run: RunFile, registrar: string | undefined): Replayed
}

/**
 * Checks that a contender runs with so many meters on live nodes.
 *
 * @throws HushgridError where they are too many
 */
export function checkMembers({ facts: { name, most } }: Pick<Contender, 'facts'>, members: number): void {
  if (most !== undefined && members > most)
    throw new HushgridError(
      `${name}, n = ${members}: expected at most ${most} meters on live nodes, since each has a message for each other; virtual time takes more`
    )
}

/** Contender that `pnpm nodes:start` and the lab's page offer. */
export type ShownContender = Contender & { readonly shown: ShownFacts }

/** Facts of a contender that hold in every neighbourhood. */
export interface ContenderFacts {
  /** Name in options, files and tables. */
  readonly name: string
  readonly title: string
  /** Family whose contenders share their roles. */
  readonly family: string
  /** Roles that take part, in the order of the tables. */
  readonly roles: readonly RoleName[]
  /** True where meters hide readings under masks agreed on with neighbours: such a contender has a degree. */
  readonly masks: boolean
  /** Recovery modes of a network that this contender serves, its own first; none where it has no masks. */
  readonly recoveries?: readonly RecoveryMode[]
  /** Paillier key, or modulus of a scheme; left out where it has none. */
  readonly key?: {
    /** Default length of the key. */
    readonly bits: number
    /** True where decrypting with a longer key takes so long that slots must be longer. */
    readonly slowWhenLong: boolean
  }
  /**
   * Least real length of a slot in which all meters, in one process, can compute what is due by the deadline, ms; left out
   * where that is less than messages take.
   *
   * @param bits - of its key
   */
  readonly slotMs?: (members: number, bits: number) => number
  /** Most meters that it runs with on live nodes; left out where there is no such bound. */
  readonly most?: number
  /**
   * File descriptors of one meter, in the process that it shares with others and in those of the roles, as measured; left
   * out where nobody has, and then no limit of the system is compared with them.
   */
  readonly descriptors?: { readonly meters: number; readonly roles: number }
  /** Fate of a slot in which a meter is missing. */
  readonly missing: string
  readonly strength: StrengthFacts
  readonly trust: TrustFacts
  /** Marks in figures; each further length of its key takes the next. */
  readonly marks: readonly [Mark, ...Mark[]]
}

/** Strength of its cryptography; `bits` is the length of its Paillier key, null where there is none. */
interface StrengthFacts {
  readonly cryptography: (bits: number | null) => string
  readonly ofEach: (bits: number | null) => string
  readonly weakest: (bits: number | null) => string
}

/** Trust that its parties must be given. */
export interface TrustFacts {
  /** Parties that see a single reading. */
  readonly sees: string
  /** Parties that can learn a single reading together. */
  readonly together: string
  readonly besides: string
  /** Number of a meter's mask neighbours that may collude with the aggregator, out of `degree`. */
  readonly bears?: (degree: number) => number
}

/** Look of a line in a figure. */
export interface Mark {
  readonly colour: string
  /** Name of a shape of Vega's, or a path. */
  readonly shape: string
  /** Lengths of dash and gap, px. */
  readonly dash: readonly number[]
}

/** Words of the lab about a contender, for a person. */
export interface ShownFacts {
  /** Values of `--mode` and `--variant` of `pnpm nodes:start`. */
  readonly mode: (typeof LAB_MODES)[number]
  readonly variant?: (typeof LAB_VARIANTS)[number]
  /** Text on the page's button. */
  readonly label: string
  /** Name in the middle of a sentence. */
  readonly called: string
  /** Role where readings are collected. */
  readonly collector: 'aggregator' | 'concentrator'
  /** Step in which its roles start. */
  readonly starting: string
  /** Forms in which roles receive readings. */
  readonly forms: readonly LabForm[]
  /** Views of the roles, the meter's first. */
  readonly sight: readonly Sight[]
  /** Roles that readings pass on their way to the total: the collector first, where the total is last. */
  readonly path: readonly Station[]
  /** True where all its nodes share one process. */
  readonly oneProcess: boolean
  /** Reason why nobody can be asked twice for masks, if so: one sentence. */
  readonly notAskedTwice?: string
}

/** A role's view of one household's slot. */
export type Sight = Omit<LabSight, 'role' | 'name'> & { readonly role: RoleName }
type Station = LabStation & { readonly role: RoleName }

/** Order for a run in virtual time. */
export interface SimulatedOrder {
  readonly network: Network
  readonly seed: string
  readonly operations: readonly PlannedOperation[]
  readonly slots: number
  readonly onSlot?: (slot: SlotReport) => void
  /** Called with the neighbourhood before it runs, to look on. */
  readonly prepare?: (neighbourhood: SimulatedNeighbourhood | SimulatedPes) => void
  /** Length of the Paillier key, of a contender that has one; its default unless given. */
  readonly bits?: number | undefined
}
