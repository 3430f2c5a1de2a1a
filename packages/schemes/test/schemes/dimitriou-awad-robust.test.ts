// The robust scheme: who is left out, who is named, and when nobody opens anything.
import { fromBytes, generateKeyPair, toBytes } from '@hushgrid/paillier'
import { concatBytes, type MeterId } from '@hushgrid/primitives'
import { G } from '@hushgrid/primitives/group'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PhaseResult, Sent } from '../../src/lockstep.ts'
import type { SchemeOptions } from '../../src/options.ts'
import type { Outcome } from '../../src/scheme.ts'
import { dimitriouAwadRobust } from '../../src/schemes/dimitriou-awad-robust.ts'
import { SHORT_BITS, shortKeyFor } from '../support/keys.ts'
import { SmallGroup, shown } from '../support/small-group.ts'
import { changing, dropping, flipped, tampered } from '../support/tampered.ts'

const ROWS = [[310], [87], [65_535], [0]]
const TOTAL = 65_932n
const KEY = SHORT_BITS / 8
const ELEMENT = SHORT_BITS / 4
/** Where v, the bits and the digest of a submission of one lane begin. */
const [AT_V, AT_BITS, AT_DIGEST] = [ELEMENT, ELEMENT + 32, ELEMENT + 32 + 16 * 160]

const robust = (options: SchemeOptions = {}) => dimitriouAwadRobust({ bits: SHORT_BITS, keyFor: shortKeyFor, ...options })
const four = (options: SchemeOptions = {}) => tampered(robust(options), { meters: 4 })
const inRound = ({ sent }: PhaseResult, round: number): Sent[] => sent.filter(message => message.round === round)
const contributors = (outcome: Outcome | undefined, { group }: SmallGroup): number[] =>
  outcome?.type === 'total' ? outcome.contributors.map(id => group.members.indexOf(id)) : []

describe('all there', () => {
  it('gives the total by the messages of the facts', () => {
    const { of } = four()
    const result = of.slot(ROWS)
    expect(shown(result.outcome, of.group)).toEqual([TOTAL])
    expect(result.sent).toHaveLength(robust().facts.messages(4))
    expect(result.accused).toEqual([])
  })

  it('deals with ring neighbours only where a degree is given', () => {
    const six = new SmallGroup(robust({ degree: 2 }), { meters: 6, lanes: 3 })
    const result = six.slot([1, 2, 3, 4, 5, 6].map(value => [value, 0, 1]))
    expect(shown(result.outcome, six.group)).toEqual([21n, 0n, 6n])
    expect(result.sent).toHaveLength(robust({ degree: 2 }).facts.messages(6))
  })

  it('serves a new group after a new setup', () => {
    for (const meters of [2, 3]) {
      const group = new SmallGroup(robust(), { meters, seed: `of ${meters}` })
      expect(shown(group.slot([[1], [2], [3]].slice(0, meters)).outcome, group.group)).toEqual([meters === 2 ? 3n : 6n])
    }
  })
})

describe('a missing meter', () => {
  it.each([1, 2])('that is silent from round %i is left out, and asked about once', round => {
    const { of } = four()
    const result = of.slot(ROWS, { silent: new Map([[of.id(2), round]]) })
    expect(shown(result.outcome, of.group)).toEqual([397n])
    expect(contributors(result.outcome, of)).toEqual([0, 1, 3])
    expect(inRound(result, 3)).toHaveLength(1)
    expect(inRound(result, 6)).toHaveLength(3)
    expect(result.accused).toEqual([])
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual([TOTAL])
  })

  it('may have company', () => {
    const { of } = four()
    const { outcome } = of.slot(ROWS, { silent: new Map([1, 3].map((i, at) => [of.id(i), at + 1])) })
    expect(shown(outcome, of.group)).toEqual([65_845n])
    expect(contributors(outcome, of)).toEqual([0, 2])
  })

  it.each([65_536, -1])('is one with a reading of %i, which cannot be proved', reading => {
    const { of } = four()
    const result = of.slot([[310], [reading], [2], [0]])
    expect(shown(result.outcome, of.group)).toEqual([312n])
    expect(inRound(result, 2).map(({ from }) => from)).not.toContain(of.id(1))
  })

  it('is not recovered where too few would be left together', () => {
    const { of } = four({ minMembers: 3 })
    expect(shown(of.slot(ROWS, { silent: new Map([1, 2].map(i => [of.id(i), 2])) }).outcome, of.group)).toEqual(['missing', 1, 2])
    // On a ring of six the second is alone without its neighbours.
    const six = new SmallGroup(robust({ degree: 2 }), { meters: 6 })
    const result = six.slot(Array(6).fill([1]), { silent: new Map([0, 2].map(i => [six.id(i), 2])) })
    expect(shown(result.outcome, six.group)).toEqual(['missing', 0, 2])
    expect(inRound(result, 3)).toEqual([])
  })

  it('loses the slot where a neighbour does not open', () => {
    const { of } = four()
    const silent = new Map([
      [of.id(2), 2],
      [of.id(0), 6]
    ])
    expect(shown(of.slot(ROWS, { silent }).outcome, of.group)).toEqual(['missing', 0])
  })

  it('makes nobody a liar unheard: an opening that does not fit is named', () => {
    const { of, tamper } = four()
    tamper(message => changing(of.id(0), 6, body => flipped(body, 0))(message))
    const { outcome, accused } = of.slot(ROWS, { silent: new Map([[of.id(2), 2]]) })
    expect(shown(outcome, of.group)).toEqual(['implausible', 0])
    expect(accused.map(({ member }) => member)).toEqual([of.id(0)])
  })
})

