// A meter's keys as bytes.
import { SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import {
  type BillingKeys,
  BillingKeysError,
  decodeBillingKeys,
  encodeBillingKeys,
  firstBillingKeys,
  withKeyGiven,
  withNextKey
} from '../../src/meter/billing-keys.ts'

const rng = new SeededRng('keys')
const one = firstBillingKeys(rng)
const three = withKeyGiven(withNextKey(withNextKey(withKeyGiven(one), 500 as Slot, rng), 500 as Slot, rng))

describe('the keys of a meter', () => {
  it('are another for each epoch, and survive their codec', () => {
    expect(three.map(({ epoch, from, given }) => [epoch, from, given])).toEqual([
      [0, 0, true],
      [1, 500, false],
      [2, 500, true]
    ])
    expect(new Set(three.map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(3)
    for (const keys of [one, three]) expect(decodeBillingKeys(encodeBillingKeys(keys))).toEqual(keys)
    expect(encodeBillingKeys(three)).toHaveLength(3 + 3 * 45)
  })

  it('are refused where they are none, or out of order, and never repeated in an error', () => {
    const bytes = encodeBillingKeys(three)
    const swapped = encodeBillingKeys([three[1], three[0]] as unknown as BillingKeys)
    const back = encodeBillingKeys([three[1], { ...three[0], epoch: three[2]?.epoch, from: 499 }] as unknown as BillingKeys)
    const given = Uint8Array.from(bytes)
    given[3 + 4 + 8] = 2
    for (const wrong of [[], [2, 1, 0], [1, 0, 0], bytes.slice(0, -1), [...bytes, 0], swapped, back, given]) {
      try {
        decodeBillingKeys(Uint8Array.from(wrong))
        expect.unreachable()
      } catch (cause) {
        expect(cause).toBeInstanceOf(BillingKeysError)
        const { message } = cause as Error
        expect(message).toMatch(/^billing keys: /)
        expect(three.some(({ key }) => message.includes(Buffer.from(key).toString('hex').slice(0, 8)))).toBe(false)
      }
    }
  })
})
