// Parties of a scheme in memory, under a clock that jumps from one event to the next.
import {
  BlindingKey,
  type Epoch,
  epoch,
  IdentityKey,
  type LaneVector,
  type MeterId,
  type Millis,
  millis,
  type Rng,
  SeededRng,
  type Slot,
  slot,
  slotTimes
} from '@hushgrid/primitives'
import { agreementKey, everybody, sealAnnouncement } from '../../src/driver/announcement.ts'
import { CostLedger } from '../../src/driver/counts.ts'
import type { KeptScheme, SchemeConfig, SchemeInput, SchemeOutput, SchemeState } from '../../src/driver/machine-state.ts'
import { createScheme, stepScheme } from '../../src/driver/round-machine.ts'
import type { Group, Phase, RoleName, Scheme } from '../../src/scheme.ts'

export const SLOT_SECONDS = 900
export const FIRST: Slot = slot(1000)
/** Time that every message takes, ms. */
const LATENCY = 50

export interface Copy {
  readonly from: MeterId
  readonly to: MeterId
  readonly bytes: Uint8Array
  readonly phase: Phase
  readonly slot: Slot
  readonly round: number
}

interface Party {
  readonly config: SchemeConfig
  state: SchemeState | undefined
  kept: { journal: Uint8Array[]; memory: SchemeState['memory'] }
}

interface Event {
  readonly at: number
  readonly to: MeterId
  readonly input: SchemeInput
}

export interface VirtualInit {
  /** A scheme for each party, since a scheme may cache what is its party's alone. */
  readonly scheme: () => Scheme
  readonly meters: number
  readonly roles?: readonly RoleName[]
  readonly lanes?: number
  readonly seed?: string
}

/** All parties of a scheme, and the messages between them. */
export class VirtualParties {
  readonly registrar: IdentityKey
  readonly stranger: IdentityKey
  readonly parties = new Map<MeterId, Party>()
  readonly costs = new CostLedger()
  readonly outputs: { readonly at: number; readonly by: MeterId; readonly output: SchemeOutput }[] = []
  readonly sent: Copy[] = []
  /** Replaces a copy before it leaves. */
  intercept: (copy: Copy) => readonly Copy[] = copy => [copy]
  /** Ends a party's process instead of carrying an output out. */
  crashesAt: (by: MeterId, output: SchemeOutput) => boolean = () => false
  readonly group: Group
  readonly scheme: () => Scheme
  now: Millis
  readonly #rng: Rng
  #events: Event[] = []

