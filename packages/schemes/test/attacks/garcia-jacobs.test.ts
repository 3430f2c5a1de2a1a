import { lanesFromIntegers } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { onGarciaJacobs } from '../../src/attacks/garcia-jacobs.ts'
import { expectReadable, sceneOf } from '../support/attacked.ts'

it('reads the first meter and the total in one slot', () => {
  const result = onGarciaJacobs.run(sceneOf('garcia-jacobs'))
  expect(result.succeeded).toBe(true)
  expect(result.learnt).toEqual({ value: String(417n * (1n << 40n) + 1667n), reading: '417', total: '1667' })
  expect(result.lines.join('\n')).toContain('meter 0 used 417 Wh')
  expectReadable(result)
})

it('reads values below zero too', () => {
  const scene = sceneOf('garcia-jacobs', [
    [
      [-312, 1],
      [20, 2]
    ]
  ])
  expect(onGarciaJacobs.run(scene)).toMatchObject({ succeeded: true, learnt: { reading: '-312', total: '-292' } })
})

it('has failed where a meter does not answer', () => {
  const scene = sceneOf('garcia-jacobs')
  const [, second] = scene.group.members
  const silent = onGarciaJacobs.run({
    ...scene,
    enter: (options, tamper) => {
      const lockstep = scene.enter(options, tamper)
      const run = lockstep.run.bind(lockstep)
      lockstep.run = phase => run({ ...phase, silent: new Map([[second as never, 3]]) })
      return lockstep
    }
  })
  expect(silent.succeeded).toBe(false)
})

it('compares with the real readings', () => {
  const scene = sceneOf('garcia-jacobs')
  const [first] = scene.slots
  const members = scene.group.members
  const lying = { ...scene, slots: [{ slot: first?.slot as never, readings: new Map([...(first?.readings ?? [])]) }] }
  const result = onGarciaJacobs.run({
    ...lying,
    enter: (options, tamper) => {
      const lockstep = scene.enter(options, tamper)
      const run = lockstep.run.bind(lockstep)
      lockstep.run = phase => run({ ...phase, readings: new Map(members.map(id => [id, lanesFromIntegers([1, 1])])) })
      return lockstep
    }
  })
  expect(result).toMatchObject({ succeeded: false, learnt: { reading: '1', total: '3' } })
})
