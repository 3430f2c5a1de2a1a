// The receiving door: what it lets in, what it counts, what it throws on.
import { Drop, DropCounter, decodeEnvelope, FLOOD_ALLOWANCE, LeaveRequest, MessageType, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, type MeterId, type Slot, WeakKeyError } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { Door } from '../src/door.ts'

const sender = new IdentityKey(new Uint8Array(32).fill(7))
const door = new Door({ enrol: [MessageType.LeaveRequest], sync: [MessageType.Dispute, MessageType.SlotTotal] })
const bytes = sealEnvelope(
  sender,
  MessageType.LeaveRequest,
  new Uint8Array(32),
  0 as Epoch,
  5 as Slot,
  LeaveRequest.encode({ unixMillis: 0 })
)
const from = 'ab'.repeat(32) as MeterId
const message = (channel: 'enrol' | 'sync', content: Uint8Array = bytes) => ({ type: 'message', channel, from, bytes: content }) as const

type Output = { readonly type: 'taken'; readonly slot: Slot }

describe('a door', () => {
  it('lets in what its channel takes, and accepts it unless told otherwise', () => {
    const drops = new DropCounter()
    const outputs = door.receive<Output>(message('enrol'), { slotNow: 5, drops }, ({ slot }, out) => {
      out.push({ type: 'taken', slot })
      return undefined
    })
    expect(outputs).toEqual([
      { type: 'taken', slot: 5 },
      { type: 'verdict', verdict: 'accept' }
    ])
    expect(door.receive(message('enrol'), { slotNow: 5, drops }, () => 'ignore')).toEqual([{ type: 'verdict', verdict: 'ignore' }])
    expect(drops.counts).toEqual({})
  })

  it('keeps out what is too long, not decodable, or of a type for another channel', () => {
    const drops = new DropCounter()
    const reasonOf = (channel: 'enrol' | 'sync', content?: Uint8Array): unknown => {
      const outputs = door.receive(message(channel, content), { slotNow: 5, drops }, () => {
        throw new Error('expected nothing to be handled')
      })
      expect(outputs.map(({ type }) => type)).toEqual(['dropped', 'verdict'])
      const [dropped] = outputs
      return dropped?.type === 'dropped' ? [dropped.reason, dropped.from] : undefined
    }
    expect(reasonOf('enrol', new Uint8Array(door.limit('enrol') + 1))).toEqual(['oversized', from])
    expect(reasonOf('enrol', new Uint8Array([255, 1]))).toEqual(['malformed', from])
    expect(reasonOf('sync')).toEqual(['unexpected-type', from])
    expect(drops.counts).toEqual({ oversized: 1, malformed: 1, 'unexpected-type': 1 })
    expect(door.limit('sync')).toBeGreaterThan(door.limit('enrol'))
  })

  it('drops what the handler does not take, with what was put out before', () => {
    const drops = new DropCounter()
    const outputs = door.receive<Output>(message('enrol'), { slotNow: 5, drops }, ({ slot }, out) => {
      out.push({ type: 'taken', slot })
      throw new Drop('bad-signature', 'by nobody')
    })
    expect(outputs).toEqual([
      { type: 'taken', slot: 5 },
      { type: 'dropped', reason: 'bad-signature', from, detail: 'by nobody' },
      { type: 'verdict', verdict: expect.any(String) }
    ])
  })

  it('drops what is signed by a weak key, and throws a defect on', () => {
    const handled = (cause: Error) => () =>
      door.receive(message('enrol'), { slotNow: 5, drops: new DropCounter() }, () => {
        throw cause
      })
    expect(handled(new WeakKeyError('of small order'))()[0]).toMatchObject({ type: 'dropped', reason: 'bad-field' })
    expect(handled(new TypeError('a defect'))).toThrow(TypeError)
  })

  it('maps failures as a protocol of its own says', () => {
    const outputs = door.receive(
      message('enrol'),
      { slotNow: 5, drops: new DropCounter(), asDrop: () => new Drop('wrong-shape', 'no ciphertext') },
      () => {
        throw new RangeError('no ciphertext')
      }
    )
    expect(outputs[0]).toMatchObject({ reason: 'wrong-shape', detail: 'no ciphertext' })
  })

  it('reads no more of a peer that floods it, until the next slot', () => {
    const drops = new DropCounter()
    let handled = 0
    const receive = (slotNow: number, content?: Uint8Array) =>
      door.receive(message('enrol', content), { slotNow, drops }, () => {
        handled++
        return undefined
      })
    for (let i = 0; i < FLOOD_ALLOWANCE; i++) receive(5, new Uint8Array(1))
    expect(receive(5)[0]).toMatchObject({ type: 'dropped', reason: 'flood' })
    expect(handled).toBe(0)
    expect(receive(6)).toEqual([{ type: 'verdict', verdict: 'accept' }])
  })

  it('has messages decoded by whoever shares what is decoded', () => {
    const limits: number[] = []
    const decode = (content: Uint8Array, limit: number) => {
      limits.push(limit)
      return decodeEnvelope(content, limit)
    }
    door.receive(message('enrol'), { slotNow: 5, drops: new DropCounter(), decode }, () => 'accept')
    expect(limits).toEqual([door.limit('enrol')])
  })
})
