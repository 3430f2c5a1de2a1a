// The living neighbourhood, as the lab tells it. Exists on loopback and in the lab only: it holds single readings.

/** Wh by OBIS code, as decimal strings. */
export type LaneValues = Readonly<Record<string, string>>

/** What a meter of the ring is doing, beside the slot. */
export type MeterState = 'in' | 'absent' | 'down' | 'joining' | 'leaving'

export interface LabMeter {
  /** Number of the household, from 0. */
  readonly household: number
  /** Its node's public key, hexadecimal. */
  readonly id: string
  readonly state: MeterState
}

/** What is known of the slot whose readings are collected now. */
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
  /** Households that refused a request or disputed it, and why. */
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
  /** The published total is the sum of the contributors' readings. */
  readonly exact: boolean
  /** As published; null of a lost slot. */
  readonly total: LaneValues | null
  /** The true sum, which only the lab knows. */
  readonly expected: LaneValues
  /** Real milliseconds from the slot's end to the total. */
  readonly sinceEndMs: number | null
  /** CPU time of all nodes in the slot, ms. */
  readonly cpuMs: number
  /** Bytes that all nodes wrote to sockets in the slot. */
  readonly bytes: number
}

/** Since the neighbourhood was formed. */
export interface LabCounters {
  readonly slots: number
  readonly exact: number
  readonly recovered: number
  readonly lost: number
  readonly bytes: number
  readonly cpuMs: number
  readonly keyAgreements: number
}

/** A way to aggregate readings: all that the page knows of the one that runs. */
export interface LabContender {
  /** As a switch to it names it. */
  readonly name: string
  /** On its button. */
  readonly label: string
  /** Meters hide readings under masks that they share with neighbours; otherwise all send to the middle, and there is no ring. */
  readonly masks: boolean
  /** The role where readings are collected, which can crash and restart. */
  readonly collector: string
  /** The forms in which roles receive readings. */
  readonly forms: readonly LabForm[]
  /** Where plaintext exists, a role a row. */
  readonly sight: readonly LabSight[]
  /** Roles that readings pass on their way to the total: where they are collected first, where the total is last. */
  readonly path: readonly LabStation[]
  /** Why nobody can be asked twice for masks, where nobody can: one sentence. */
  readonly notAskedTwice?: string
}

/** A role, and what it can see of one household's slot. */
export interface LabSight {
  readonly role: string
  /** As people read it. */
  readonly name: string
  readonly plaintext: boolean
  /** One sentence. */
  readonly sees: string
}

/** A role on the way from readings to the total. */
export interface LabStation {
  readonly role: string
  /** What it does with readings, in a few words, where the total alone does not say so. */
  readonly does?: string
  /** What the next one receives of it. */
  readonly passesOn?: string
}

export interface LabLine {
  /** UTC, of the person's clock. */
  readonly at: string
  readonly kind: 'note' | 'warning' | 'attack'
  readonly text: string
}

/** `GET /api/lab`: everything but single readings. */
export interface LabState {
  /** For the header of requests that change something. */
  readonly csrf: string
  readonly network: string
  readonly contender: LabContender
  /** Those that the neighbourhood can be switched among, in the order of their buttons. */
  readonly contenders: readonly Pick<LabContender, 'name' | 'label'>[]
  /** Length of the Paillier key, where there is one. */
  readonly bits?: number
  /** Where there are masks: the mode of recovery by its name in a network file. */
  readonly recovery?: string
  readonly phase: 'forming' | 'running' | 'switching' | 'ended'
  /** While it forms: in words, such as "Enrol meters". */
  readonly forming?: { readonly step: string; readonly done: number; readonly of: number }
  readonly slotSeconds: number
  /** Real length of a slot, ms. */
  readonly slotMs: number
  readonly lanes: readonly string[]
  readonly epoch: number
  /** Mask neighbours of a meter; 0 without masks. */
  readonly degree: number
  /** In ring order. */
  readonly meters: readonly LabMeter[]
  /** Pairs of households that share a mask, each once; none without masks. */
  readonly edges: readonly (readonly [number, number])[]
  /** Households that have readings and no meter in the ring: they may join. */
  readonly spare: readonly number[]
  /** The role where readings are collected runs. */
  readonly aggregatorUp: boolean
  readonly open?: LabOpenSlot
  /** The last 96 that are over, in order. */
  readonly slots: readonly LabSlot[]
  readonly counters: LabCounters
  /** The last 100. */
  readonly log: readonly LabLine[]
}

/** `GET /api/lab/events`: server-sent events, each one of these as JSON in `data`. The first is a snapshot. */
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
  /** A slot's readings begin to come. */
  | { readonly type: 'open'; readonly slot: number; readonly start: string }
  /** Gathered over some milliseconds, so that 500 meters are no 500 events. */
  | { readonly type: 'submitted' | 'missing' | 'releasing'; readonly slot: number; readonly households: readonly number[] }
  | { readonly type: 'refused'; readonly slot: number; readonly refusals: readonly LabRefusal[] }
  | { readonly type: 'over'; readonly slot: LabSlot; readonly counters: LabCounters }
  | { readonly type: 'log'; readonly line: LabLine }

/** `masked`: Wh and masks, modulo 2^64, decimal. `ciphertext`: hexadecimal. `plain`: Wh, decimal. */
export type LabForm = 'masked' | 'ciphertext' | 'plain'

/** What a role receives of one household's slot. */
export interface LabReceived {
  readonly role: string
  readonly form: LabForm
  /** By OBIS code. A ciphertext of all lanes together is under `''`. */
  readonly values: LaneValues
}

/** `GET /api/lab/meters/<household>`: the last slots of one household, in order. Only the lab knows what was used. */
export interface LabMeterDetail {
  readonly household: number
  readonly id: string
  readonly state: MeterState | 'out'
  readonly neighbours: readonly number[]
  readonly keyAgreements: number
  readonly slots: readonly {
    readonly slot: number
    readonly start: string
    /** Wh; null where there is no reading. */
    readonly used: LaneValues | null
    /** Empty where nothing came. */
    readonly received: readonly LabReceived[]
  }[]
}

/** `POST /api/lab/actions`. 202 once it has begun, 409 where it does not fit now. */
export type LabAction =
  /** Without a household, the first spare one joins. */
  | { readonly do: 'join'; readonly household?: number }
  | { readonly do: 'leave' | 'crash' | 'restart'; readonly household: number }
  | { readonly do: 'aggregator-crash' | 'aggregator-restart' }
  /** The aggregator asks for the masks of a household's neighbours, once one half and once the other; only where there are masks. */
  | { readonly do: 'ask-twice'; readonly household: number }
  /** Ends this run and forms the neighbourhood anew on the same readings, from the slot that is next. */
  | { readonly do: 'switch'; readonly contender: string }
