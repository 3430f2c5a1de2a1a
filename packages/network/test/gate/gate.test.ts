// Who may connect, as a policy without sockets or a clock: known peers, guests, quotas, and what they cost to remember.
import { IdentityKey, type MeterId, SeededRng } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBlock } from '../../src/gate/address-block.ts'
import { AGGREGATOR, type Arrival, Gate, type GateRefusal, type GuestPolicy } from '../../src/gate/gate.ts'
import { HalfOpenSockets } from '../../src/gate/half-open.ts'
import { fieldLimits } from '../../src/gate/limits.ts'
import { TokenBuckets } from '../../src/gate/token-buckets.ts'

const MEMBERS = 10
const LIMITS = fieldLimits(MEMBERS)
const rng = new SeededRng('gate')
const someone = (): MeterId => IdentityKey.generate(rng).id
const never = (): void => {
  throw new Error('expected nobody to be closed')
}

function gateWith(guests?: GuestPolicy, limits = LIMITS) {
  const refusals: GateRefusal[] = []
  const clock = { now: 0 }
  const gate = new Gate({ limits, guests, now: () => clock.now, refused: why => refusals.push(why) })
  const arrive = (host = '192.0.2.1', close: () => void = never): Arrival => gate.arrive(host, close) as Arrival
  return { gate, refusals, clock, arrive }
}

describe('a gate without guests', () => {
  it('takes those that are known, and closes and counts everybody else', () => {
    const { gate, refusals, arrive } = gateWith()
    const [registrar, member, reader, stranger] = [someone(), someone(), someone(), someone()]
    gate.know('registrar', [registrar])
    gate.know('members', [member])
    gate.know('readers', [reader])
    expect([registrar, member, reader, stranger].map(id => gate.admit(id, arrive()))).toEqual([true, true, true, false])
    expect(refusals).toEqual(['stranger'])
  })

  it('knows a member until a roster without it, and tells of each change', () => {
    const { gate } = gateWith()
    const [stays, leaves, joins] = [someone(), someone(), someone()]
    const told: boolean[] = []
    gate.onChange(() => told.push(gate.knows(leaves)))
    gate.know('members', [stays, leaves])
    gate.know('members', [stays, joins])
    expect(told).toEqual([true, false])
    expect([stays, leaves, joins].map(id => gate.knows(id))).toEqual([true, false, true])
  })

  it('lets a stranger open nothing', () => {
    const { gate, refusals } = gateWith()
    expect(gate.takeStream(someone(), 'enrol')).toBeUndefined()
    expect(gate.mayOpen(someone(), undefined)).toBe(false)
    expect(refusals).toEqual(['stranger'])
  })
})

describe('an open gate, as in a lab', () => {
  it('takes everybody to everything, without a limit', () => {
    const refusals: GateRefusal[] = []
    const gate = new Gate({ limits: undefined, now: () => 0, refused: why => refusals.push(why) })
    const id = someone()
    for (let i = 0; i < 1_000; i++) {
      const arrival = gate.arrive('127.0.0.1', never) as Arrival
      expect(gate.admit(id, arrival) && gate.takeRequest(id, 'enrol') && gate.takeEnrolment(id, i)).toBe(true)
      expect(gate.takeStream(id, 'sync')).toBeDefined()
    }
    expect(gate.surplus(1_000)).toBe(0)
    expect(refusals).toEqual([])
  })
})

describe('guests', () => {
  it('of a list may open their stream and nothing else, and are guests no more once they are known', () => {
    const meter = someone()
    const { gate, refusals, arrive } = gateWith({ streams: ['enrol'], allowed: new Set([meter]) })
    expect(gate.admit(someone(), arrive())).toBe(false)
    expect(gate.admit(meter, arrive())).toBe(true)
    expect([gate.mayOpen(meter, 'enrol'), gate.mayOpen(meter, 'sync'), gate.mayOpen(meter, undefined)]).toEqual([true, false, false])
    expect([gate.knows(meter), gate.guests]).toEqual([false, 1])
    gate.know('enrolled', [meter])
    expect([gate.knows(meter), gate.guests, gate.mayOpen(meter, undefined)]).toEqual([true, 0, true])
    expect(refusals).toEqual(['stranger'])
  })

  it('of anywhere are so many of one address, and so many in all', () => {
    const { gate, refusals, arrive } = gateWith({ streams: ['enrol'] })
    const { perBlock, inAll } = LIMITS.guests
    const first = Array.from({ length: perBlock }, () => arrive())
    for (const arrival of first) expect(gate.admit(someone(), arrival)).toBe(true)
    expect(gate.admit(someone(), arrive())).toBe(false)
    expect(gate.admit(someone(), arrive('198.51.100.1'))).toBe(true)
    first[0]?.gone()
    expect(gate.admit(someone(), arrive())).toBe(true)
    for (let i = gate.guests; i < inAll; i++) expect(gate.admit(someone(), arrive(`203.0.113.${i}`))).toBe(true)
    expect(gate.admit(someone(), arrive('198.51.100.2'))).toBe(false)
    expect(refusals).toEqual(['too-many-guests', 'too-many-guests'])
  })

  it('of one address enrol so many at once, then one a minute; in all no more than the network could need', () => {
    const { gate, clock, arrive } = gateWith({ streams: ['enrol'] })
    const enrol = (host: string, enrolled: number): boolean => {
      const [id, arrival] = [someone(), arrive(host)]
      gate.admit(id, arrival)
      const taken = gate.takeEnrolment(id, enrolled)
      arrival.gone()
      return taken
    }
    const { burst } = LIMITS.enrolments
    expect(Array.from({ length: burst + 3 }, (_, i) => enrol('192.0.2.1', i)).filter(Boolean)).toHaveLength(burst)
    expect(enrol('198.51.100.1', burst)).toBe(true)
    clock.now += 60_000
    expect([enrol('192.0.2.1', burst), enrol('192.0.2.1', burst)]).toEqual([true, false])
    expect(enrol('198.51.100.1', LIMITS.enrolled)).toBe(false)
  })

  it('of a list enrol without a quota: the list is one', () => {
    const meters = Array.from({ length: 100 }, someone)
    const { gate } = gateWith({ streams: ['enrol'], allowed: new Set(meters) })
    for (const id of meters) expect(gate.takeEnrolment(id, LIMITS.enrolled)).toBe(true)
  })
})

