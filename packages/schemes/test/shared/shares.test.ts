import type { MeterId } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import { lostBefore, type Rings } from '../../src/shared/shares.ts'
import { SHORT_BITS, shortKeyFor } from '../support/keys.ts'

const { members } = sceneGroup(3, 1)
const rings: Rings = new Map(members.map(id => [id, new SquareRing(shortKeyFor(id).publicKey.n, SHORT_BITS)]))

it('loses a slot for want of a message or of a key, and else does not', () => {
  const last = members.at(-1) as MeterId
  const without: Rings = new Map([...rings].filter(([id]) => id !== last))
  expect(lostBefore([], rings, members)).toBeUndefined()
  expect(lostBefore([last], rings, members)).toEqual({ type: 'lost', reason: 'missing', members: [last] })
  expect(lostBefore([], without, members)).toEqual({ type: 'lost', reason: 'missing', members: [last] })
})
