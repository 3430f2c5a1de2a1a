// Which coalitions can compute a reading: what the facts say, and, where all is linear modulo 2^64, what ranks say.
//
// Not covered: schemes of elements and ciphertexts, whose security is an assumption and no rank; tags of other moduli; more than
// one slot; parties that send what the protocol does not say. A derived mask counts as a random number that only those know who
// derive it.
import { type MeterId, toHex } from '@hushgrid/primitives'
import { describe, expect, it, vi } from 'vitest'
import type * as Random from '../src/arithmetic/random.ts'
import { ledgerOf, readableBy } from '../src/ledger.ts'
import type { SchemeOptions } from '../src/options.ts'
import type { RoleName, Scheme } from '../src/scheme.ts'
import { SCHEMES } from '../src/schemes/registered.ts'
import { type LinearRun, linearRun, type Shifter } from './support/linear-run.ts'
import { SmallGroup } from './support/small-group.ts'
import { Span } from './support/span.ts'

const current = vi.hoisted(() => ({ shifter: undefined as Shifter | undefined }))

vi.mock('../src/arithmetic/random.ts', async original => {
  const actual = await original<typeof Random>()
  const prf: typeof actual.prf = (key, label, slot, size, work) => {
    const bytes = actual.prf(key, label, slot, size, work)
    return current.shifter?.shift(`derived ${label} ${toHex(key)} ${slot}`, bytes) ?? bytes
  }
  return { ...actual, prf }
})

/** Words by which the facts of a scheme name who must collude. */
const NAMED: Readonly<Record<string, RegExp>> = {
  plain: /^nobody/,
  ttp: /the third party alone/,
  'garcia-jacobs': /all other meters with the concentrator/,
  klenze: /concentrator/,
  'erkin-tsudik-spatial': /all other meters/,
  'dimitriou-awad-symmetric': /all neighbours of a meter with the aggregator/,
  'dimitriou-awad-robust': /all (d )?neighbours of a meter with the (aggregator|utility)/,
  busom: /all other meters (and|with) the aggregator/,
  shi: /all other meters with the aggregator/,
  'joye-libert': /all other meters with the aggregator/,
  leontiadis: /collector with the aggregator|aggregator with the collector/,
  'benhamouda-joye-libert': /all other meters with the aggregator/,
  marmol: /both ring neighbours with the aggregator.* with the key aggregator too, the readings/,
  vetter: /the key authority with the store/,
  'kursawe-interactive': /all leaders with the aggregator.*all who do not lead with the aggregator/,
  'kursawe-diffie-hellman': /the aggregator with all other meters, or with one that sends its public value after all others/,
  'kursawe-low-overhead': /all other meters with the aggregator/
}

const party = ({ group }: LinearRun, role: RoleName): MeterId => group.parties[role] as MeterId
/** Gives whom a member sends something sealed in a round, or everybody does. */
const sealedTo = ({ sent, group }: LinearRun, from?: MeterId): MeterId[] => [
  ...new Set(
    sent
      .filter(each => each.sealed && group.members.includes(each.from) && group.members.includes(each.to as MeterId))
      .flatMap(each => (from === undefined || each.from === from ? [each.to as MeterId] : []))
  )
]

/** Least coalitions that read a member, beside all others with whoever learns the total. */
const LEAST: Readonly<Record<string, (run: LinearRun, target: MeterId) => readonly (readonly MeterId[])[]>> = {
  plain: run => [[party(run, 'aggregator')]],
  ttp: run => [[party(run, 'dealer')]],
  'dimitriou-awad-symmetric': (run, target) => [[...sealedTo(run, target), party(run, 'aggregator')]],
  marmol: (run, target) => {
    const { members } = run.group
    const beside = (places: number): MeterId => members[(members.indexOf(target) + places + members.length) % members.length] as MeterId
    // The first sealed message of all goes to the key aggregator.
    const [keys] = sealedTo(run) as [MeterId]
    return keys === target ? [] : [[beside(-1), beside(1), keys, party(run, 'aggregator')]]
  },
  vetter: run => [[party(run, 'key-authority'), party(run, 'store')]],
  'kursawe-interactive': (run, target) => {
    const leaders = sealedTo(run)
    const others = leaders.includes(target) ? run.group.members.filter(id => !leaders.includes(id)) : leaders
    return [[...others, party(run, 'aggregator')]]
  },
  'kursawe-low-overhead': () => []
}

/** Tells whether a coalition can compute a member's reading from what it reads, draws and derives itself. */
function canRead(run: LinearRun, coalition: ReadonlySet<MeterId>, target: MeterId, tapping = false): boolean {
  const unit = (i: number): bigint[] => run.unknowns.map((_, k) => (k === i ? 1n : 0n))
  const span = new Span()
  run.unknowns.forEach(({ knowers }, i) => {
    if ([...knowers].some(id => coalition.has(id))) span.add(unit(i))
  })
  const readable = new Set(readableBy(coalition, run.sent, run.group, tapping))
  for (const { message, form } of run.words) if (readable.has(message)) span.add(form)
  return span.contains(unit(run.group.members.indexOf(target)))
}

