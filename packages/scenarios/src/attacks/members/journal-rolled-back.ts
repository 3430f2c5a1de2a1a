import type { Attack } from '../attack.ts'
import { comeBack } from './come-back.ts'

export const journalRolledBack = {
  name: 'journal-rolled-back',
  by: 'members',
  about: 'A member submits, crashes, and is back before the deadline with a backup of its journal from before.',
  needs: 'meter',
  simulate: (target, order) => comeBack(target, order, 'rolled-back')
} as const satisfies Attack
