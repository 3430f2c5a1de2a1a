// A supplier that follows an aggregator: it fetches the result of every slot, in order, and says which it could not get.
import { setTimeout as wait } from 'node:timers/promises'
import { membersIn, noResult } from '@hushgrid/dcnet'
import {
  decodeEnvelope,
  type Envelope,
  type LaneCount,
  type LossReason,
  MessageType,
  SlotLostPayload,
  SlotTotalPayload,
  SyncReply,
  SyncRequest,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  ed25519Verifier,
  equalBytes,
  HushgridError,
  type LaneTerms,
  type LaneVector,
  lanesFromExactBytes,
  type MeterId,
  type Millis,
  type ObisCode,
  type Slot,
  signedLanes,
  slotAt,
  slotTimes,
  type VerifyingKey,
  type Withheld
} from '@hushgrid/primitives'
import { idInAddress } from '../libp2p/addresses.ts'
import type { NetworkNode } from '../libp2p/node.ts'
import { untilDone } from '../libp2p/retry.ts'
import type { SchedulingClock } from '../service/clock.ts'
import { messageOf } from '../service/role-service.ts'

/** A slot's end, as a supplier learns it from the aggregator. */
export type FollowedResult =
  | {
      readonly type: 'total'
      readonly slot: Slot
      readonly contributors: number
      /** Present members that are not in the total, as the aggregator says; its signature does not cover their number. */
      readonly missing: number
      /** Sums of the lanes that enough contributors can fill. */
      readonly lanes: LaneVector
      /** Codes of these lanes. */
      readonly open: readonly ObisCode[]
      /** The network's other lanes, with how many contributors can fill each, of how many, and how many are needed. */
      readonly withheld: Readonly<Record<string, Withheld>>
      /** SHA-256 of the signed envelope, 32 bytes. */
      readonly hash: Uint8Array
    }
  | {
      readonly type: 'lost'
      readonly slot: Slot
      readonly reason: LossReason
      /** Number of members that caused the loss. */
      readonly members: number
      readonly hash: Uint8Array
    }

export interface FollowerInit {
  readonly node: NetworkNode
  readonly clock: SchedulingClock
  /** Multiaddr of the aggregator, with its peer id. */
  readonly aggregator: string
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** The network's lanes. */
  readonly lanes: readonly LaneTerms[]
  /** Last slot that need not be fetched; the oldest that an aggregator keeps comes first unless given. */
  readonly doneThrough?: Slot | undefined
  /** Takes a result; the next is fetched once it resolves. */
  readonly take: (result: FollowedResult) => Promise<void> | void
  /** Called with a run of slots that the aggregator gave no result of. */
  readonly skipped: (first: Slot, last: Slot, why: string) => void
  /** Called with what went wrong and is tried again. */
  readonly warn: (message: string) => void
}

/** The aggregator's answer is not what it must be. */
class FollowedResultError extends HushgridError {
  override name = 'FollowedResultError'
}

/** The aggregator says that it has no result of the slot. */
class NoResultError extends HushgridError {
  override name = 'NoResultError'
}

/** Slots that an aggregator keeps the results of. */
const KEPT_SLOTS = 96
/** Units of a slot for which a result is waited for after the slot was over, since clocks differ. */
const WAIT_UNITS = 4
/** The longest wait between two attempts, in real milliseconds. */
const LONGEST_PAUSE = 5_000
/** Time that an attempt may take, in real milliseconds. */
const ATTEMPT = 10_000
/** Attempts after which the same trouble is told again. */
const TELL_EVERY = 8
/** Longest timer that the platform takes. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Follows an aggregator: asks it for the result of each slot once the slot is over, also of slots that passed while this
 * node or the aggregator was away. Asks for one at a time, in order, so that whoever takes results sets the pace.
 */
