// The lab's API on the living neighbourhood. It exists on loopback and in the lab only, since it holds single readings.
import type { WithheldLane } from './supplier.ts'

/** Wh by OBIS code, as decimal strings. */
export type LaneValues = Readonly<Record<string, string>>

/** State of a meter of the ring, apart from its part in the open slot. */
export type MeterState = 'in' | 'absent' | 'down' | 'joining' | 'leaving'

export interface LabMeter {
  /** Number of the household, from 0. */
  readonly household: number
  /** Public key of its node, hexadecimal. */
  readonly id: string
  readonly state: MeterState
  /** True of a meter that the roster does without, whatever its state: nobody waits for its submission. */
  readonly absent?: boolean
}

/** The slot whose readings are collected now, as far as it is known. */
export interface LabOpenSlot {
  readonly slot: number
  /** Start, UTC. */
  readonly start: string
  /** Households whose submission has come. */
  readonly submitted: readonly number[]
  /** Households that the aggregator asks the others to do without. */
  readonly missing: readonly number[]
  /** Households that have released masks or shares. */
  readonly releasing: readonly number[]
  /** Refusals and disputes of households, with their reasons. */
  readonly refused: readonly LabRefusal[]
}

export interface LabRefusal {
  readonly household: number
  readonly reason: string
}

/** A slot that is over. */
export interface LabSlot {
  readonly slot: number
  readonly start: string
  readonly epoch: number
  readonly members: number
  readonly submitted: number
  readonly missing: readonly number[]
  readonly recovered: number
  readonly releases: number
  readonly refused: readonly LabRefusal[]
  readonly lost: boolean
  readonly reason?: string
  /** True where it was lost because the machine was late, and not by the protocol. */
  readonly busy?: boolean
  /** True where the published total is the sum of the contributors' readings. */
  readonly exact: boolean
  /** Published total; null for a lost slot. */
  readonly total: LaneValues | null
  /** Lanes that the total does not have, by OBIS code. */
  readonly withheld: Readonly<Record<string, WithheldLane>>
  /** True sum, which only the lab knows. */
  readonly expected: LaneValues
  /** Real milliseconds from the slot's end to the total. */
  readonly sinceEndMs: number | null
  /** CPU time of all nodes in the slot, ms. */
  readonly cpuMs: number
  /** Bytes that all nodes wrote to sockets in the slot. */
  readonly bytes: number
}

/** Counts since the neighbourhood was formed. */
export interface LabCounters {
  readonly slots: number
  readonly exact: number
  readonly recovered: number
  /** Slots that the protocol lost; `busy` counts those that were lost because the machine was late. */
  readonly lost: number
  readonly busy?: number
  readonly bytes: number
  readonly cpuMs: number
  readonly keyAgreements: number
}

/** A way to aggregate readings, with all that the page knows of the one that runs. */
export interface LabContender {
  /** Name, by which a switch names it. */
  readonly name: string
  /** Label of its button. */
  readonly label: string
  /** True where meters hide readings under masks that they share with neighbours; else all send to the middle, without a ring. */
  readonly masks: boolean
  /** Role that collects readings, and that can crash and restart. */
  readonly collector: string
  /** Forms in which roles receive readings. */
  readonly forms: readonly LabForm[]
  /** Places where plaintext exists, a role a row. */
  readonly sight: readonly LabSight[]
  /** Roles that readings pass on their way to the total, from the one that collects to the one that has the total. */
  readonly path: readonly LabStation[]
  /** Reason why nobody can be asked twice for masks, where that is so: one sentence. */
  readonly notAskedTwice?: string
}

/** A role, and its view of one household's slot. */
export interface LabSight {
  readonly role: string
  /** Name for people. */
  readonly name: string
  readonly plaintext: boolean
  /** View of the role, one sentence. */
  readonly sees: string
}

/** A role on the way from readings to the total. */
export interface LabStation {
  readonly role: string
  /** Its work on readings, in a few words, where the total alone does not say so. */
  readonly does?: string
  /** Its output to the next role. */
  readonly passesOn?: string
}

/** One "ask twice": the last of a run. */
export interface LabAsked {
  /** Household whose neighbours' masks are asked for. */
  readonly household: number
  readonly slot: number
  /** Start of the slot, UTC. */
  readonly start: string
  /** Outcome; none before the slot is over. */
  readonly verdict?: LabVerdict
}

export interface LabVerdict {
  /** One sentence. */
  readonly text: string
  /** True where no meter answered twice. */
  readonly held: boolean
}

export interface LabLine {
  /** Time by the person's clock, UTC. */
  readonly at: string
  readonly kind: 'note' | 'warning' | 'attack'
  readonly text: string
}

