// A meter's conversations with the registrar: the order of their requests, whoever carries them.
import { type Ask, type Conversation, exchange, type Failure, type Party } from '@hushgrid/machine'
import { decodeEnvelope } from '@hushgrid/messages'
import { type Caller, type Chain, missedRosters } from '../../roster/missed.ts'
import type { MeterInput, MeterOutput } from '../contract.ts'

/** A meter, as its conversations with the registrar see it. */
export interface EnrollingMeter extends Caller {
  /** Makes one step of the meter's machine; gives what was carried out. */
  readonly feed: (input: MeterInput) => readonly MeterOutput[]
  /** Tells whether the meter has been told to leave, so that it does not ask to be in. */
  readonly leaving: () => boolean
}

/** Connect to the aggregator, and wait until it listens to readings; answered by no bytes once it does. */
export interface ReachAggregator {
  readonly type: 'reach-aggregator'
}

export type EnrolmentOutcome =
  | { readonly kind: 'admitted'; readonly chain: Chain }
  /** The registrar does not take the meter in, but a member that is marked absent follows the rosters all the same. */
  | { readonly kind: 'kept-out'; readonly why: string; readonly chain: Chain }
  /** The registrar has noted that the meter leaves. */
  | { readonly kind: 'leaving' }
  /** The meter was told to leave in the meantime, and does not ask to be in. */
  | { readonly kind: 'given-up' }
  /** The aggregator is not to be reached. */
  | { readonly kind: 'out-of-reach' }
  | Failure

/**
 * Asks the registrar for credentials of this season and the next, reaches the aggregator, asks to be taken in, and fetches
 * the rosters that were missed. The order matters, since a meter is taken in only once it can submit. A meter that leaves
 * says so again instead, for it would be taken in otherwise.
 */
export function* enrolment(meter: EnrollingMeter): Conversation<Ask | ReachAggregator, EnrolmentOutcome> {
  if (meter.leaving()) return yield* leave(meter)
  const party = partyOf(meter)
  const enrolled = yield* enrolFor(party, 'this-season')
  if (enrolled.kind !== 'served') return enrolled
  const next = yield* enrolFor(party, 'next-season')
  if (next.kind !== 'served') return next
  if (!(yield { type: 'reach-aggregator' })) return { kind: 'out-of-reach' }
  if (meter.leaving()) return { kind: 'given-up' }
  const joined = yield* exchange(party, { type: 'join' }, 'admitted')
  if (joined.kind !== 'served' && joined.kind !== 'refused') return joined
  const take = (roster: Uint8Array): void => void meter.feed(party.answered(roster))
  const chain = yield* missedRosters(meter, decodeEnvelope(joined.bytes), take)
  return joined.kind === 'served' ? { kind: 'admitted', chain } : { kind: 'kept-out', why: joined.why, chain }
}

type MeterParty = Party<MeterInput, MeterOutput>

/** Enrols a key, once more where the registrar tells of another season. */
function* enrolFor(party: MeterParty, which: 'this-season' | 'next-season'): ReturnType<typeof exchange<MeterInput, MeterOutput>> {
  let told = false
  const feed = (input: MeterInput): readonly MeterOutput[] => {
    const outputs = party.feed(input)
    told ||= outputs.some(({ type }) => type === 'other-season')
    return outputs
  }
  const first = yield* exchange({ ...party, feed }, { type: 'enrol', for: which }, 'enrolled')
  return told && first.kind !== 'served' ? yield* exchange(party, { type: 'enrol', for: which }, 'enrolled') : first
}

/** Enrols the next season's key, as `key-due` asks for. */
export function* enrolNext(meter: EnrollingMeter): Conversation<Ask, { readonly kind: 'enrolled' } | Failure> {
  const enrolled = yield* enrolFor(partyOf(meter), 'next-season')
  return enrolled.kind === 'served' ? { kind: 'enrolled' } : enrolled
}

/** Tells the registrar that the meter leaves. */
export function* leave(meter: EnrollingMeter): Conversation<Ask, { readonly kind: 'leaving' } | Failure> {
  const left = yield* exchange(partyOf(meter), { type: 'leave' }, 'leaving')
  return left.kind === 'served' ? { kind: 'leaving' } : left
}

function partyOf({ config, feed }: EnrollingMeter): MeterParty {
  return {
    feed,
    requestIn: output => (output.type === 'request' && output.to === 'registrar' ? output.bytes : undefined),
    answered: bytes => ({ type: 'message', channel: 'enrol', from: config.registrarKey, bytes }),
    refusalIn: output => (output.type === 'refused' ? `the registrar refuses this meter: ${output.reason}` : undefined)
  }
}
