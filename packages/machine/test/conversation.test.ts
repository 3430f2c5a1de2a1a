// Conversations: turns in order, both ways of carrying them, and how requests are not served.
import { MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { type Answer, type Ask, type Conversation, converse, converseByCalls, exchange, type Party } from '../src/conversation.ts'

type Input = { readonly type: 'greet' | 'part' } | { readonly type: 'message'; readonly bytes: Uint8Array }
type Output =
  | { readonly type: 'request'; readonly bytes: Uint8Array }
  | { readonly type: 'greeted' | 'parted' }
  | { readonly type: 'refused'; readonly reason: string }

/** A machine that greets with 1 and parts with 2, is answered by 11 and 12, and turned away with 0. */
function guest(stopped = false): Party<Input, Output> & { readonly fed: string[] } {
  const fed: string[] = []
  return {
    fed,
    feed: input => {
      fed.push(input.type)
      if (stopped) return []
      if (input.type !== 'message') return [{ type: 'request', bytes: new Uint8Array([input.type === 'greet' ? 1 : 2]) }]
      if (input.bytes[0] === 11) return [{ type: 'greeted' }]
      if (input.bytes[0] === 12) return [{ type: 'parted' }]
      return input.bytes[0] === 0 ? [{ type: 'refused', reason: 'full' }] : []
    },
    requestIn: output => (output.type === 'request' ? output.bytes : undefined),
    answered: bytes => ({ type: 'message', bytes }),
    refusalIn: output => (output.type === 'refused' ? `the host refuses: ${output.reason}` : undefined)
  }
}

type Turn = Ask | { readonly type: 'dance' }

function* visit(party: Party<Input, Output>): Conversation<Turn, string> {
  const greeted = yield* exchange(party, { type: 'greet' }, 'greeted')
  if (greeted.kind !== 'served') return greeted.kind
  if (!(yield { type: 'dance' })) return 'no dance'
  const parted = yield* exchange(party, { type: 'part' }, 'parted')
  return parted.kind === 'served' ? `visited, and ${parted.bytes[0]} at the end` : parted.kind
}

const EMPTY = new Uint8Array(0)
/** A host that answers as a guest expects. */
const host = (turn: Turn): Answer => (turn.type === 'dance' ? EMPTY : new Uint8Array([10 + (turn.bytes[0] as number)]))

describe('a conversation', () => {
  it('takes its turns in order, each after the answer to the one before', async () => {
    const turns: string[] = []
    const party = guest()
    const carry = async (turn: Turn): Promise<Answer> => {
      turns.push(turn.type)
      await Promise.resolve()
      return host(turn)
    }
    expect(await converse(visit(party), carry)).toBe('visited, and 12 at the end')
    expect(turns).toEqual(['ask', 'dance', 'ask'])
    expect(party.fed).toEqual(['greet', 'message', 'part', 'message'])
  })

  it('goes the same way where answers come by calls, also at once', () => {
    const outcomes: string[] = []
    const waiting: (() => void)[] = []
    converseByCalls(
      visit(guest()),
      (turn, answered) => {
        if (turn.type === 'dance') answered(EMPTY)
        else waiting.push(() => answered(host(turn)))
      },
      outcome => outcomes.push(outcome)
    )
    while (waiting.length > 0) waiting.shift()?.()
    expect(outcomes).toEqual(['visited, and 12 at the end'])
  })

  it('is broken off by who carries it: by a rejection, or by never answering', async () => {
    const party = guest()
    const cut = (): Promise<Answer> => Promise.reject(new Error('the stream ended'))
    await expect(converse(visit(party), cut)).rejects.toThrow('the stream ended')
    expect(party.fed).toEqual(['greet'])
    converseByCalls(
      visit(party),
      () => undefined,
      () => expect.unreachable('it is never over')
    )
  })

  it('says how a request was not served', async () => {
    const outcome = (answer: Answer, party = guest()) =>
      converse(exchange(party, { type: 'greet' }, 'greeted'), () => Promise.resolve(answer))
    expect(await outcome(new Uint8Array([11]))).toEqual({ kind: 'served', bytes: new Uint8Array([11]) })
    expect(await outcome(undefined)).toEqual({ kind: 'unanswered' })
    expect(await outcome(new Uint8Array([0]))).toEqual({ kind: 'refused', why: 'the host refuses: full', bytes: new Uint8Array([0]) })
    expect(await outcome(new Uint8Array([12]))).toEqual({
      kind: 'not-served',
      reason: 'its answer is not of the kind that was asked for'
    })
    const key = new IdentityKey(new Uint8Array(32).fill(3))
    const refusal = RefusalPayload.encode({ requestHash: new Uint8Array(32), reason: 'flood' })
    expect(await outcome(sealEnvelope(key, MessageType.Refusal, new Uint8Array(32), 0 as Epoch, 0 as Slot, refusal))).toEqual({
      kind: 'not-served',
      reason: 'flood'
    })
    expect(await outcome(new Uint8Array([11]), guest(true))).toEqual({ kind: 'stopped' })
  })
})