export class ResultFollower {
  readonly #init: FollowerInit
  readonly #aggregator: MeterId
  readonly #key: VerifyingKey
  #doneThrough: Slot
  #skipping: { first: Slot; last: Slot; why: string } | undefined

  /** @throws NetworkError unless the aggregator's address ends in its peer id */
  constructor(init: FollowerInit) {
    this.#init = init
    this.#aggregator = idInAddress(init.aggregator)
    this.#key = ed25519Verifier(this.#aggregator)
    const { clock, slotSeconds } = init
    this.#doneThrough = init.doneThrough ?? (Math.max(0, slotAt(clock.now(), slotSeconds) - KEPT_SLOTS - 1) as Slot)
  }

  /** The last slot that was taken, or skipped for good. */
  get doneThrough(): Slot {
    return this.#doneThrough
  }

  /**
   * Fetches results and hands them on until the signal is aborted; resolves then.
   *
   * @throws what `take` throws
   */
  async follow(signal: AbortSignal): Promise<void> {
    try {
      await this.#follow(signal)
    } catch (cause) {
      if (!signal.aborted) throw cause
    } finally {
      this.#tellSkipped()
    }
  }

  async #follow(signal: AbortSignal): Promise<never> {
    for (;;) {
      const slot = (this.#doneThrough + 1) as Slot
      await this.#untilOver(slot, signal)
      const result = await this.#fetch(slot, signal)
      if (typeof result === 'string') this.#skip(slot, result)
      else {
        this.#tellSkipped()
        await this.#init.take(result)
      }
      this.#doneThrough = slot
    }
  }

