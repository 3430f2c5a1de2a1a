import { expect, it } from 'vitest'
import { onShi } from '../../src/attacks/shi.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('shows the difference of two readings, of either sign', () => {
  const result = onShi.run(sceneOf('shi'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ difference: ['29', '-12'] })
  expect(result.lines.join('\n')).toContain('misuse')
  expectReadable(result)
})

it('has failed where the difference is beyond every reading', () => {
  const scene = sceneOf('shi', [
    [
      [40, 0],
      [1, 1]
    ],
    [
      [1, 0],
      [1, 1]
    ]
  ])
  const { succeeded, learnt } = onShi.run(scene, { maxReading: 9n })
  expect(succeeded).toBe(false)
  expect(learnt).toEqual({ difference: ['none', '0'] })
})
