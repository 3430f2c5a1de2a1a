// Who may have what of a meter: the code that it shows, and the proof that a customer knows K.
import { IdentityKey, type Millis, SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { openBatch } from '../../src/batch/batch.ts'
import { decodeBatch } from '../../src/batch/encoding.ts'
import { keyEpoch } from '../../src/batch/key-epoch.ts'
import { provenRequest } from '../../src/meter/home-messages.ts'
import { newPairingTicket } from '../../src/meter/pairing.ts'
import { at, CUSTOMER, METER, Meter, slotOf } from '../support/billing-meter.ts'

const NOW = at('2013-02-06T00:00Z')
const parties = { meter: METER.id, customer: CUSTOMER }

function meterOfTwoDays(): Meter {
  const meter = new Meter(at('2013-02-04T00:00Z'))
  meter.run('2013-02-04T00:00Z', '2013-02-06T00:00Z')
  return meter
}

describe('a code', () => {
  it('gives K, once, with all that was sealed before anybody had it', () => {
    const meter = meterOfTwoDays()
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    meter.ticket = ticket
    const { epoch, key } = meter.key
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, NOW)).toEqual({ type: 'paired', epoch, key })
    expect(meter.ticket).toBeUndefined()
    expect(meter.batches().map(batch => openBatch(batch, key).header.keyEpoch)).toEqual([0, 0])
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, NOW)).toMatchObject({ type: 'refused' })
    // Kept and burnt before it is answered.
    const kinds = meter.outputs.map(({ type }) => type)
    expect(kinds.slice(kinds.indexOf('keys'), kinds.indexOf('keys') + 4)).toEqual(['keys', 'ticket', 'paired', 'reply'])
  })

  it('pairs nobody where none was shown', () => {
    expect(meterOfTwoDays().ask({ type: 'pair', code: new Uint8Array(32) })).toMatchObject({ type: 'refused' })
  })

  const wrongCode = (code: Uint8Array, wrong: number): Uint8Array => code.map((byte, i) => (i === 31 ? byte ^ wrong : byte))

  it('stays good whatever others send, as often as they like', () => {
    const meter = meterOfTwoDays()
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    meter.ticket = ticket
    for (let wrong = 1; wrong <= 200; wrong++) {
      const other = IdentityKey.generate(new SeededRng(`stranger ${wrong % 7}`)).id
      expect(meter.ask({ type: 'pair', code: wrongCode(code, wrong % 255 || 1) }, other, NOW)).toMatchObject({ type: 'refused' })
    }
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, NOW)).toMatchObject({ type: 'paired' })
  })

  it('is not looked at for a while after five wrong ones from the same source', () => {
    const meter = meterOfTwoDays()
    const { code, ticket } = newPairingTicket(new SeededRng('code'))
    meter.ticket = ticket
    const later = (seconds: number): Millis => (NOW + 1000 * seconds) as Millis
    for (let wrong = 1; wrong <= 5; wrong++)
      expect(meter.ask({ type: 'pair', code: wrongCode(code, wrong) }, CUSTOMER, NOW)).toMatchObject({
        reason: expect.stringContaining('expected the code that the meter shows')
      })
    const refused = { type: 'refused', reason: 'pairing: expected no code after several wrong ones for 12 s, got one' }
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, NOW)).toEqual(refused)
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, later(11))).toMatchObject({ reason: expect.stringContaining('for 1 s, got one') })
    expect(meter.ask({ type: 'pair', code }, CUSTOMER, later(12))).toMatchObject({ type: 'paired' })
  })
})

describe('a customer', () => {
  it('lists and fetches batches with a proof that it knows K', () => {
    const meter = meterOfTwoDays()
    const key = meter.pair(NOW)
    const list = meter.ask(provenRequest(key, parties, { type: 'list' }))
    const firstSlot = slotOf('2013-02-05T00:00Z')
    expect(list).toEqual({
      type: 'list',
      inForce: true,
      batches: [
        { firstSlot: slotOf('2013-02-04T00:00Z'), slots: 24 },
        { firstSlot, slots: 24 }
      ]
    })
    const got = meter.ask(provenRequest(key, parties, { type: 'get', firstSlot }))
    expect(got.type === 'batch' && openBatch(decodeBatch(got.bytes), key.key).header.firstSlot).toBe(firstSlot)
    const none = meter.ask(provenRequest(key, parties, { type: 'get', firstSlot: slotOf('2013-02-06T00:00Z') }))
    expect(none).toMatchObject({ type: 'refused', reason: expect.stringContaining('expected the first slot of a batch') })
  })

  it('is refused with another key or epoch, another end of the stream, another meter or another request', () => {
    const meter = meterOfTwoDays()
    const key = meter.pair(NOW)
    const firstSlot = slotOf('2013-02-05T00:00Z')
    const refused = { type: 'refused', reason: 'expected a customer that this meter is paired with' }
    const proven = provenRequest(key, parties, { type: 'get', firstSlot })
    if (proven.type !== 'get') throw new Error('expected a request for a batch')
    expect(meter.ask(provenRequest({ ...key, key: new Uint8Array(32) }, parties, { type: 'list' }))).toEqual(refused)
    expect(meter.ask(provenRequest({ ...key, epoch: keyEpoch(1) }, parties, { type: 'list' }))).toEqual(refused)
    expect(meter.ask(proven, METER.id)).toEqual(refused)
    expect(meter.ask(provenRequest(key, { ...parties, meter: CUSTOMER }, { type: 'list' }))).toEqual(refused)
    expect(meter.ask({ ...proven, firstSlot: slotOf('2013-02-04T00:00Z') })).toEqual(refused)
    expect(meter.ask({ type: 'list', keyEpoch: key.epoch, proof: proven.proof })).toEqual(refused)
    expect(meter.ask(proven)).toMatchObject({ type: 'batch' })
  })

  it('of another epoch is refused with the proof of this one', () => {
    const meter = meterOfTwoDays()
    const old = meter.pair(NOW)
    meter.pair(at('2013-02-06T05:00Z'))
    const proven = provenRequest(old, parties, { type: 'list' })
    if (proven.type !== 'list') throw new Error('expected a request for the list')
    expect(meter.ask(proven)).toMatchObject({ type: 'list' })
    expect(meter.ask({ ...proven, keyEpoch: keyEpoch(1) })).toMatchObject({ type: 'refused' })
  })

  it.each([
    ['nothing', []],
    ['another version', [1, 2]],
    ['an unknown kind', [2, 9]],
    ['half a proof', [2, 2, ...Array(4 + 16).fill(0)]],
    ['more than a proof', [2, 2, ...Array(4 + 33).fill(0)]],
    ['a slot that is none', [2, 3, ...Array(4).fill(0), ...Array(8).fill(255), ...Array(32).fill(0)]]
  ])('is refused with %s', (_, bytes) => {
    expect(meterOfTwoDays().askBytes(Uint8Array.from(bytes))).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/^home request: /)
    })
  })

  it('of a version that had one K for ever is told so', () => {
    const reply = meterOfTwoDays().askBytes(Uint8Array.from([1, 2, ...Array(32).fill(0)]))
    expect(reply).toEqual({ type: 'refused', reason: 'home request: version: expected 2, got 1' })
  })
})
