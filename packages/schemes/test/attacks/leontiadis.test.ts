import { expect, it } from 'vitest'
import { onLeontiadis } from '../../src/attacks/leontiadis.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('reads a meter where aggregator and collector come together', () => {
  const result = onLeontiadis.run(sceneOf('leontiadis'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ reading: ['417', '0'] })
  expectReadable(result)
})

it('reads values below zero', () => {
  const others = [1, 2]
  const { succeeded, learnt } = onLeontiadis.run(sceneOf('leontiadis', [[[-5, -900], others, others]]))
  expect({ succeeded, learnt }).toEqual({ succeeded: true, learnt: { reading: ['-5', '-900'] } })
})

it('has failed where the two heard of another slot', () => {
  const scene = sceneOf('leontiadis', [[[5], [6]]])
  const enter: typeof scene.enter = (options, tamper) => {
    const lockstep = scene.enter(options, tamper)
    const run = lockstep.run.bind(lockstep)
    lockstep.run = phase => run({ ...phase, slot: (phase.slot + 1) as typeof phase.slot })
    return lockstep
  }
  expect(onLeontiadis.run({ ...scene, enter }).succeeded).toBe(false)
})
