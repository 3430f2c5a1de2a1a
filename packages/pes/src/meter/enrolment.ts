// A meter's conversations with the concentrator: the order of their requests, whoever carries them.
import { type Ask, type Conversation, exchange, type Failure, type Party } from '@hushgrid/machine'
import type { MeterId } from '@hushgrid/primitives'
import type { PesMeterInput, PesMeterOutput } from './state.ts'

/** A meter, as its conversations with the concentrator see it. */
export interface EnrollingPesMeter {
  readonly concentrator: MeterId
  /** Makes one step of the meter's machine; gives what was carried out. */
  readonly feed: (input: PesMeterInput) => readonly PesMeterOutput[]
}

/** Wait until the concentrator listens to readings; answered by no bytes once it does. */
interface ReachConcentrator {
  readonly type: 'reach-concentrator'
}

type PesEnrolmentOutcome =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'left' }
  /** The concentrator was not seen to listen. */
  | { readonly kind: 'out-of-reach' }
  | Failure

/** A conversation of a meter with the concentrator. */
export type PesConversation = Conversation<Ask | ReachConcentrator, PesEnrolmentOutcome>

/** Asks for the setup, then to be taken in; makes sure in between that the concentrator listens. */
export function* pesEnrolment(meter: EnrollingPesMeter): PesConversation {
  const party = partyOf(meter)
  const setUp = yield* exchange(party, { type: 'set-up' }, 'set-up')
  if (setUp.kind !== 'served') return setUp
  if (!(yield { type: 'reach-concentrator' })) return { kind: 'out-of-reach' }
  const joined = yield* exchange(party, { type: 'join' }, 'admitted')
  return joined.kind === 'served' ? { kind: 'admitted' } : joined
}

/** Asks to be let go. */
export function* pesLeave(meter: EnrollingPesMeter): PesConversation {
  const left = yield* exchange(partyOf(meter), { type: 'leave' }, 'left')
  return left.kind === 'served' ? { kind: 'left' } : left
}

function partyOf({ concentrator, feed }: EnrollingPesMeter): Party<PesMeterInput, PesMeterOutput> {
  return {
    feed,
    requestIn: output => (output.type === 'request' ? output.bytes : undefined),
    answered: bytes => ({ type: 'message', from: concentrator, bytes }),
    refusalIn: output => {
      if (output.type === 'refused') return `the concentrator refuses this meter: ${output.reason}`
      return output.type === 'setup-refused' ? output.error.message : undefined
    }
  }
}
