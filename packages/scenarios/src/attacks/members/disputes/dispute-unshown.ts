import { sha256 } from '@hushgrid/primitives'
import type { Attack } from '../../attack.ts'
import { disputing } from './disputing.ts'

export const disputeUnshown = {
  name: 'dispute-unshown',
  by: 'members',
  about: 'A member that has submitted disputes requests that nobody has made, whenever there is one: nobody can disprove that.',
  needs: 'meter',
  simulate(target, order) {
    disputing(target, order, requestHash => sha256(requestHash))
  }
} as const satisfies Attack