describe('a meter that did submit', () => {
  it('disputes, and nobody opens anything', () => {
    const { of, tamper } = four()
    tamper(dropping(({ round, from }) => round === 2 && from === of.id(1)))
    const result = of.slot(ROWS)
    expect(shown(result.outcome, of.group)).toEqual(['missing', 1])
    expect(inRound(result, 5)).toHaveLength(4)
    expect(inRound(result, 6)).toEqual([])
  })

  it('is believed by its neighbours, whatever the utility says that it heard', () => {
    const { of, tamper } = four()
    const utility = of.group.parties.aggregator
    tamper(dropping(({ round, from, to }) => from === of.id(1) && (round === 2 || (round === 5 && to === utility))))
    const result = of.slot(ROWS)
    expect(result.outcome).toMatchObject({ type: 'lost', reason: 'missing' })
    expect(inRound(result, 6)).toEqual([])
  })

  it('hears of a request from its neighbours where the utility does not tell it', () => {
    const { of, tamper } = four()
    const victim = of.id(1)
    tamper(message => {
      if (message.round === 2 && message.from === victim) return []
      if (message.round !== 3) return [message]
      return of.group.members.filter(id => id !== victim).map(to => ({ to, body: message.body }))
    })
    const result = of.slot(ROWS)
    expect(inRound(result, 5).map(({ from }) => from)).toEqual(Array(4).fill(victim))
    expect(shown(result.outcome, of.group)).toEqual(['missing', 1])
    expect(inRound(result, 6)).toEqual([])
  })

  it('is not opened where neighbours are asked about different members', () => {
    const { of, tamper } = four()
    tamper(message => {
      if (message.round === 5) return []
      if (message.round !== 3) return [message]
      return of.group.members.map((to, i) => ({ to, body: i === 0 ? new Uint8Array([3, 0]) : message.body }))
    })
    const result = of.slot(ROWS, { silent: new Map([[of.id(1), 2]]) })
    expect(result.outcome?.type).toBe('lost')
    expect(inRound(result, 6)).toEqual([])
  })

  it('is not opened by a neighbour that would be alone, even without a dispute', () => {
    const { of, tamper } = tampered(robust({ degree: 2 }), { meters: 6 })
    const both = concatBytes(new Uint8Array([1, 0]), new Uint8Array([3, 0]))
    tamper(message => {
      if (message.round === 3) return [{ ...message, body: both }]
      return message.round === 5 ? [] : [message]
    })
    const result = of.slot(Array(6).fill([1]), { silent: new Map([[of.id(1), 2]]) })
    expect(result.outcome?.type).toBe('lost')
    const opening = inRound(result, 6).map(({ from }) => of.group.members.indexOf(from))
    expect(opening).toEqual([0, 4])
  })
})

