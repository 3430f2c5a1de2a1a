// The requests of double mask that a meter has seen in a slot.
import { Drop, decodeMemberSet, type Envelope, MessageType } from '@hushgrid/messages'
import { HushgridError, type Millis, sha256 } from '@hushgrid/primitives'
import type { Roster } from '../../roster/roster.ts'
import { areNested, type Round, requestIn } from '../../transcript/requests.ts'

/** A request that was seen, and its outcome. */
export interface SeenRequest {
  readonly round: Round
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  /** Positions in M. */
  readonly members: ReadonlySet<number>
  /** True where it came by control, so that others have it too. */
  published: boolean
  /** True where answered or refused, or of no concern to us. */
  done: boolean
  /** MaskWord; to a request for shares the ShareRelease, and before it the MaskRelease that was owed. */
  readonly answers: Uint8Array[]
  /** Refusal in the place of an answer. */
  refusal?: Uint8Array
}

export interface SlotRequests {
  /** MaskRequests by round, the first that was seen of each. */
  readonly rounds: Map<number, SeenRequest>
  shareRequest?: SeenRequest
  /** Words of neighbours on the MaskRequest answered last, by their position. */
  readonly words: Map<number, Uint8Array>
  /** Moment of the next question for words that are lacking. */
  fetchAt?: Millis
  /** True where requests that must not both exist were seen: nothing is answered any more. */
  conflicting: boolean
}

/** Reads a request. @throws Drop unless it names present members, and somebody where it is for masks */
export function readRequest(envelope: Envelope, bytes: Uint8Array, roster: Roster): SeenRequest {
  const asked = requestIn(envelope)
  if (!asked) throw new HushgridError(`a slot's requests: expected a request, got a ${envelope.type}`)
  const positions = decodeMemberSet(asked.members, roster.n)
  if ((envelope.type === MessageType.MaskRequest && positions.length === 0) || positions.some(index => roster.isAbsent(index)))
    throw new Drop('wrong-shape', 'expected present members')
  const { round } = asked
  return {
    round,
    hash: envelope.hash,
    bytes,
    payloadHash: sha256(envelope.payload),
    members: new Set(positions),
    published: false,
    done: false,
    answers: []
  }
}

/** Lists all requests of a slot, those for masks first. */
export function requestsOf({ rounds, shareRequest }: SlotRequests): SeenRequest[] {
  return shareRequest ? [...rounds.values(), shareRequest] : [...rounds.values()]
}

export function requestOfRound({ rounds, shareRequest }: SlotRequests, round: Round): SeenRequest | undefined {
  return round === 'shares' ? shareRequest : rounds.get(round)
}

/** Keeps the first request of its round. */
export function keep(requests: SlotRequests, request: SeenRequest): void {
  if (request.round === 'shares') requests.shareRequest = request
  else requests.rounds.set(request.round, request)
}

/** Finds the requests of a slot that should be nested with this one by M, and are not. */
export function notNestedWith(requests: SlotRequests, request: SeenRequest): SeenRequest[] {
  return requestsOf(requests).filter(other => !areNested(other, request))
}

/** Gives the MaskRequest that was answered last. */
export function answeredLast({ rounds }: SlotRequests): SeenRequest | undefined {
  return [...rounds].sort(([a], [b]) => b - a).find(([, { answers }]) => answers.length > 0)?.[1]
}
