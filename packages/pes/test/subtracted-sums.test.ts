// What the supplier works out by adding and subtracting sums that the PES gave it, of slots and of billing periods.
import { decodeEnvelope, MessageType, PeriodAggregate, PesAggregate, PesBatch, PesBatchReply } from '@hushgrid/messages'
import { meterId, SeededRng, type Slot, signedLanes, slotTimes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { decodeIndexSet } from '../src/index-set.ts'
import { createPes } from '../src/pes/machine.ts'
import { givenSums } from '../src/pes/subtraction.ts'
import { upTo, without } from './support/split-path.ts'
import { FIRST_SLOT, type PathOptions, reading, SLOT_SECONDS, VirtualPath } from './support/virtual-path.ts'

const PERIOD = 8
const [MIN_MEMBERS, MIN_READINGS] = [6, 4]

/** Whose readings a slot's sum is of, and the slots that a household's sum is of. */
interface Given {
  readonly slots: ReadonlyMap<number, ReadonlySet<number>>
  readonly households: ReadonlyMap<number, ReadonlySet<number>>
}

/** Finds in the signed envelopes what the supplier was given; a household's sum is of its readings in slots of its period. */
function given(path: VirtualPath, passed: (index: number, slot: number) => boolean): Given {
  const slots = new Map<number, ReadonlySet<number>>()
  const households = new Map<number, ReadonlySet<number>>()
  for (const output of path.outputs.concentrator) {
    if (output.type !== 'forward') continue
    const { type, slot, payload } = decodeEnvelope(output.bytes)
    if (type === MessageType.PesAggregate) {
      const { contributors, ciphertext } = PesAggregate.decode(payload)
      if (ciphertext.byteLength > 0) slots.set(slot, new Set(decodeIndexSet(contributors)))
    } else if (type === MessageType.PeriodAggregate) {
      const { meterId: id, firstSlot, readings } = PeriodAggregate.decode(payload)
      const index = path.meters.findIndex(({ identity }) => identity.id === meterId(id))
      const all = upTo(PERIOD)
        .map(i => firstSlot + i)
        .filter(each => passed(index, each))
      // Readings of a slot without a sum are in it, or not.
      const counted = all.length === readings ? all : all.filter(each => slots.get(each)?.has(index))
      expect(counted).toHaveLength(readings)
      households.set(index, new Set(counted))
    }
  }
  return { slots, households }
}

/**
 * Gives the fewest readings of which the supplier can work out a sum, their signs left open: for each choice of household
 * sums to subtract, those readings that the best choice of slots leaves over. The readings of `known` are known to it anyway.
 */
function fewest({ slots, households }: Given, known: ReadonlySet<number> = new Set()): number {
  const owners = [...households.keys()].filter(index => !known.has(index))
  const times = new Set([...slots.keys(), ...[...households.values()].flatMap(each => [...each])])
  let least = Math.min(...[...slots.values()].map(each => [...each].filter(index => !known.has(index)).length))
  for (let chosen = 1; chosen < 2 ** owners.length; chosen++) {
    const taken = new Set(owners.filter((_, i) => (chosen >> i) & 1))
    let left = 0
    for (const time of times) {
      const counted = slots.get(time)
      const subtracted = [...taken].filter(index => households.get(index)?.has(time))
      const others = counted && [...counted].filter(index => !known.has(index) && !subtracted.includes(index)).length
      left += others === undefined ? subtracted.length : Math.min(subtracted.length, others)
    }
    if (left > 0) least = Math.min(least, left)
  }
  return least
}

/** Runs a period and the slot after it, where the concentrator passes on the readings that it likes to. */
function run(passed: (index: number, slot: number) => boolean, options: PathOptions = {}): { path: VirtualPath; sums: Given } {
  const path = new VirtualPath({ members: 14, batch: 16, ...options })
  const passes = (index: number, slot: number): boolean => slot === FIRST_SLOT + PERIOD || passed(index, slot - FIRST_SLOT)
  path.onBatch = bytes => {
    const { slot, payload } = decodeEnvelope(bytes)
    const batch = PesBatch.decode(payload)
    const readings = batch.readings.filter(each =>
      passes(
        path.meters.findIndex(({ identity }) => identity.id === decodeEnvelope(each).sender),
        slot
      )
    )
    return path.seal(path.concentratorKey, MessageType.PesBatch, slot, PesBatch.encode({ ...batch, readings }))
  }
  for (let i = 0; i <= PERIOD; i++) path.slot(FIRST_SLOT + i)
  return { path, sums: given(path, passes) }
}

const sumOf = (totals: readonly { readonly lanes: Parameters<typeof signedLanes>[0] }[]): bigint =>
  totals.reduce((sum, { lanes }) => sum + (signedLanes(lanes)[0] as bigint), 0n)

describe('from all sums of a billing period the supplier learns no sum of few readings', () => {
  const VICTIM = 0
  const others = without(14, VICTIM)
  const half = new Set(others.slice(0, 6))

  const cases: [string, (index: number, slot: number) => boolean][] = [
    ['where a meter was there for one slot', (index, slot) => index !== VICTIM || slot === 3],
    ['where a meter was there for two slots', (index, slot) => index !== VICTIM || slot < 2],
    ['where a slot had one reading only', (index, slot) => slot !== 3 || index === VICTIM],
    ['where a slot had too few readings', (index, slot) => slot !== 3 || index < 5],
    [
      'where the concentrator passes one half on in one half of the slots, the other in the other, and a meter once among the others',
      (index, slot) => half.has(index) === slot < 4 || (index === VICTIM && slot === 3)
    ],
    [
      'where it does so and passes on some in all slots',
      (index, slot) => index > 12 || half.has(index) === slot < 4 || (index === VICTIM && slot === 3)
    ]
  ]

  it.each(cases)('%s', (_, passed) => {
    const { sums } = run(passed)
    expect(fewest(sums)).toBeGreaterThanOrEqual(Math.min(MIN_MEMBERS, MIN_READINGS))
  })

  it('and of a slot with too few readings no sum at all', () => {
    const { sums } = run((index, slot) => slot !== 3 || index < 5)
    expect(sums.slots.has(FIRST_SLOT + 3)).toBe(false)
    expect([...sums.households.values()].some(slots => slots.has(FIRST_SLOT + 3))).toBe(false)
  })

  it('also where it knows the readings of meters that are always there', () => {
    const present = new Set([10, 11, 12, 13])
    const { sums } = run((index, slot) => present.has(index) || half.has(index) === slot < 4 || (index === VICTIM && slot === 3))
    expect(fewest(sums, present)).toBeGreaterThanOrEqual(2)
  })

  it('and every household has its figure where all are there, or lack a slot here and there', () => {
    expect(run(() => true).sums.households.size).toBe(14)
    const { path, sums } = run((index, slot) => index !== slot && index !== slot + 3)
    expect(sums.households.size).toBe(14)
    expect(path.outputs.pes.filter(output => output.type === 'period-closed').every(({ aggregated }) => aggregated)).toBe(true)
  })

  it('where a reading of a slot comes after one of the next period', () => {
    const path = new VirtualPath({ members: 8, batch: 16 })
    for (let i = 0; i < PERIOD - 1; i++) path.slot(FIRST_SLOT + i)
    let held: Uint8Array | undefined
    const last = FIRST_SLOT + PERIOD - 1
    path.onBatch = bytes => {
      if (decodeEnvelope(bytes).slot === last) held = bytes
      return bytes
    }
    path.pesUp = false
    path.slot(last)
    path.until(slotTimes((last + 1) as Slot, SLOT_SECONDS).end)
    const early = reading(0, last + 1)
    path.feedMeter(0, { type: 'reading', slot: (last + 1) as Slot, lanes: early })
    path.pesUp = true
    const first = path.seal(
      path.concentratorKey,
      MessageType.PesBatch,
      last + 1,
      PesBatch.encode({
        members: [],
        readings: [path.meter(0).journal.at(-1)?.bytes as Uint8Array],
        last: false,
        expected: new Uint8Array(0)
      })
    )
    for (const bytes of [first, held as Uint8Array]) path.toPes(bytes)
    // The concentrator has given the slot up, and brings the supplier what the PES answered all the same.
    const [answer] = path.outputs.pes.filter(output => output.type === 'reply').slice(-1)
    path.toSupplier(PesBatchReply.decode(decodeEnvelope(answer?.bytes as Uint8Array).payload).aggregate)
    path.slot(last + 1)
    const totals = path.totals().filter(({ slot }) => slot <= last)
    const bills = path.outputs.supplier.filter(output => output.type === 'consumption')
    // The sum of all slots less that of all households would be the reading that was late.
    expect(totals).toHaveLength(PERIOD)
    expect(sumOf(totals) - sumOf(bills)).not.toBe(signedLanes(reading(0, last))[0])
    expect(bills.map(({ readings }) => readings)).toEqual(upTo(8).map(() => PERIOD))
  })
})

/** Draws which meters have a reading in which slots: losses, long absences, and halves that hardly meet. */
function drawn(rng: SeededRng): Set<number>[] {
  const chance = (): number => new DataView(rng.bytes(4).buffer).getUint32(0) / 2 ** 32
  const [n, slots, split] = [3 + Math.floor(6 * chance()), 3 + Math.floor(8 * chance()), chance() < 0.3]
  const half = slots / 2
  const there = upTo(n).map(() => (chance() < 0.3 ? chance() : 0.95))
  const side = upTo(n).map(() => Math.floor(3 * chance()))
  const likely = (index: number, slot: number): number =>
    split && side[index] !== 2 ? (side[index] === Number(slot < half) ? 0.97 : 0.08) : (there[index] as number)
  return upTo(slots).map(slot => new Set(upTo(n).filter(index => chance() < likely(index, slot))))
}

describe('of periods drawn at random', () => {
  /** Slots of a period that have a sum, and the households that are given one. */
  function period(seed: string, choose: typeof givenSums) {
    const rng = new SeededRng(seed)
    const [minMembers, minReadings] = [...rng.bytes(2)].map(byte => 2 + (byte % 3)) as [number, number]
    const slots = drawn(rng).filter(({ size }) => size >= minMembers)
    const sums = new Map<number, { product: bigint; readings: number }>()
    for (const index of slots.flatMap(each => [...each])) {
      const readings = (sums.get(index)?.readings ?? 0) + 1
      sums.set(index, { product: BigInt(index + 1), readings })
    }
    const households = choose({ number: 0, slots: slots.length, sums }, { minMembers, minReadings })
    const timesOf = (index: number): Set<number> => new Set(slots.flatMap((each, slot) => (each.has(index) ? [slot] : [])))
    const given: Given = { slots: new Map(slots.entries()), households: new Map([...households].map(index => [index, timesOf(index)])) }
    return { given, minMembers, minReadings, enough: slots.length > 0 }
  }

  it('no sum of few readings is learnt, nor by those who know some readings', () => {
    let households = 0
    for (let i = 0; i < 2000; i++) {
      const { given, minMembers, minReadings, enough } = period(`period ${i}`, givenSums)
      if (!enough) continue
      households += given.households.size
      for (let known = 0; known <= minMembers - 2; known++) {
        const least = Math.min(minReadings, minMembers - known)
        expect(fewest(given, new Set([...given.households.keys()].slice(0, known))), `period ${i}`).toBeGreaterThanOrEqual(least)
      }
    }
    expect(households).toBeGreaterThan(2000)
  })

  it('some would be, if all households with enough readings were given theirs', () => {
    const all: typeof givenSums = ({ sums }, { minReadings }) =>
      new Set([...sums].filter(([, { readings }]) => readings >= minReadings).map(([index]) => index))
    const found = upTo(200).filter(i => {
      const { given, minMembers, minReadings, enough } = period(`period ${i}`, all)
      return enough && fewest(given) < Math.min(minMembers, minReadings)
    })
    expect(found.length).toBeGreaterThan(20)
  })
})

describe('a PES that begins anew', () => {
  it('in an empty directory adds no slot up again over other meters', () => {
    const path = new VirtualPath({ members: 8 })
    path.slot(FIRST_SLOT)
    path.pes = createPes(path.pesConfig(), undefined, path.now)
    path.meters.forEach((_, index) => {
      path.ask(index, 'join')
    })
    const readings = path.meters.slice(1).map(({ journal }) => (journal[0] as { bytes: Uint8Array }).bytes)
    const members = path.concentratorJournal.slice(-8).map(({ index, join }) => ({ index, join }))
    const again = PesBatch.encode({ members, readings, last: true, expected: new Uint8Array(0) })
    path.outputs.pes.length = 0
    path.toPes(path.seal(path.concentratorKey, MessageType.PesBatch, FIRST_SLOT, again))
    expect(path.outputs.pes.filter(output => output.type === 'slot-closed')).toEqual([])
    expect(path.outputs.pes).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'slot-over' }))
  })

  it('from a snapshot of before a period’s end hands no sums over that were handed over with more in them', () => {
    const path = new VirtualPath({ members: 8 })
    for (let i = 0; i < PERIOD - 1; i++) path.slot(FIRST_SLOT + i)
    const early = path.snapshot
    for (let i = PERIOD - 1; i < PERIOD + 1; i++) path.slot(FIRST_SLOT + i)
    const bills = () =>
      path.outputs.concentrator.filter(output => output.type === 'forward').length -
      path.outputs.pes.filter(output => output.type === 'slot-closed').length
    expect(bills()).toBe(8)
    path.pes = createPes(path.pesConfig(), early, path.now)
    path.slot(FIRST_SLOT + PERIOD + 1)
    expect(path.totals()).toHaveLength(PERIOD + 2)
    expect(bills()).toBe(8)
  })

  it('and from the last snapshot of a period hands over the same, though nobody had it', () => {
    const path = new VirtualPath({ members: 8 })
    for (let i = 0; i < PERIOD; i++) {
      path.meter(3).up = i < 2
      path.slot(FIRST_SLOT + i)
    }
    const last = path.snapshot
    const closed = (): unknown[] => {
      path.outputs.pes.length = 0
      path.slot(FIRST_SLOT + PERIOD + Number(path.pes.closedThrough > FIRST_SLOT + PERIOD - 1))
      return path.outputs.pes.filter(output => output.type === 'period-closed')
    }
    const once = closed()
    expect(once).toHaveLength(8)
    path.pes = createPes(path.pesConfig(), last, path.now)
    expect(closed()).toEqual(once)
  })
})