describe('one known peer', () => {
  it('has so many connections, the newest, and so many streams of a protocol', () => {
    const { gate, refusals } = gateWith()
    const [one, other] = [someone(), someone()]
    gate.know('members', [one, other])
    expect([1, 4, 5, 9].map(open => gate.surplus(open))).toEqual([0, 0, 1, 5])
    const ends = Array.from({ length: 6 }, () => gate.takeStream(one, 'sync'))
    expect(ends.map(end => end !== undefined)).toEqual([true, true, true, true, false, false])
    expect([gate.takeStream(one, 'enrol'), gate.takeStream(other, 'sync')].every(Boolean)).toBe(true)
    ends[0]?.()
    expect(gate.takeStream(one, 'sync')).toBeDefined()
    expect(refusals.filter(why => why === 'too-many-streams')).toHaveLength(2)
  })

  it('asks the registrar for the time every hour and as often as getting in takes, and not without end', () => {
    const { gate, clock } = gateWith()
    const meter = someone()
    gate.know('enrolled', [meter])
    const asked = (times: number): number => Array.from({ length: times }, () => gate.takeRequest(meter, 'enrol')).filter(Boolean).length
    expect(asked(1_000)).toBe(64)
    clock.now += 3_600_000
    // Four round trips, and every request of a join twice over.
    expect(asked(4 + 2 * 16)).toBe(36)
  })

  it('brings a conflict for each wrong share of a slot, where it is the aggregator', () => {
    const { gate } = gateWith()
    const aggregator = someone()
    gate.know(AGGREGATOR, [aggregator])
    for (let conflict = 0; conflict < 5 * 18; conflict++) expect(gate.takeRequest(aggregator, 'enrol')).toBe(true)
  })
})

describe('sockets in their handshake', () => {
  it('give way to newer ones of their address, and in all to those of the fullest', () => {
    const closed: string[] = []
    const sockets = new HalfOpenSockets({ perBlock: 3, inAll: 5 })
    const add = (block: string, name: string): (() => void) => sockets.add(block, () => closed.push(name))
    for (const name of ['a1', 'a2', 'a3', 'a4']) add('a', name)
    expect(closed).toEqual(['a1'])
    add('b', 'b1')
    const done = add('c', 'c1')
    expect(closed).toEqual(['a1'])
    add('d', 'd1')
    expect(closed).toEqual(['a1', 'a2'])
    done()
    done()
    expect(sockets.size).toBe(4)
    add('e', 'e1')
    expect([closed, sockets.size]).toEqual([['a1', 'a2'], 5])
  })

  it('are never more than the limits allow, whoever comes and goes', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(steps, moves => {
        const sockets = new HalfOpenSockets({ perBlock: 4, inAll: 9 })
        const open = new Map<string, Set<() => void>>()
        for (const [block, comes] of moves) {
          const own = open.get(`${block}`) ?? new Set()
          open.set(`${block}`, own)
          if (comes) {
            const done = sockets.add(`${block}`, () => own.delete(done))
            own.add(done)
          } else
            for (const done of [...own].slice(0, 1)) {
              own.delete(done)
              done()
            }
          const sizes = [...open.values()].map(({ size }) => size)
          expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(sockets.size)
          expect(sockets.size).toBeLessThanOrEqual(9)
        }
      }),
      { seed: 7 }
    )
  })

  it('are refused unread where one address brings too many, and that one alone', () => {
    const { gate, clock, refusals } = gateWith()
    const brought = (host: string, times: number): number =>
      Array.from({ length: times }, () => gate.arrive(host, () => undefined)).filter(Boolean).length
    expect(brought('192.0.2.1', 400)).toBe(LIMITS.arrivals.burst)
    expect(brought('192.0.2.2', 1)).toBe(1)
    clock.now += 1_000
    expect(brought('192.0.2.1', 400)).toBe(LIMITS.arrivals.perSecond)
    expect(refusals.filter(why => why === 'too-many-arrivals')).toHaveLength(800 - 64 - 8)
  })
})

describe('quotas', () => {
  it('cost bounded memory, whatever names come, and forget those that are full again', () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 })
    for (let i = 0; i < 20_000; i++) buckets.take(`name ${i}`, 0)
    expect(buckets.size).toBeLessThanOrEqual(4_097)
    expect(buckets.take('one more', 0)).toBe(false)
    expect(buckets.take('one more', 10_000)).toBe(true)
    expect(buckets.size).toBeLessThanOrEqual(2)
  })

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64']
  ])('count %s as %s', (host, block) => {
    expect(addressBlock(host)).toBe(block)
  })
})
