// The registrar of a scheme's group on a libp2p node: parties enrol with it, and it announces who is in from which slot on.
//
// It is no machine: what it decides is `SchemeRegistrar`'s, and what is here is who is there and when. The first group is
// announced once all roles and as many meters as the group is to begin with have enrolled; after that it decides once a slot,
// three units before the next begins. It keeps nothing on disk: one that is started again begins a new group.
import { MalformedMessageError } from '@hushgrid/messages'
import { ed25519Verifier, equalBytes, type MeterId, type Millis, millis, type SigningKey, type Slot, slotTimes } from '@hushgrid/primitives'
import {
  type Decision,
  decodeWord,
  encodeStanding,
  encodeWelcome,
  encodeWord,
  everybody,
  isOwnKey,
  type RoleName,
  type Scheme,
  SchemeRegistrar,
  type Word
} from '@hushgrid/schemes'
import type { NetworkNode } from '../libp2p/node.ts'
import { ClockAlarm } from '../service/alarm.ts'
import type { SchedulingClock } from '../service/clock.ts'
import { Sendings } from './sendings.ts'

export interface SchemeRegistrarConfig {
  readonly scheme: Scheme
  readonly identity: SigningKey
  readonly lanes: number
  readonly slotSeconds: number
  /** Meters with which the first group begins, and its first slot. */
  readonly members: number
  readonly firstSlot: Slot
}

export interface SchemeRegistrarInit {
  readonly node: NetworkNode
  readonly clock: SchedulingClock
  readonly config: SchemeRegistrarConfig
  /** Called with each group that is announced. */
  readonly observe?: (decision: Decision) => void
  readonly warn?: (message: string) => void
  readonly fail: (cause: unknown) => void
}

type Enrol = Extract<Word, { type: 'enrol' }>

/** A party as it has enrolled. */
interface Enrolled extends Enrol {
  leaving: boolean
}

/** Units before a slot begins at which its group is decided on. */
const AHEAD = 3
/** Parties that may be enrolled for each meter that the group begins with, and beside them. */
const ENROLLED_PER_MEMBER = 8
const ENROLLED_BESIDE = 64
const NO_BYTES = new Uint8Array(0)

/** The registrar of a scheme on a libp2p node. */
export class SchemeRegistrarService {
  readonly #init: SchemeRegistrarInit
  readonly #stopping = new AbortController()
  readonly #alarm: ClockAlarm
  readonly #sendings: Sendings
  readonly #enrolled = new Map<MeterId, Enrolled>()
  readonly #parties = new Map<RoleName, MeterId>()
  #registrar: SchemeRegistrar | undefined
  #notice: Uint8Array | undefined
  /** Parties of the last group that have formed it. */
  readonly #formed = new Set<MeterId>()
  /** Words that were not taken, by reason. */
  readonly drops: Record<string, number> = {}

