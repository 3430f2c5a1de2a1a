// Runs a phase round by round in memory, for known answers, attacks and property tests. What `driver/` adds is left out: time,
// signatures, sealing. A message goes unchanged from its sender to each receiver, and rounds are numbered from 1.
import type { LaneVector, MeterId, Rng, Slot } from '@hushgrid/primitives'
import { MalformedBodyError } from './errors.ts'
import { checkLanes, isSummable } from './facts.ts'
import {
  type BoundRounds,
  broadcastTo,
  type Group,
  type Inbox,
  type Made,
  type Outcome,
  type Outgoing,
  type Phase,
  type RoleName,
  type Scheme,
  type Turn,
  UNCOUNTED,
  type Work
} from './scheme.ts'

/** A message as it was sent. */
export interface Sent {
  /** From 1. */
  readonly round: number
  readonly from: MeterId
  readonly to: MeterId | 'meters'
  readonly body: Uint8Array
  readonly sealed: boolean
}

/** Gives a party's random bytes for a phase, and for `slot` for one slot. */
export type RngOf = (party: MeterId, phase: Phase, slot: Slot) => Rng

/** A group, its scheme, and what may be done to its messages. */
export interface LockstepInit {
  readonly scheme: Scheme
  readonly group: Group
  /** First slot of the epoch, in which parties enter. */
  readonly slot: Slot
  readonly rng: RngOf
  /** Counts nothing unless given. */
  readonly work?: Work
  /** Gives what a hostile party sends instead. It sees every message of its round that is to be sent. */
  readonly tamper?: (message: Sent) => readonly Outgoing[]
}

/** A phase to be run, and who fails in it. */
export interface PhaseRun {
  readonly phase: Phase
  readonly slot: Slot
  readonly readings?: ReadonlyMap<MeterId, LaneVector>
  /** Round from which on a party no longer sends, from 1. */
  readonly silent?: ReadonlyMap<MeterId, number>
  /** Rounds that a party misses since it is down, from 1; it keeps its state. */
  readonly down?: ReadonlyMap<MeterId, readonly number[]>
}

/** What came of a phase. */
export interface PhaseResult {
  readonly sent: readonly Sent[]
  /** Undefined where no party ended the phase. */
  readonly outcome: Outcome | undefined
  readonly accused: NonNullable<Made['accused']>
}

interface Opened {
  readonly role: RoleName
  readonly rounds: BoundRounds
}

type Boxes = Map<MeterId, Map<MeterId, Uint8Array>>

/** All parties of a group in one process. */
export class Lockstep {
  readonly #init: LockstepInit
  readonly #parties = new Map<MeterId, Opened>()

  /** @throws InvalidArgumentError where the scheme cannot carry the group's lanes */
  constructor(init: LockstepInit) {
    checkLanes(init.scheme, init.group.lanes)
    this.#init = init
    this.#open()
  }

  /** Gives each party a new state: a setup takes nothing over from the one before. */
  #open(): void {
    const { group } = this.#init
    this.#parties.clear()
    for (const id of group.members) this.#enter(id, 'meter')
    for (const [name, id] of Object.entries(group.parties)) this.#enter(id, name as RoleName)
    for (const id of group.deviceOf.values()) this.#enter(id, 'device')
  }

  #enter(self: MeterId, role: RoleName): void {
    const { scheme, group, slot, work = UNCOUNTED } = this.#init
    const rounds = scheme.roles[role]?.open({ role, self, group, phase: 'setup', slot, work })
    if (rounds) this.#parties.set(self, { role, rounds })
  }

  /** Runs one phase to its end; a setup begins on new states. */
  run({ phase, slot, readings = new Map(), silent = new Map(), down = new Map() }: PhaseRun): PhaseResult {
    if (phase === 'setup') this.#open()
    const { group, rng, work = UNCOUNTED } = this.#init
    const turns = new Map<MeterId, Turn>()
    for (const [self, { role }] of this.#parties) turns.set(self, { role, self, group, phase, slot, rng: rng(self, phase, slot), work })
    const last = Math.max(0, ...[...this.#parties.values()].map(({ rounds }) => rounds[phase]?.length ?? 0))
    const sent: Sent[] = []
    const accused: NonNullable<Made['accused']>[number][] = []
    let outcome: Outcome | undefined
    let waiting: Boxes = new Map()
    for (let k = 0; k < last && !outcome; k++) {
      const next: Boxes = new Map()
      for (const [self, { rounds }] of this.#parties) {
        const round = rounds[phase]?.[k]
        const turn = turns.get(self)
        if (!round || !turn || k + 1 >= (silent.get(self) ?? Number.POSITIVE_INFINITY) || down.get(self)?.includes(k + 1)) continue
        const expected = round.awaits(turn)
        const came = only(expected, waiting.get(self))
        const reading = k === 0 ? summable(readings.get(self)) : undefined
        const made = runWithout(came, from => round.run({ from, missing: expected.filter(party => !from.has(party)), reading }, turn))
        outcome ??= made.outcome
        accused.push(...(made.accused ?? []))
        for (const message of made.send ?? []) this.#deliver(self, k + 1, message, { sent, next })
      }
      waiting = next
    }
    return { sent, outcome, accused }
  }

  #deliver(
    from: MeterId,
    round: number,
    { to, body, sealed = false }: Outgoing,
    into: { readonly sent: Sent[]; readonly next: Boxes }
  ): void {
    const { group, tamper } = this.#init
    const message: Sent = { round, from, to, body, sealed }
    for (const out of tamper?.(message) ?? [message]) {
      into.sent.push({ ...message, to: out.to, body: out.body })
      for (const receiver of out.to === 'meters' ? broadcastTo(group, from) : [out.to]) {
        const box = into.next.get(receiver) ?? new Map<MeterId, Uint8Array>()
        into.next.set(receiver, box.set(from, out.body))
      }
    }
  }
}

function summable(reading: LaneVector | undefined): LaneVector | undefined {
  return reading && isSummable(reading) ? reading : undefined
}

/** Runs a round; whoever sent what cannot be read counts as missing. */
function runWithout(came: ReadonlyMap<MeterId, Uint8Array>, run: (from: Inbox['from']) => Made): Made {
  const from = new Map(came)
  for (;;) {
    try {
      return run(from)
    } catch (cause) {
      if (!(cause instanceof MalformedBodyError) || !from.delete(cause.sender)) throw cause
    }
  }
}

/** Gives the bodies of those that are waited for, in the order in which they are named. */
function only(expected: readonly MeterId[], box: ReadonlyMap<MeterId, Uint8Array> = new Map()): ReadonlyMap<MeterId, Uint8Array> {
  return new Map(expected.flatMap(id => (box.has(id) ? [[id, box.get(id) as Uint8Array]] : [])))
}