  async #untilOver(slot: Slot, signal: AbortSignal): Promise<void> {
    const { clock, slotSeconds } = this.#init
    const { over } = slotTimes(slot, slotSeconds)
    for (;;) {
      signal.throwIfAborted()
      const now = clock.now()
      if (now >= over) return
      // Up to date: the run of skipped slots, if there is one, ends here.
      this.#tellSkipped()
      await waitUntil(clock, over, signal)
    }
  }

  /** Fetches a slot's result, however long the aggregator is out of reach. @returns it, or why there is none */
  async #fetch(slot: Slot, signal: AbortSignal): Promise<FollowedResult | string> {
    const { clock, slotSeconds } = this.#init
    const { over, unit } = slotTimes(slot, slotSeconds)
    let failures = 0
    return await untilDone(
      signal,
      async () => {
        try {
          return await this.#ask(slot, signal)
        } catch (cause) {
          const answered = cause instanceof NoResultError || cause instanceof FollowedResultError
          if (answered && clock.now() >= over + WAIT_UNITS * unit) return cause.message
          throw cause
        }
      },
      cause => {
        if (cause instanceof NoResultError) return
        if (failures++ % TELL_EVERY === 0) this.#init.warn(`slot ${slot} of the aggregator: ${messageOf(cause)}`)
      },
      () => LONGEST_PAUSE
    )
  }

  async #ask(slot: Slot, signal: AbortSignal): Promise<FollowedResult> {
    const { node, aggregator } = this.#init
    const within = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT)])
    if (!node.isConnectedTo(this.#aggregator)) await node.connect(aggregator, within)
    const request = SyncRequest.encode({ envelope: new Uint8Array(0), transcript: true, slot, words: new Uint8Array(0) })
    const answer = await node.request(this.#aggregator, 'sync', request, within)
    const reply = checked(() => SyncReply.decode(answer))
    if (reply.refused === noResult(slot)) throw new NoResultError(reply.refused)
    // A refusal for another reason is waited out: it passes, as once the aggregator knows this supplier.
    if (reply.refused !== '') throw new HushgridError(`it refuses: ${reply.refused.slice(0, 200)}`)
    return this.#check(slot, reply)
  }

  /** @throws FollowedResultError unless it is the aggregator's result of this network's slot */
  #check(slot: Slot, { transcript, members, networkId }: SyncReply): FollowedResult {
    if (!transcript || !networkId || !equalBytes(networkId, this.#init.networkId))
      throw new FollowedResultError('expected a result of this network, got one of another')
    const envelope = checked(() => decodeEnvelope(transcript.result))
    if (envelope.slot !== slot) throw new FollowedResultError(`expected the result of slot ${slot}, got one of slot ${envelope.slot}`)
    const { rosterHash } = transcript
    if (envelope.sender !== this.#aggregator || rosterHash?.byteLength !== 32 || !verifyEnvelope(envelope, this.#key, rosterHash))
      throw new FollowedResultError("expected the aggregator's signature on the result")
    return checked(() => read(envelope, members ?? 0, transcript.lanes, this.#init.lanes))
  }

  #skip(slot: Slot, why: string): void {
    const before = this.#skipping
    // One reason for all slots, though each answer names its own.
    const reason = why === noResult(slot) ? 'the aggregator has no result' : why
    if (before?.why === reason) before.last = slot
    else {
      this.#tellSkipped()
      this.#skipping = { first: slot, last: slot, why: reason }
    }
  }

  #tellSkipped(): void {
    const skipping = this.#skipping
    this.#skipping = undefined
    if (skipping) this.#init.skipped(skipping.first, skipping.last, skipping.why)
  }
}

/** Waits until a moment by the clock as it runs now, or until the clock is set anew. */
async function waitUntil(clock: SchedulingClock, moment: Millis, signal: AbortSignal): Promise<void> {
  const changed = new AbortController()
  const unsubscribe = clock.onChange(() => changed.abort())
  const delay = Math.min(Math.ceil(clock.delayUntil(moment) ?? LONGEST_TIMER), LONGEST_TIMER)
  try {
    await wait(delay, undefined, { signal: AbortSignal.any([signal, changed.signal]) })
  } catch (cause) {
    if (signal.aborted || !changed.signal.aborted) throw cause
  } finally {
    unsubscribe()
  }
}

/** @param terms - the network's lanes: of one that the aggregator does not count, nobody can fill it */
function read(
  { type, payload, slot, hash }: Envelope,
  members: number,
  counts: readonly LaneCount[],
  terms: readonly LaneTerms[]
): FollowedResult {
  if (type === MessageType.SlotLost) {
    const lost = SlotLostPayload.decode(payload)
    return { type: 'lost', slot, reason: lost.reason, members: membersIn(lost.members), hash }
  }
  if (type !== MessageType.SlotTotal) throw new FollowedResultError(`expected a SlotTotal or SlotLost, got a ${type}`)
  const total = SlotTotalPayload.decode(payload)
  const open = counts.filter(lane => lane.open)
  const lanes = lanesFromExactBytes(total.lanes, open.length)
  const contributors = membersIn(total.contributors)
  const within = signedLanes(lanes).every((value, i) => {
    const limit = BigInt(contributors) * BigInt(terms.find(({ obis }) => obis === open[i]?.obis)?.maxReading ?? 0)
    return value <= limit && value >= -limit
  })
  if (contributors === 0 || contributors > members || !within)
    throw new FollowedResultError(`expected a plausible total of ${members} members or fewer, got one of ${contributors} that is not`)
  const withheld = terms.flatMap(({ obis, support }) => {
    const count = counts.find(lane => lane.obis === obis)
    return count?.open ? [] : [[obis, { able: count?.able ?? 0, of: contributors, needed: count?.needed ?? support }] as const]
  })
  const codes = open.map(({ obis }) => obis as ObisCode)
  return {
    type: 'total',
    slot,
    contributors,
    missing: members - contributors,
    lanes,
    open: codes,
    withheld: Object.fromEntries(withheld),
    hash
  }
}

/** Decodes; an error in the form of an answer becomes a FollowedResultError. */
function checked<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof HushgridError && !(cause instanceof FollowedResultError)) throw new FollowedResultError(cause.message)
    throw cause
  }
}