describe('who cheats', () => {
  const cheating = (change: (body: Uint8Array) => Uint8Array, keepsStill: boolean): { of: SmallGroup; result: PhaseResult } => {
    const { of, tamper } = four()
    const cheat = of.id(1)
    const changed = changing(cheat, 2, change)
    tamper(message => (keepsStill && message.from === cheat && message.round > 2 ? [] : changed(message)))
    return { of, result: of.slot(ROWS) }
  }
  const changes: [string, (body: Uint8Array) => Uint8Array][] = [
    ['another bit', body => concatBytes(body.subarray(0, AT_BITS), G.encode(), body.subarray(AT_BITS + 32))],
    ['a proof that fails', body => flipped(body, AT_BITS + 64)],
    ['an opening of its own', body => flipped(body, AT_V)],
    ['another number', body => flipped(body, ELEMENT - 1)]
  ]

  it.each(changes)('with %s is named and left out', (_, change) => {
    const { of, result } = cheating(change, true)
    expect(shown(result.outcome, of.group)).toEqual([65_845n])
    expect(contributors(result.outcome, of)).toEqual([0, 2, 3])
    expect(result.accused.map(({ member }) => member)).toEqual([of.id(1)])
  })

  it.each(changes)('with %s is not opened where it disputes, and is named', (_, change) => {
    const { of, result } = cheating(change, false)
    expect(shown(result.outcome, of.group)).toEqual(['implausible', 1])
    expect(result.accused.map(({ member }) => member)).toEqual([of.id(1)])
    expect(inRound(result, 6)).toEqual([])
  })

  it('by commitments that differ is not told from whom it names', () => {
    for (const cheat of [
      (of: SmallGroup) =>
        changing(of.id(1), 1, (body, to) => (to === of.group.parties.aggregator ? concatBytes(G.encode(), body.subarray(32)) : body)),
      (of: SmallGroup) => changing(of.id(0), 2, body => flipped(body, AT_DIGEST))
    ]) {
      const { of, tamper } = four()
      tamper(cheat(of))
      const { outcome, accused } = of.slot(ROWS)
      expect(shown(outcome, of.group)).toEqual(['implausible', 0])
      // Its own sum of commitments does not hold either where the utility was shown another.
      expect(accused.map(({ member }) => member).filter(member => member === of.id(0))).toEqual([])
    }
  })

  /** Lets the second meter send the first what the third sent it, under its own commitment. */
  const badOpening = (and: (of: SmallGroup) => (message: Sent) => readonly { to: MeterId | 'meters'; body: Uint8Array }[]) => {
    const { of, tamper } = four()
    const honest = new SmallGroup(robust(), { meters: 4 }).slot(ROWS)
    const foreign = inRound(honest, 1).find(({ from, to }) => from === of.id(2) && to === of.id(0)) as Sent
    tamper(message => {
      const { from, to, round, body } = message
      if (round === 1 && from === of.id(1) && to === of.id(0))
        return [{ to, body: concatBytes(foreign.body.subarray(0, ELEMENT), body.subarray(ELEMENT)) }]
      return and(of)(message)
    })
    return { of, result: of.slot(ROWS) }
  }

  it('by an opening that does not fit is complained about and left out', () => {
    const { of, result } = badOpening(of => dropping(({ from, round }) => from === of.id(1) && round > 2))
    expect(result.accused.map(({ member }) => member)).toEqual([of.id(1)])
    expect(shown(result.outcome, of.group)).toEqual([65_845n])
    expect(contributors(result.outcome, of)).toEqual([0, 2, 3])
  })

  it('by an opening that does not fit may dispute: the slot is lost', () => {
    const { of, result } = badOpening(() => message => [message])
    expect(shown(result.outcome, of.group)).toEqual(['implausible', 1])
  })

  it('by a complaint that shows nothing is named itself', () => {
    const { of, result } = badOpening(of => message => {
      if (message.from !== of.id(0)) return [message]
      if (message.round === 2) return [{ ...message, body: flipped(message.body, message.body.length - 1) }]
      return message.round > 2 ? [] : [message]
    })
    expect(result.accused.map(({ member }) => member)).toEqual([of.id(1), of.id(0)])
    expect(shown(result.outcome, of.group)).toEqual([65_622n])
    expect(contributors(result.outcome, of)).toEqual([1, 2, 3])
  })

  /** Tries with other openings until a residue and N fit into the bytes of one; a key near the top of its bits leaves no room. */
  const withRoom = (residue: number): { of: SmallGroup; result: PhaseResult } => {
    const first = four().of.id(0)
    let cheat = generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
    while (cheat.publicKey.n > 3n << BigInt(SHORT_BITS - 2)) cheat = generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
    for (let seed = 0; seed < 200; seed++) {
      let isFit = false
      const { of, tamper } = tampered(robust({ keyFor: id => (id === first ? cheat : shortKeyFor(id)) }), { meters: 4, seed: `of ${seed}` })
      const more = (body: Uint8Array): Uint8Array => {
        const at = body.length - (2 - residue) * KEY
        const value = fromBytes(body.subarray(at, at + KEY)) + cheat.publicKey.n
        isFit = value >> BigInt(SHORT_BITS) === 0n
        return isFit ? concatBytes(body.subarray(0, at), toBytes(value, KEY), body.subarray(at + KEY)) : body
      }
      tamper(message => {
        const { from, to, round, body } = message
        // The first takes the second's opening for one of another commitment, as if it did not fit.
        if (round === 1 && from === of.id(1) && to === of.id(0)) return [{ to, body: concatBytes(body.subarray(0, ELEMENT), G.encode()) }]
        if (from !== of.id(0)) return [message]
        return round === 2 ? [{ to, body: more(body) }] : round > 2 ? [] : [message]
      })
      const result = of.slot(ROWS)
      if (isFit) return { of, result }
    }
    throw new Error('expected a residue with room for N among 200, got none')
  }

  it.each([0, 1])('by adding N to residue %i of a false complaint has nobody else left out', residue => {
    const {
      of,
      result: { outcome, accused }
    } = withRoom(residue)
    expect(contributors(outcome, of)).toEqual([1, 2, 3])
    expect(accused.filter(({ member }) => member !== of.id(1))).toEqual([])
  })
})

