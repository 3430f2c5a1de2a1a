// Questions about the time and their answers, under a clock that the test moves; the registrar is on its own time.
import { decodeEnvelope, MessageType, sealEnvelope, TimeReply, TimeRequest } from '@hushgrid/messages'
import { type Epoch, IdentityKey, type Millis, SeededRng, type Slot, slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import {
  type AsksForTime,
  askTimeIfDue,
  type ClockContext,
  type ClockOutput,
  clockWakeAt,
  demandTime,
  isFresh,
  protocolClock,
  receiveTime
} from '../../src/protocol/protocol-clock.ts'

const NETWORK = new Uint8Array(32).fill(7)
const REGISTRAR = IdentityKey.generate(new SeededRng('registrar of the clock'))
const START = 1_767_225_600_000
const HOUR = 3_600_000
const UNIT = slotTimes(0 as Slot, 900).unit

/** A node that asks: `time` is the registrar's, and the node's own clock is ahead of it by `offset`. */
class Asker {
  readonly state: ClockContext['state']
  readonly outputs: ClockOutput[] = []
  time = START
  offset: number

  constructor(asks: AsksForTime, offset = 0) {
    const rng = new SeededRng(`asker ${asks}`)
    this.offset = offset
    const identity = IdentityKey.generate(rng)
    const config = { identity, networkId: NETWORK, slotSeconds: 900, registrarKey: REGISTRAR.id, asks, rng }
    this.state = { config, clock: protocolClock(asks, this.now) }
  }

  get now(): Millis {
    return (this.time + this.offset) as Millis
  }

  get clock() {
    return this.state.clock
  }

  step(run: (context: ClockContext) => void): ClockOutput[] {
    const out: ClockOutput[] = []
    run({ state: this.state, now: this.now, out })
    this.outputs.push(...out)
    for (const output of out) if (output.type === 'clock-adjusted') this.offset += output.by
    return out
  }

  tick(): ClockOutput[] {
    return this.step(askTimeIfDue)
  }

  /** Lets time pass to the next tick that the clock wants; gives what it puts out. */
  wake(): ClockOutput[] {
    const at = clockWakeAt(this.state)
    if (at === undefined) throw new Error('expected a clock that wants a tick')
    this.time += Math.max(0, at - this.now)
    return this.tick()
  }

  /** The nonce of the last question. */
  get nonce(): Uint8Array {
    const asked = this.outputs.findLast(output => output.type === 'ask-time')
    if (asked?.type !== 'ask-time') throw new Error('expected a question')
    return TimeRequest.decode(decodeEnvelope(asked.bytes).payload).nonce
  }

  take(nonce: Uint8Array, unixMillis: number, signer = REGISTRAR): ClockOutput[] {
    const payload = TimeReply.encode({ nonce, unixMillis })
    const bytes = sealEnvelope(signer, MessageType.TimeReply, NETWORK, 0 as Epoch, 0 as Slot, payload)
    return this.step(context => receiveTime(context, decodeEnvelope(bytes)))
  }

  /** Answers the last question, which takes so long to get there, and its answer so long to come back. */
  answer(there: number, back: number): ClockOutput[] {
    const { nonce } = this
    this.time += there
    const told = this.time
    this.time += back
    return this.take(nonce, told)
  }
}

describe('an enquiry', () => {
  it('puts four questions one after the other, and goes by the one with the least round trip', () => {
    const asker = new Asker('hourly', -7_000)
    expect(asker.tick().map(({ type }) => type)).toEqual(['ask-time'])
    // Offsets by the four answers are wrong by 100, 5, 300 and 20 ms.
    expect(asker.answer(300, 100).map(({ type }) => type)).toEqual(['ask-time'])
    asker.answer(15, 25)
    asker.answer(800, 200)
    expect(asker.clock.known).toBe(false)
    expect(asker.answer(90, 50)).toEqual([{ type: 'clock-adjusted', by: 6_995, roundTrip: 40, first: true, wasOff: false }])
    expect([asker.offset, asker.clock.known]).toEqual([-5, true])
    const nonces = asker.outputs.flatMap(output => (output.type === 'ask-time' ? [decodeEnvelope(output.bytes)] : []))
    expect(nonces).toHaveLength(4)
    for (const envelope of nonces) expect(envelope).toMatchObject({ type: MessageType.TimeRequest, epoch: 0, slot: 0 })
  })

  it.each([
    ['hourly', 2_000],
    ['at-start', UNIT / 4]
  ] as const)('counts no round trip above the limit, and goes on without the answer (%s: %d ms)', (asks, limit) => {
    const asker = new Asker(asks, 500)
    asker.tick()
    // Not answered in time: the next question goes out, and the answer to the first is one with another nonce.
    const late = asker.nonce
    expect(asker.wake().map(({ type }) => type)).toEqual(['ask-time'])
    expect(asker.now - asker.offset - START).toBe(Math.floor(limit) + 1)
    expect(() => asker.take(late, asker.time)).toThrow('duplicate')
    // Answered a moment too late, before the tick.
    asker.answer(limit + 1, 0)
    asker.answer(Math.floor(limit), 0)
    expect(asker.clock.known).toBe(false)
    // Three of four do not count; the one that does is at the limit.
    expect(asker.wake()).toMatchObject([{ type: 'clock-adjusted', roundTrip: Math.floor(limit) }])
  })

  it('takes an answer once, with the last nonce, of the registrar and with its signature only', () => {
    const asker = new Asker('hourly', 90_000)
    asker.tick()
    const { nonce } = asker
    const stranger = IdentityKey.generate(new SeededRng('stranger'))
    expect(() => asker.take(new Uint8Array(16), asker.time)).toThrow('duplicate')
    expect(() => asker.take(nonce, asker.time, stranger)).toThrow('unknown-sender')
    const payload = TimeReply.encode({ nonce, unixMillis: asker.time })
    const honest = decodeEnvelope(sealEnvelope(REGISTRAR, MessageType.TimeReply, NETWORK, 0 as Epoch, 0 as Slot, payload))
    const moved = { ...honest, payload: TimeReply.encode({ nonce, unixMillis: asker.time + 1 }) }
    expect(() => asker.step(context => receiveTime(context, moved))).toThrow('bad-signature')
    asker.take(nonce, asker.time)
    expect(() => asker.take(nonce, asker.time)).toThrow('duplicate')
    for (let i = 0; i < 3; i++) asker.answer(1, 1)
    expect(asker.offset).toBe(0)
    expect(() => asker.take(asker.nonce, asker.time + HOUR)).toThrow('duplicate')
    expect(asker.offset).toBe(0)
  })

  it.each([
    [UNIT / 2 + 2, true],
    [-UNIT / 2 - 2, true],
    [UNIT / 2 - 2, false],
    [0, false]
  ])('says where the clock was off by more than half a unit (%d ms)', (offset, wasOff) => {
    const asker = new Asker('hourly', offset)
    asker.tick()
    for (let i = 0; i < 4; i++) asker.answer(1, 1)
    expect(asker.outputs.at(-1)).toMatchObject({ type: 'clock-adjusted', by: 0 - offset, wasOff })
  })

  it('goes on where the clock is set back between question and answer', () => {
    const asker = new Asker('hourly')
    asker.tick()
    asker.offset -= 40 * UNIT
    expect(asker.tick().map(({ type }) => type)).toEqual(['ask-time'])
    for (let i = 0; i < 3; i++) asker.answer(1, 1)
    expect(asker.offset).toBe(0)
  })
})

describe('occasions to ask', () => {
  it('are the start and one random time in every hour', () => {
    const asker = new Asker('hourly')
    asker.time += 20 * 60_000
    asker.tick()
    for (let i = 0; i < 4; i++) asker.answer(10, 10)
    const minutes: number[] = []
    for (let hour = 1; hour <= 24; hour++) {
      asker.wake()
      expect(Math.floor((asker.time - START) / HOUR)).toBe(hour)
      minutes.push(Math.floor(((asker.time - START) % HOUR) / 60_000))
      for (let i = 0; i < 4; i++) asker.answer(10, 10)
      expect(asker.clock.enquiry).toBe(undefined)
    }
    // Uniform draws from sixty: about 20 of 24 differ, and both halves of the hour are met.
    expect(new Set(minutes).size).toBeGreaterThan(14)
    expect(minutes.filter(minute => minute < 30).length).toBeGreaterThan(5)
    expect(minutes.filter(minute => minute >= 30).length).toBeGreaterThan(5)
  })

  it('in an hour without an answer leave the last offset, and wait for the next hour', () => {
    const asker = new Asker('hourly')
    asker.tick()
    for (let i = 0; i < 4; i++) asker.answer(10, 10)
    asker.wake()
    for (let i = 0; i < 4; i++) {
      expect(asker.clock.enquiry).toBeDefined()
      asker.wake()
    }
    expect([asker.offset, asker.clock.enquiry, asker.clock.known]).toEqual([0, undefined, true])
    expect(Math.floor(((clockWakeAt(asker.state) ?? 0) - START) / HOUR)).toBe(2)
  })

  it('come again soon while the time is not known', () => {
    const asker = new Asker('hourly', 123_456)
    const pauses: number[] = []
    for (let enquiry = 0; enquiry < 6; enquiry++) {
      const before = asker.time
      asker.wake()
      if (enquiry > 0) pauses.push(asker.time - before)
      for (let i = 0; i < 4; i++) asker.wake()
      expect([asker.clock.known, asker.clock.enquiry]).toEqual([false, undefined])
    }
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(UNIT / 4)
      expect(pause).toBeLessThanOrEqual(UNIT / 2 + 1)
    }
    expect(new Set(pauses).size).toBeGreaterThan(3)
    asker.wake()
    for (let i = 0; i < 4; i++) asker.answer(1, 1)
    expect([asker.offset, asker.clock.known]).toEqual([0, true])
  })

  it('are the start alone in a lab, and none where clocks are shared', () => {
    const lab = new Asker('at-start')
    expect([lab.clock.known, lab.tick().length]).toEqual([false, 1])
    for (let i = 0; i < 4; i++) lab.answer(1, 1)
    expect([lab.clock.known, clockWakeAt(lab.state)]).toEqual([true, undefined])
    const shared = new Asker('on-demand')
    expect([shared.clock.known, shared.tick(), clockWakeAt(shared.state)]).toEqual([true, [], undefined])
  })
})

