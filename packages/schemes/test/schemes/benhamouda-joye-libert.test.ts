// The scheme of Benhamouda, Joye and Libert beyond its known answers: changes of members, bad bodies, missing meters.
import type { MeterId, Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { sceneGroup } from '../../src/scene-group.ts'
import { benhamoudaJoyeLibert } from '../../src/schemes/benhamouda-joye-libert.ts'
import { SmallGroup, shown } from '../support/small-group.ts'
import { changing, tampered } from '../support/tampered.ts'

const ROWS = [
  [31, 0],
  [8, 4],
  [0, 96]
]
const scheme = benhamoudaJoyeLibert({ maxReading: 100n })

it('gives the total of every size of group, by one message a meter', () => {
  for (const meters of [1, 2, 3]) {
    const small = new SmallGroup(scheme, { meters, lanes: 2 })
    const { outcome, sent } = small.slot(ROWS.slice(0, meters))
    const sums = [0, 1].map(lane => BigInt(ROWS.slice(0, meters).reduce((sum, row) => sum + (row[lane] as number), 0)))
    expect(shown(outcome, small.group)).toEqual(sums)
    expect(sent).toHaveLength(scheme.facts.messages(meters))
  }
})

it('hides the same reading otherwise in each slot and lane', () => {
  const small = new SmallGroup(scheme, { meters: 2, lanes: 2 })
  const bodies = [1_935_600, 1_935_601].flatMap(at => {
    const { sent } = small.slot(
      [
        [7, 7],
        [7, 7]
      ],
      { at: at as Slot }
    )
    return sent.flatMap(({ body }) => [body.subarray(0, 32), body.subarray(32)])
  })
  expect(new Set(bodies.map(body => Buffer.from(body).toString('hex'))).size).toBe(8)
})

describe('a slot is lost', () => {
  it('where a meter is silent, and as published after a vain search', () => {
    const silent = (trusting: boolean): unknown => {
      const small = new SmallGroup(benhamoudaJoyeLibert({ maxReading: 100n, trusting }), { meters: 3, lanes: 2 })
      return shown(small.slot(ROWS, { silent: new Map([[small.id(1), 1]]) }).outcome, small.group)
    }
    expect(silent(false)).toEqual(['missing', 1])
    expect(silent(true)).toEqual(['implausible'])
  })

  it('where a total is out of bounds', () => {
    const small = new SmallGroup(scheme, { meters: 2, lanes: 1 })
    expect(shown(small.slot([[100], [100]]).outcome, small.group)).toEqual([200n])
    expect(shown(small.slot([[100], [101]]).outcome, small.group)).toEqual(['implausible'])
    expect(shown(small.slot([[-1], [0]]).outcome, small.group)).toEqual(['implausible'])
  })

  it.each([
    ['too short', (body: Uint8Array) => body.subarray(1)],
    ['no element', (body: Uint8Array) => new Uint8Array(body.length).fill(255)],
    ['the identity', (body: Uint8Array) => new Uint8Array(body.length)]
  ])('where a message is %s', (_, change) => {
    const { of, tamper } = tampered(scheme, { meters: 3, lanes: 2 })
    tamper(changing(of.id(2), 1, change))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['missing', 2])
  })

  it('where a key cannot be read, of a meter or of the aggregator', () => {
    const { members, parties } = sceneGroup(3, 2)
    const cutTo = (party: MeterId | undefined): unknown => {
      const small = new SmallGroup(scheme, {
        meters: 3,
        lanes: 2,
        tamper: message => [message.sealed && message.to === party ? { ...message, body: message.body.subarray(0, 32) } : message]
      })
      return shown(small.slot(ROWS).outcome, small.group)
    }
    expect(cutTo(undefined)).toEqual([39n, 100n])
    expect(cutTo(members[1])).toEqual(['missing', 1])
    expect(cutTo(parties.aggregator)).toEqual(['missing'])
  })
})
