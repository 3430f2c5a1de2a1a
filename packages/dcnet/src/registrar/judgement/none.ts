import { inTime, missingByResult } from './faults.ts'
import type { Judgement } from './judgement.ts'

/** Judgement without recovery: nobody is asked for anything, so only the result can call members missing. */
export const NONE: Judgement = {
  hears: new Set(),
  wronged: (context, twice) => inTime(context, missingByResult(context), twice),
  owes: () => [],
  judgeLoss: () => undefined
}