/** `GET /api/lab`: the whole state without single readings. */
export interface LabState {
  /** Value of the header of requests that change something. */
  readonly csrf: string
  readonly network: string
  readonly contender: LabContender
  /** Contenders that the neighbourhood can be switched among, in the order of their buttons. */
  readonly contenders: readonly Pick<LabContender, 'name' | 'label'>[]
  /** Reason why this run can never be switched to another contender, where that is so: one sentence. */
  readonly notSwitched?: string
  /** Length of the Paillier key, where there is one. */
  readonly bits?: number
  /** Mode of recovery by its name in a network file, where there are masks. */
  readonly recovery?: string
  readonly phase: 'forming' | 'running' | 'switching' | 'ended'
  /** Progress while the neighbourhood forms, in words such as "Enrol meters". */
  readonly forming?: { readonly step: string; readonly done: number; readonly of: number }
  readonly slotSeconds: number
  /** Real length of a slot, ms. */
  readonly slotMs: number
  readonly lanes: readonly string[]
  readonly epoch: number
  /** Mask neighbours of a meter; 0 without masks. */
  readonly degree: number
  /** Meters in ring order. */
  readonly meters: readonly LabMeter[]
  /** Pairs of households that share a mask, each once; none without masks. */
  readonly edges: readonly (readonly [number, number])[]
  /** Households that have readings and no meter in the ring: they may join. */
  readonly spare: readonly number[]
  /** True while the role that collects readings runs. */
  readonly aggregatorUp: boolean
  readonly open?: LabOpenSlot
  /** Last 96 slots that are over, in order. */
  readonly slots: readonly LabSlot[]
  readonly counters: LabCounters
  readonly asked?: LabAsked
  /** Last 100 lines. */
  readonly log: readonly LabLine[]
}

/** `GET /api/lab/events`: server-sent events, each one a change as JSON in `data`. The first is a snapshot. */
export type LabChange =
  | { readonly type: 'snapshot'; readonly state: LabState }
  | { readonly type: 'forming'; readonly step: string; readonly done: number; readonly of: number }
  | {
      readonly type: 'ring'
      readonly epoch: number
      readonly degree: number
      readonly meters: readonly LabMeter[]
      readonly edges: LabState['edges']
      readonly spare: readonly number[]
    }
  | { readonly type: 'meter'; readonly household: number; readonly state: MeterState }
  | { readonly type: 'aggregator'; readonly up: boolean }
  /** Beginning of a slot's collection. */
  | { readonly type: 'open'; readonly slot: number; readonly start: string }
  /** Households gathered over some milliseconds, so that 500 meters are no 500 events. */
  | { readonly type: 'submitted' | 'missing' | 'releasing'; readonly slot: number; readonly households: readonly number[] }
  | { readonly type: 'refused'; readonly slot: number; readonly refusals: readonly LabRefusal[] }
  | { readonly type: 'over'; readonly slot: LabSlot; readonly counters: LabCounters }
  | { readonly type: 'asked'; readonly asked: LabAsked }
  | { readonly type: 'log'; readonly line: LabLine }

/** Form of a value. `masked`: Wh and masks, modulo 2^64, decimal. `ciphertext`: hexadecimal. `plain`: Wh, decimal. */
export type LabForm = 'masked' | 'ciphertext' | 'plain'

/** Values that a role receives of one household's slot. */
export interface LabReceived {
  readonly role: string
  readonly form: LabForm
  /** Values by OBIS code. A ciphertext of all lanes together is under `''`. */
  readonly values: LaneValues
}

/** `GET /api/lab/meters/<household>`: the last slots of one household, in order. */
export interface LabMeterDetail {
  readonly household: number
  readonly id: string
  readonly state: MeterState | 'out'
  readonly neighbours: readonly number[]
  readonly keyAgreements: number
  readonly slots: readonly {
    readonly slot: number
    readonly start: string
    /** Consumption, Wh, known to the lab only; null where there is no reading. */
    readonly used: LaneValues | null
    /** Values received by roles; empty where nothing came. */
    readonly received: readonly LabReceived[]
  }[]
}

/** `POST /api/lab/actions`. Answers 202 once the action has begun, 409 where it does not fit now. */
export type LabAction =
  /** Joins a household, the first spare one where none is named. */
  | { readonly do: 'join'; readonly household?: number }
  | { readonly do: 'leave' | 'crash' | 'restart'; readonly household: number }
  | { readonly do: 'aggregator-crash' | 'aggregator-restart' }
  /** Has the aggregator ask a household's neighbours for masks, once one half and once the other; only where there are masks. */
  | { readonly do: 'ask-twice'; readonly household: number }
  /** Ends this run and forms the neighbourhood anew on the same readings, from the next slot. */
  | { readonly do: 'switch'; readonly contender: string }
