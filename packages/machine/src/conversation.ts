// Requests and answers on a stream, in the order that a protocol says, without knowing what carries them.
import { decodeEnvelope, MessageType, RefusalPayload } from '@hushgrid/messages'
import { HushgridError } from '@hushgrid/primitives'

/** A turn of a conversation: a request for the peer at the other end of the stream. */
export interface Ask {
  readonly type: 'ask'
  readonly bytes: Uint8Array
}

/** Outcome of a turn: the peer's answer, no bytes for a turn that wants none, undefined where nothing came. */
export type Answer = Uint8Array | undefined

/**
 * A conversation: gives one turn after the other, is told the answer to each, and ends with its outcome. Who carries it
 * may break it off at any turn; nothing of it outlives a restart.
 */
export type Conversation<Turn, Outcome> = Generator<Turn, Outcome, Answer>

/** Carries a conversation on where answers come as promises. A rejection breaks it off, and is thrown on. */
export async function converse<Turn, Outcome>(
  conversation: Conversation<Turn, Outcome>,
  carry: (turn: Turn) => Promise<Answer>
): Promise<Outcome> {
  let next = conversation.next()
  while (!next.done) next = conversation.next(await carry(next.value))
  return next.value
}

/** Carries a conversation on where answers come as calls; one that is never called back is broken off. */
export function converseByCalls<Turn, Outcome>(
  conversation: Conversation<Turn, Outcome>,
  carry: (turn: Turn, answered: (answer: Answer) => void) => void,
  over: (outcome: Outcome) => void
): void {
  const go = (answer?: Answer): void => {
    const next = conversation.next(answer)
    if (next.done) over(next.value)
    else carry(next.value, go)
  }
  go()
}

/** Way in which a request was not served. */
export type Failure =
  /** The machine made no request: it has been stopped. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unanswered' }
  /** The peer says no, in an answer that may hold more. */
  | { readonly kind: 'refused'; readonly why: string; readonly bytes: Uint8Array }
  /** The answer is another than the one asked for; the peer may serve the same request later. */
  | { readonly kind: 'not-served'; readonly reason: string }

/** A machine whose requests a conversation makes. */
export interface Party<Input, Output extends { readonly type: string }> {
  /** Makes one step of the machine; gives what was carried out. */
  readonly feed: (input: Input) => readonly Output[]
  /** Gives the request in an output, where it is one. */
  readonly requestIn: (output: Output) => Uint8Array | undefined
  /** Makes the input of the peer's answer. */
  readonly answered: (bytes: Uint8Array) => Input
  /** Gives the sentence that an output refuses with, where it does. */
  readonly refusalIn: (output: Output) => string | undefined
}

/**
 * Has a machine make a request, and feeds it the answer.
 *
 * @param wanted - the output that says that the request was served
 * @returns the answer that served it, or how it was not served
 */
export function* exchange<Input, Output extends { readonly type: string }>(
  party: Party<Input, Output>,
  request: Input,
  wanted: Output['type']
): Conversation<Ask, { readonly kind: 'served'; readonly bytes: Uint8Array } | Failure> {
  const asked = first(party.feed(request), party.requestIn)
  if (!asked) return { kind: 'stopped' }
  const bytes = yield { type: 'ask', bytes: asked }
  if (!bytes) return { kind: 'unanswered' }
  const outputs = party.feed(party.answered(bytes))
  const why = first(outputs, party.refusalIn)
  if (why !== undefined) return { kind: 'refused', why, bytes }
  if (outputs.some(output => output.type === wanted)) return { kind: 'served', bytes }
  return { kind: 'not-served', reason: reasonIn(bytes) }
}

function first<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

/** Gives the reason that an answer is not the one asked for: its own words where it is a Refusal. */
export function reasonIn(answer: Uint8Array): string {
  try {
    const envelope = decodeEnvelope(answer)
    if (envelope.type === MessageType.Refusal) return RefusalPayload.decode(envelope.payload).reason
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
  }
  return 'its answer is not of the kind that was asked for'
}