  constructor(init: SchemeRegistrarInit) {
    this.#init = init
    this.#alarm = new ClockAlarm(init.clock)
    this.#sendings = new Sendings({
      node: init.node,
      clock: init.clock,
      signal: this.#stopping.signal,
      addressOf: id => this.#enrolled.get(id)?.address ?? '',
      failed: (to, cause) => init.warn?.(`announcing to ${to}: ${String((cause as Error).message ?? cause)}`)
    })
  }

  /** Takes parties in from now on. */
  async start(): Promise<void> {
    await this.#init.node.serve('scheme', (from, bytes) => {
      try {
        return this.#answer(from, decodeWord(bytes))
      } catch (cause) {
        if (!(cause instanceof MalformedMessageError)) throw cause
        this.#drop(cause.reason)
        return NO_BYTES
      }
    })
  }

  stop(): void {
    this.#stopping.abort()
    this.#alarm.set(undefined, () => {})
  }

  #drop(reason: string): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + 1
  }

  #answer(from: MeterId, word: Word): Uint8Array {
    switch (word.type) {
      case 'enrol':
        return this.#enrol(from, word)
      case 'standing':
        return encodeStanding(this.#last !== undefined && everybody(this.#last.group).every(id => this.#formed.has(id)))
      case 'leave': {
        const party = this.#enrolled.get(from)
        if (party) party.leaving = true
        else this.#drop('unknown-sender')
        return NO_BYTES
      }
      case 'formed':
      case 'unformed':
        this.#heardOfForming(from, word)
        return NO_BYTES
      case 'ended':
        if (from === this.#parties.get('aggregator')) this.#registrar?.ended(word.slot, word.missing)
        else this.#drop('unknown-sender')
        return NO_BYTES
      default:
        this.#drop('unexpected-type')
        return NO_BYTES
    }
  }

  get #last(): Decision | undefined {
    return this.#registrar?.last
  }

  #heardOfForming(from: MeterId, word: Extract<Word, { type: 'formed' | 'unformed' }>): void {
    const group = this.#last?.group
    if (!group || word.epoch !== group.epoch || !everybody(group).includes(from)) {
      this.#drop('wrong-epoch')
      return
    }
    if (word.type === 'formed') this.#formed.add(from)
    else this.#registrar?.unformed(word.epoch, from, word.missing)
  }

  #enrol(from: MeterId, word: Enrol): Uint8Array {
    const refusal = this.#refusalOf(from, word)
    if (refusal !== undefined) {
      this.#drop(refusal)
      return encodeWelcome({ taken: false, notice: undefined })
    }
    const before = this.#enrolled.get(from)
    const isNewKey = before && !equalBytes(before.key.key, word.key.key)
    this.#enrolled.set(from, { ...word, leaving: false })
    if (word.role !== 'meter' && word.role !== 'device') this.#parties.set(word.role, from)
    if (isNewKey) this.#registrar?.formAnew(from)
    if (word.role === 'meter') this.#enter(from, word.device)
    this.#beginOnceAll()
    return encodeWelcome({ taken: true, notice: this.#noticeFor(from) })
  }

  /** Gives the reason why a party is not taken in, if there is one. A role that has a party keeps it. */
  #refusalOf(from: MeterId, { role, key, device }: Enrol): string | undefined {
    const { scheme, members } = this.#init.config
    const before = this.#enrolled.get(from)
    if (!scheme.roles[role]) return 'unexpected-type'
    if (before && (before.role !== role || before.device !== device)) return 'conflicting'
    if ((role === 'meter' && scheme.roles.device !== undefined) !== (device !== undefined)) return 'bad-field'
    if (device !== undefined && !before && [...this.#enrolled.values()].some(each => each.device === device)) return 'conflicting'
    if (role !== 'meter' && role !== 'device' && (this.#parties.get(role) ?? from) !== from) return 'conflicting'
    if (!before && this.#enrolled.size >= ENROLLED_PER_MEMBER * members + ENROLLED_BESIDE) return 'flood'
    return isOwnKey(key, ed25519Verifier(from)) ? undefined : 'bad-signature'
  }

  /** Gives the last notice to a party that may still take it, or that is in the group and may have lost the addresses. */
  #noticeFor(from: MeterId): Uint8Array | undefined {
    const last = this.#last
    if (!last) return undefined
    return this.#init.clock.now() < this.#takenUntil(last) || everybody(last.group).includes(from) ? this.#notice : undefined
  }

  #takenUntil({ firstSlot }: Decision): Millis {
    const { end, unit } = slotTimes(firstSlot, this.#init.config.slotSeconds)
    return millis(end - unit)
  }

  /** Makes a meter known to whoever decides, with what it is asked about the meter later. */
  #enter(id: MeterId, device: MeterId | undefined): void {
    if (!this.#registrar) return
    const isThere = (party: MeterId): boolean => this.#enrolled.has(party) && this.#init.node.isConnectedTo(party)
    const leaves = (): boolean => this.#enrolled.get(id)?.leaving ?? true
    this.#registrar.enter({
      id,
      device,
      leaves,
      wants: () => !leaves() && isThere(id) && (device === undefined || isThere(device))
    })
  }

  /** Announces the first group once everybody is there. */
  #beginOnceAll(): void {
    if (this.#registrar) return
    const { scheme, members, identity, lanes, firstSlot } = this.#init.config
    const roles = (Object.keys(scheme.roles) as RoleName[]).filter(role => role !== 'meter' && role !== 'device')
    const meters = [...this.#enrolled].filter(([, { role, device }]) => role === 'meter' && (!device || this.#enrolled.has(device)))
    if (!roles.every(role => this.#parties.has(role)) || meters.length < members) return
    this.#registrar = new SchemeRegistrar({
      scheme,
      identity,
      lanes,
      parties: Object.fromEntries(this.#parties),
      keyOf: id => (this.#enrolled.get(id) as Enrolled).key
    })
    for (const [id, { role, device }] of this.#enrolled) if (role === 'meter') this.#enter(id, device)
    this.#decide(firstSlot)
    this.#decideAhead((firstSlot + 1) as Slot)
  }

  /** Decides on a slot's group in time, and so on. */
  #decideAhead(slot: Slot): void {
    const { start, unit } = slotTimes(slot, this.#init.config.slotSeconds)
    const moment = millis(start - AHEAD * unit)
    this.#alarm.set(moment, () => {
      if (this.#stopping.signal.aborted) return
      // An alarm may come too early.
      if (this.#init.clock.now() < moment) {
        this.#decideAhead(slot)
        return
      }
      try {
        this.#decide(slot)
        this.#decideAhead((slot + 1) as Slot)
      } catch (cause) {
        this.#init.fail(cause)
      }
    })
  }

  #decide(slot: Slot): void {
    const decision = this.#registrar?.decide(slot)
    if (!decision) return
    const { group, bytes } = decision
    const addresses = new Map(everybody(group).map(id => [id, this.#enrolled.get(id)?.address ?? '']))
    const word = encodeWord({ type: 'notice', announcement: bytes, addresses })
    this.#notice = word
    this.#formed.clear()
    this.#init.observe?.(decision)
    for (const to of [...everybody(group), ...group.left]) this.#sendings.send({ to, word, until: this.#takenUntil(decision) })
  }
}
