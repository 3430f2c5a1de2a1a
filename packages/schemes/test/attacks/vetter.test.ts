import { expect, it } from 'vitest'
import { onVetter } from '../../src/attacks/vetter.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('reads a meter in every slot, past ones included', () => {
  const result = onVetter.run(sceneOf('vetter'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({
    readings: [
      ['417', '0'],
      ['388', '12']
    ]
  })
  expectReadable(result)
})

it('has failed without what the store kept', () => {
  const scene = sceneOf('vetter')
  const enter: typeof scene.enter = (options, tamper) => {
    const lockstep = scene.enter(options, tamper)
    const run = lockstep.run.bind(lockstep)
    lockstep.run = phase => ({ ...run(phase), sent: run(phase).sent.map(message => ({ ...message, body: new Uint8Array(48) })) })
    return lockstep
  }
  expect(onVetter.run({ ...scene, enter }).succeeded).toBe(false)
})
