// What everything above knows of a way to aggregate readings: its facts, and how it is run on this machine.
import type { PlannedOperation, SlotReport } from '@hushgrid/scenarios'
import type { SimulationResult } from '@hushgrid/simulator'
import type { Network, RecoveryMode } from '@hushgrid/topology'
import type { LabForm, LabSight, LabStation } from '@hushgrid/web-api'
import type { LabNeighbourhood, NeighbourhoodOptions } from '../neighbourhood/neighbourhood.ts'
import type { RunFile, RunVerdict } from '../report/run-file.ts'
import type { RoleName } from '../roles/role.ts'
import type { RoleProcesses } from '../roles/runner.ts'

/** One way to aggregate. */
export interface Contender {
  readonly facts: ContenderFacts
  /** What `pnpm nodes:start` and the lab's page say of it; without, it is compared and not offered there. */
  readonly shown?: ShownFacts
  /** A neighbourhood of it on this machine, which nothing of runs yet. */
  live(options: NeighbourhoodOptions): LabNeighbourhood
  /** Its roles, for whoever measures each in a process of its own. */
  readonly processes: RoleProcesses
  /** A run in virtual time, where it has one. */
  simulated?(order: SimulatedOrder): SimulationResult
  /** Replays a run from its report alone, where everybody may check it. */
  replay?(folder: string, run: RunFile, registrar: string | undefined): RunVerdict
}

/** One that `pnpm nodes:start` and the lab's page offer. */
export type ShownContender = Contender & { readonly shown: ShownFacts }

/** What holds of a contender, whatever neighbourhood it runs in. */
export interface ContenderFacts {
  /** As options, files and tables have it. */
  readonly name: string
  readonly title: string
  /** Contenders of one family share their roles. */
  readonly family: string
  /** Who takes part, in the order in which tables list them. */
  readonly roles: readonly RoleName[]
  /** Its meters hide readings under masks that they agree on with neighbours: there is a degree. */
  readonly masks: boolean
  /** Recovery modes of a network that it is, its own first; none where it has no masks. */
  readonly recoveries?: readonly RecoveryMode[]
  /** Its Paillier key; without, it has none. */
  readonly key?: {
    /** Its length unless somebody says otherwise. */
    readonly bits: number
    /** Decrypting with a longer key takes so long that slots must be longer. */
    readonly slowWhenLong: boolean
  }
  /** What becomes of a slot in which a meter is missing. */
  readonly missing: string
  readonly strength: StrengthFacts
  readonly trust: TrustFacts
  /** Its marks in figures; a further length of its key takes the next. */
  readonly marks: readonly [Mark, ...Mark[]]
}

/** How strong its cryptography is; `bits` is the length of its Paillier key, null where there is none. */
interface StrengthFacts {
  readonly cryptography: (bits: number | null) => string
  readonly ofEach: (bits: number | null) => string
  readonly weakest: (bits: number | null) => string
}

/** Whom one trusts with what. */
export interface TrustFacts {
  /** Who sees a single reading. */
  readonly sees: string
  /** Who can learn one together. */
  readonly together: string
  readonly besides: string
  /** Mask neighbours of a meter, of so many, who may collude with the aggregator. */
  readonly bears?: (degree: number) => number
}

/** How a line of a figure looks. */
export interface Mark {
  readonly colour: string
  /** A name of Vega's, or a path. */
  readonly shape: string
  /** Lengths of dash and gap, px. */
  readonly dash: readonly number[]
}

/** What the lab says of a contender to a person. */
export interface ShownFacts {
  /** As `--mode` and `--variant` of `pnpm nodes:start` have it. */
  readonly mode: string
  readonly variant?: string
  /** On the page's button. */
  readonly label: string
  /** In the middle of a sentence. */
  readonly called: string
  /** The role where readings are collected. */
  readonly collector: 'aggregator' | 'concentrator'
  /** The step in which its roles start. */
  readonly starting: string
  /** The forms in which roles receive readings. */
  readonly forms: readonly LabForm[]
  /** Where plaintext exists, the meter first. */
  readonly sight: readonly Sight[]
  /** Roles that readings pass on their way to the total: the collector first, where the total is last. */
  readonly path: readonly Station[]
  /** All its nodes share one process. */
  readonly oneProcess: boolean
  /** Why a run of it cannot be replayed, where it cannot. */
  readonly notReplayed?: string
  /** Why nobody can be asked twice for masks, where nobody can: one sentence. */
  readonly notAskedTwice?: string
}

/** What a role can see of one household's slot. */
export type Sight = Omit<LabSight, 'role' | 'name'> & { readonly role: RoleName }
type Station = LabStation & { readonly role: RoleName }

/** A run in virtual time. */
export interface SimulatedOrder {
  readonly network: Network
  readonly seed: string
  readonly operations: readonly PlannedOperation[]
  readonly slots: number
  readonly onSlot?: (slot: SlotReport) => void
}
