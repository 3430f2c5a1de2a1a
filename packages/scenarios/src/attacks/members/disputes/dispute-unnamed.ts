import type { Attack } from '../../attack.ts'
import { disputing } from './disputing.ts'

export const disputeUnnamed = {
  name: 'dispute-unnamed',
  by: 'members',
  about: 'A member that has submitted disputes each request, though none names it: with edge release that loses the slot.',
  needs: 'meter',
  simulate(target, order) {
    disputing(target, order, requestHash => requestHash)
  }
} as const satisfies Attack