describe('what cannot be read or did not arrive', () => {
  it('loses the slot where one of two neighbours lacks the other’s opening', () => {
    for (const change of [
      (of: SmallGroup) => dropping(({ round, from, to }) => round === 1 && from === of.id(1) && to === of.id(0)),
      (of: SmallGroup) => changing(of.id(1), 1, (body, to) => (to === of.id(0) ? body.subarray(1) : body)),
      (of: SmallGroup) => dropping(({ round, from, to }) => round === 1 && from === of.id(1) && to === of.group.parties.aggregator)
    ]) {
      const { of, tamper } = four()
      tamper(change(of))
      expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['missing', 1])
    }
  })

  it.each([
    ['too short', (body: Uint8Array) => body.subarray(1)],
    ['with a notice cut off', (body: Uint8Array) => concatBytes(body, new Uint8Array(2))],
    ['about itself', (body: Uint8Array) => concatBytes(body, new Uint8Array([1, 0, 0]))],
    ['about nobody', (body: Uint8Array) => concatBytes(body, new Uint8Array([9, 0, 0]))]
  ])('counts a submission %s as missing', (_, change) => {
    const { of, tamper } = four()
    const changed = changing(of.id(1), 2, change)
    tamper(message => (message.from === of.id(1) && message.round > 2 ? [] : changed(message)))
    const { outcome, accused } = of.slot(ROWS)
    expect(contributors(outcome, of)).toEqual([0, 2, 3])
    expect(shown(outcome, of.group)).toEqual([65_845n])
    expect(accused).toEqual([])
  })

  it('loses the slot where a request or an opening is cut off', () => {
    for (const round of [3, 6]) {
      const { of, tamper } = four()
      tamper(message => [message.round === round ? { ...message, body: message.body.subarray(1) } : message])
      expect(of.slot(ROWS, { silent: new Map([[of.id(2), 2]]) }).outcome).toMatchObject({ type: 'lost', reason: 'missing' })
    }
  })

  it('loses slots until a new setup where a key never came', () => {
    const { members } = new SmallGroup(robust(), { meters: 4 }).group
    const group = new SmallGroup(robust(), { meters: 4, tamper: dropping(({ from, body }) => from === members[1] && body.length === KEY) })
    expect(shown(group.slot(ROWS).outcome, group.group)).toEqual(['missing', 1])
  })
})

it('gives the exact total of whom it names or none, whatever byte is changed', () => {
  const readings = [[310], [87], [65_535]]
  const { of, tamper } = tampered(robust(), { meters: 3 })
  const changed = fc.record({ nth: fc.nat(30), at: fc.nat(), missing: fc.option(fc.integer({ min: 0, max: 2 })), to: fc.nat(255) })
  fc.assert(
    fc.property(changed, ({ nth, at, missing, to }) => {
      let count = 0
      tamper(message => {
        if (count++ !== nth) return [message]
        const body = message.body.slice()
        body[at % body.length] = to
        return [{ ...message, body }]
      })
      const { outcome } = of.slot(readings, { silent: new Map(missing === null ? [] : [[of.id(missing), 2]]) })
      if (outcome?.type !== 'total') return outcome?.type === 'lost'
      const sum = contributors(outcome, of).reduce((total, i) => total + BigInt(readings[i]?.[0] ?? 0), 0n)
      return outcome.lanes[0] === sum && outcome.contributors.length >= 2
    }),
    { numRuns: 25 }
  )
})
