import { expect, it } from 'vitest'
import { onBusom } from '../../src/attacks/busom.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

const readings = [
  [
    [417, 0],
    [0, 96],
    [1250, 3]
  ]
]

it('reads the first meter and the total in one slot', () => {
  const result = onBusom.run(sceneOf('busom', readings))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ reading: '417', total: '1667' })
  expect(result.lines.join('\n')).toContain('meter 0 used 417 Wh, all together 1667 Wh')
  expectReadable(result)
})

it('fails where meters compare what they were shown', () => {
  const result = onBusom.run(sceneOf('busom', readings), onBusom.repair?.options)
  expect(result.succeeded).toBe(false)
  expect(result.learnt).toEqual({})
  expect(result.lines.join('\n')).toContain('0 of 3 meters answer')
  expect(result.lines.at(-1)).toContain('accused')
  expectReadable(result)
})
