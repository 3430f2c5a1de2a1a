import { expect, it } from 'vitest'
import { withoutEffectText } from '../../src/ports/without-effect.ts'

it('an operation without effect is told in a sentence', () => {
  expect(withoutEffectText({ at: 5, operation: 'leave', about: 6, why: 'it has left' })).toBe(
    'leave of meter 6 at 5 had no effect: it has left'
  )
  expect(withoutEffectText({ at: 2.5, operation: 'heal', about: undefined, why: 'nobody is cut off' })).toBe(
    'heal at 2.5 had no effect: nobody is cut off'
  )
})