/** All sets of some of the parties. */
function* subsets(parties: readonly MeterId[]): Generator<Set<MeterId>> {
  for (let bits = 0; bits < 2 ** parties.length; bits++) yield new Set(parties.filter((_, i) => ((bits >> i) & 1) === 1))
}

/** Options that change who must collude; each scheme is tried without as well. */
const VARIANTS: readonly (readonly [string, object])[] = [
  ['kursawe-interactive', { leaders: 1 }],
  ['kursawe-interactive', { leaders: 4 }],
  ['dimitriou-awad-symmetric', { degree: 2 }],
  ['marmol', { derive: true }]
]

const made = (name: string, options: object = {}): Scheme =>
  (SCHEMES as Readonly<Record<string, (options?: SchemeOptions) => Scheme>>)[name]?.(options) as Scheme
const runOf = (name: string, { meters = 5, options = {} }: { meters?: number; options?: object } = {}): LinearRun =>
  linearRun(made(name, options), meters, shifter => {
    current.shifter = shifter
  })

describe('facts', () => {
  it.each(Object.keys(SCHEMES).filter(name => name in NAMED))('of %s name who must collude', name => {
    expect(made(name).facts.collusion).toMatch(NAMED[name] as RegExp)
  })
})

describe('ranks', () => {
  const names = Object.keys(SCHEMES).filter(name => name in LEAST)
  const linear = [...names.map(name => [name, {}] as const), ...VARIANTS.filter(([name]) => names.includes(name))]

  it.each(linear)('of %s with %j: just the named coalitions read a reading', (name, options) => {
    const run = runOf(name, { options })
    for (const target of run.group.members) {
      const all = run.group.members.filter(id => id !== target)
      const named = [...(LEAST[name] as (typeof LEAST)[string])(run, target), [...all, party(run, 'aggregator')]]
      for (const coalition of subsets(run.parties.filter(id => id !== target))) {
        const expected = named.some(least => least.every(id => coalition.has(id)))
        expect([[...coalition], canRead(run, coalition, target)]).toEqual([[...coalition], expected])
      }
    }
  })

  it.each(linear)('of %s with %j: every word of a body is a linear form, but for tags', (name, options) => {
    const run = runOf(name, { options })
    expect(run.others.length > 0).toBe(name === 'vetter')
    // Readings move something, and so does each number that is drawn or derived.
    run.unknowns.forEach((_, i) => {
      expect(run.words.some(({ form }) => form[i] !== 0n)).toBe(true)
    })
  })

  it('of plain: whoever taps a link reads all; of masks: nobody does without all other meters', () => {
    const [open, masked] = [runOf('plain', { meters: 4 }), runOf('kursawe-low-overhead', { meters: 4 })] as [LinearRun, LinearRun]
    const [target, ...others] = masked.group.members as [MeterId, ...MeterId[]]
    expect(canRead(open, new Set(), target, true)).toBe(true)
    expect(canRead(masked, new Set(), target, true)).toBe(false)
    expect(canRead(masked, new Set(others.slice(1)), target, true)).toBe(false)
    expect(canRead(masked, new Set(others), target, true)).toBe(true)
  })

  it('of each scheme that hides readings: the aggregator alone reads none', () => {
    for (const name of names.filter(each => each !== 'plain' && each !== 'ttp')) {
      const run = runOf(name, { meters: 3 })
      const [target] = run.group.members as [MeterId]
      expect(canRead(run, new Set([party(run, 'aggregator')]), target)).toBe(false)
    }
  })
})

describe('the ledger', () => {
  it('tells what each party sent, received, could overhear and could not open', () => {
    const small = new SmallGroup(made('kursawe-interactive'), { meters: 3 })
    const { sent } = small.slot([[1], [2], [3]])
    const [leader, second, third] = small.group.members as [MeterId, MeterId, MeterId]
    const aggregator = small.group.parties.aggregator as MeterId
    const ledger = ledgerOf(sent, small.group, [leader, second, third, aggregator])
    const sights = (id: MeterId): string[] => (ledger.get(id) ?? []).map(({ sight }) => sight)
    // The third gives both leaders a share; then all send to the aggregator.
    expect(sights(leader)).toEqual(['received', 'sealed', 'sent', 'overheard', 'overheard'])
    expect(sights(third)).toEqual(['sent', 'sent', 'overheard', 'overheard', 'sent'])
    expect(sights(aggregator)).toEqual(['sealed', 'sealed', 'received', 'received', 'received'])
    expect(readableBy([second], sent, small.group)).toHaveLength(2)
    expect(readableBy([second], sent, small.group, true)).toHaveLength(4)
  })

  it('gives a broadcast to all meters and the aggregator', () => {
    const small = new SmallGroup(made('kursawe-low-overhead'), { meters: 3 })
    const [first, second] = small.group.members as [MeterId, MeterId]
    const { aggregator, dealer } = small.group.parties as Record<RoleName, MeterId>
    const sights = ledgerOf(small.setup.sent, small.group, [first, second, aggregator, dealer])
    expect([...sights.values()].map(entries => entries[0]?.sight)).toEqual(['sent', 'received', 'received', 'overheard'])
  })
})
