// One party of a scheme in the virtual network: its machine, its journal, and a meter's readings.
import type { Topic } from '@hushgrid/dcnet'
import type { Step, Tick } from '@hushgrid/machine'
import { type BlindingKey, type LaneVector, type MeterId, type Millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { JournalState } from '@hushgrid/scenarios'
import {
  type Announcement,
  agreementKey,
  createScheme,
  type KeptScheme,
  type SchemeConfig,
  type SchemeInput,
  type SchemeOutput,
  type SchemeState,
  type SendOutput,
  stepScheme,
  trimmedSchemeJournal
} from '@hushgrid/schemes'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { HouseholdNode } from './household-node.ts'

/** Records after which a party's journal is trimmed. */
export const KEPT_SCHEME_RECORDS = 500

type SignedKey = NonNullable<ReturnType<Announcement['keys']['get']>>

/** Who is who among the parties of a scheme. */
export interface SchemeDirectory {
  idOf(peer: PeerNumber): MeterId
  peerOf(id: MeterId): PeerNumber | undefined
  /** Gives the receivers of a party's broadcast in a slot. */
  receiversOf(message: SendOutput): readonly MeterId[]
}

export interface SchemeNodeInit {
  readonly network: VirtualNetwork
  readonly directory: SchemeDirectory
  readonly config: SchemeConfig
  /** Makes another agreement key, for a party that has lost its journal. */
  readonly newAgreement: () => BlindingKey
  /** A meter's readings; none for other parties. */
  readonly reading?: ((slot: Slot) => LaneVector | undefined) | undefined
}

/** A party's process, its crashes included. */
export class SchemeNode extends HouseholdNode<SchemeState, SchemeInput, SchemeOutput> {
  readonly #init: SchemeNodeInit
  #config: SchemeConfig
  #signedKey: SignedKey | undefined
  #kept: { journal: Uint8Array[]; memory: KeptScheme['memory'] } | undefined

  constructor(init: SchemeNodeInit) {
    super(init.network, [])
    this.#init = init
    this.#config = init.config
  }

  get id(): MeterId {
    return this.#config.identity.id
  }

  get config(): SchemeConfig {
    return this.#config
  }

  /** Its agreement key, signed once, as announcements have it. */
  get signedKey(): SignedKey {
    this.#signedKey ??= agreementKey(this.#config.identity, this.#config.agreement)
    return this.#signedKey
  }

  /** Starts with its journal and memory, or without and with another agreement key. */
  start(journal: JournalState = 'intact'): void {
    // A memory cannot be rolled back: it counts as lost with its journal.
    if (journal !== 'intact' && this.#kept) {
      this.#config = { ...this.#config, agreement: this.#init.newAgreement() }
      this.#signedKey = undefined
      this.#kept = undefined
    }
    const state = this.timed(() => {
      // Signs its key if it has not.
      void this.signedKey
      return createScheme(this.#config, this.#kept, this.now)
    })
    this.#kept ??= { journal: [], memory: state.memory }
    this.begin(state)
    const current = slotAt(this.now, this.#config.slotSeconds)
    if (this.#init.reading) this.#readAtEnd(Math.max(0, current - 1) as Slot)
  }

  /** Takes the registrar's announcements. */
  receive(_: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'group', from: this.#init.directory.idOf(from), bytes })
  }

  hand(from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'message', from: this.#init.directory.idOf(from), bytes })
  }

  serve(): undefined {}

  protected step(state: SchemeState, input: SchemeInput | Tick, now: Millis): Step<SchemeState, SchemeOutput> {
    return stepScheme(state, input, now)
  }

  protected carryOut(output: SchemeOutput): void {
    if (output.type === 'journal') this.#append(output.record)
    if (output.type !== 'send') return
    const isSlots = output.phase === 'slot' && this.crashAt !== undefined && output.slot >= this.crashAt.slot
    if (isSlots && this.crashAt?.phase === 'while-releasing' && output.round > 1) {
      this.crashNow()
      return
    }
    const { network, directory } = this.#init
    for (const id of output.to === 'meters' ? directory.receiversOf(output) : [output.to]) {
      const peer = directory.peerOf(id)
      if (peer !== undefined) network.hand(this.number, peer, output.bytes)
    }
    if (isSlots && this.crashAt?.phase === 'after-submitting') this.crashNow()
  }

  #append(record: Uint8Array): void {
    const kept = this.#kept
    if (!kept) return
    kept.journal.push(record)
    if (kept.journal.length > KEPT_SCHEME_RECORDS) kept.journal = trimmedSchemeJournal(kept.journal, this.#config.slotSeconds, this.now)
  }

  /** Reads the meter as a slot ends by its clock, or at once where it has ended and may still be sent, and so on. */
  #readAtEnd(slot: Slot): void {
    const { end, deadline } = slotTimes(slot, this.#config.slotSeconds)
    const delay = end - this.now
    if (delay > 0) {
      this.later(delay, () => this.#readAtEnd(slot))
      return
    }
    const { crashAt } = this
    if (crashAt?.phase === 'before-submitting' && slot >= crashAt.slot) {
      this.crashNow()
      return
    }
    const lanes = this.now < deadline ? this.#init.reading?.(slot) : undefined
    const { life } = this
    if (lanes) this.feed({ type: 'reading', slot, lanes })
    if (life === this.life) this.#readAtEnd((slot + 1) as Slot)
  }
}