  constructor({ scheme, meters, roles = ['aggregator', 'dealer'], lanes = 2, seed = 'parties' }: VirtualInit) {
    this.#rng = new SeededRng(seed)
    this.scheme = scheme
    this.registrar = IdentityKey.generate(this.#rng)
    this.stranger = IdentityKey.generate(this.#rng)
    this.now = millis(slotTimes(FIRST, SLOT_SECONDS).start)
    const members = Array.from({ length: meters }, () => this.add('meter')).sort()
    const parties = Object.fromEntries(roles.map(role => [role, this.add(role)]))
    this.group = { epoch: epoch(0), members, parties, deviceOf: new Map(), lanes, joined: members, left: [] }
  }

  add(role: RoleName): MeterId {
    const identity = IdentityKey.generate(this.#rng)
    const config: SchemeConfig = {
      scheme: this.scheme(),
      role,
      identity,
      agreement: BlindingKey.generate(this.#rng),
      registrar: this.registrar.id,
      slotSeconds: SLOT_SECONDS,
      rng: this.#rng,
      costs: this.costs
    }
    const state = createScheme(config, undefined, this.now)
    this.parties.set(identity.id, { config, state, kept: { journal: [], memory: state.memory } })
    return identity.id
  }

  get aggregator(): MeterId {
    return this.group.parties.aggregator as MeterId
  }

  party(id: MeterId): Party {
    return this.parties.get(id) as Party
  }

  announcement(group: Group = this.group, firstSlot: Slot = FIRST, phase: Exclude<Phase, 'slot'> = 'setup'): Uint8Array {
    const keys = new Map(everybody(group).map(id => [id, agreementKey(this.party(id).config.identity, this.party(id).config.agreement)]))
    return sealAnnouncement({ group, phase, firstSlot, keys }, this.scheme().name, this.registrar)
  }

  announce(group: Group = this.group, firstSlot: Slot = FIRST): void {
    const bytes = this.announcement(group, firstSlot)
    for (const to of this.parties.keys()) this.push(to, { type: 'group', from: this.registrar.id, bytes }, LATENCY)
  }

  /** Has everybody in a map get its reading as its slot ends. */
  read(of: Slot, readings: ReadonlyMap<MeterId, LaneVector>): void {
    const at = slotTimes(of, SLOT_SECONDS).end
    for (const [to, lanes] of readings) this.push(to, { type: 'reading', slot: of, lanes }, at - this.now)
  }

  push(to: MeterId, input: SchemeInput, delay: number): void {
    this.#events.push({ at: this.now + delay, to, input })
  }

  /** Lets time pass, up to a moment. */
  runUntil(until: number): void {
    for (;;) {
      const next = this.#next(until)
      if (!next) break
      this.now = millis(Math.max(this.now, next.at))
      this.#events = this.#events.filter(event => event !== next)
      this.feed(next.to, next.input)
    }
    this.now = millis(until)
  }

  /** Runs a slot to its close. */
  runSlot(of: Slot, readings: ReadonlyMap<MeterId, LaneVector>): void {
    this.read(of, readings)
    this.runUntil(slotTimes(of, SLOT_SECONDS).over)
  }

  #next(until: number): Event | undefined {
    let first: Event | undefined
    const ticks = [...this.parties].flatMap(([to, { state }]) =>
      state?.wakeAt === undefined ? [] : [{ at: state.wakeAt, to, input: { type: 'tick' } as const }]
    )
    for (const event of [...this.#events, ...ticks]) if (event.at <= until && (!first || event.at < first.at)) first = event
    return first
  }

  feed(to: MeterId, input: SchemeInput): void {
    const party = this.party(to)
    if (!party.state) return
    const { state, outputs } = stepScheme(party.state, input, this.now)
    party.state = state
    for (const output of outputs) {
      if (this.crashesAt(to, output)) {
        party.state = undefined
        return
      }
      this.outputs.push({ at: this.now, by: to, output })
      if (output.type === 'journal') party.kept.journal.push(output.record)
      else if (output.type === 'send') this.#send(to, output)
    }
  }

  #send(from: MeterId, { to, bytes, phase, slot: of, round }: Extract<SchemeOutput, { type: 'send' }>): void {
    const receivers = to === 'meters' ? [...this.group.members, this.aggregator].filter(id => id !== from) : [to]
    for (const receiver of receivers) {
      for (const copy of this.intercept({ from, to: receiver, bytes, phase, slot: of, round })) {
        this.sent.push(copy)
        this.push(copy.to, { type: 'message', from: copy.from, bytes: copy.bytes }, LATENCY)
      }
    }
  }

  crash(id: MeterId): void {
    this.party(id).state = undefined
  }

  restart(id: MeterId): void {
    const party = this.party(id)
    const kept: KeptScheme = party.kept
    party.state = createScheme(party.config, kept, this.now)
  }

  of<Type extends SchemeOutput['type']>(type: Type, by?: MeterId): Extract<SchemeOutput, { type: Type }>[] {
    return this.outputs.flatMap(each =>
      each.output.type === type && (by === undefined || each.by === by) ? [each.output as Extract<SchemeOutput, { type: Type }>] : []
    )
  }

  /** Gives the reasons for which messages were dropped. */
  drops(by?: MeterId): string[] {
    return this.of('dropped', by).map(({ reason }) => reason)
  }
}

export function nextEpoch(group: Group, members: readonly MeterId[]): Group {
  return {
    ...group,
    epoch: (group.epoch + 1) as Epoch,
    members: [...members].sort(),
    joined: members.filter(id => !group.members.includes(id)),
    left: group.members.filter(id => !members.includes(id))
  }
}
