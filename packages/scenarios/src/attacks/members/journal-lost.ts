import type { Attack } from '../attack.ts'
import { comeBack } from './come-back.ts'

export const journalLost = {
  name: 'journal-lost',
  by: 'members',
  about: 'A member submits, crashes, and is back before the deadline without its journal.',
  needs: 'meter',
  simulate: (target, order) => comeBack(target, order, 'lost')
} as const satisfies Attack