describe('a demand', () => {
  it.each(['hourly', 'at-start', 'on-demand'] as const)('asks at once, and again until an answer counts (%s)', asks => {
    const asker = new Asker(asks)
    asker.tick()
    for (let i = 0; i < 4 && asks !== 'on-demand'; i++) asker.answer(1, 1)
    asker.time += 10 * UNIT
    asker.offset = 5 * UNIT
    expect(isFresh(asker.clock, UNIT, asker.now)).toBe(false)
    expect(asker.step(demandTime).map(({ type }) => type)).toEqual(['ask-time'])
    // A second demand joins the enquiry of the first.
    expect(asker.step(demandTime)).toEqual([])
    for (let i = 0; i < 4; i++) asker.wake()
    const waited = (clockWakeAt(asker.state) ?? Number.POSITIVE_INFINITY) - asker.now
    expect(waited).toBeLessThanOrEqual(UNIT / 2 + 1)
    asker.wake()
    for (let i = 0; i < 4; i++) asker.answer(1, 1)
    expect([asker.offset, isFresh(asker.clock, UNIT, asker.now)]).toEqual([0, true])
    expect(asker.clock.demanded).toBe(false)
  })

  it('is served by an answer that is young enough, unless the clock was moved since', () => {
    const asker = new Asker('hourly')
    asker.tick()
    for (let i = 0; i < 4; i++) asker.answer(1, 1)
    asker.time += UNIT - 1
    expect(isFresh(asker.clock, UNIT, asker.now)).toBe(true)
    asker.time += 1
    expect(isFresh(asker.clock, UNIT, asker.now)).toBe(false)
    asker.time -= UNIT - 10
    expect(isFresh(asker.clock, UNIT, asker.now)).toBe(true)
    for (const moved of [-40 * UNIT, 40 * UNIT]) expect(isFresh(asker.clock, UNIT, (asker.now + moved) as Millis)).toBe(false)
  })
})
