import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { askLate, askOneAlone, askTwice, cutOff, hideSubmission, keepFromNamed } from './aggregator-attacks.ts'
import type { AttackOperation } from './attack-tools.ts'
import { comeBack, disputeFalsely, flood, impersonate, leaveAndReturn, replay, staySilent, submitLate } from './member-attacks.ts'
import { shareForReleased, wrongCorrections, wrongShares } from './private-mask-attacks.ts'
import { twoRosters } from './registrar-attacks.ts'
import {
  askSharesTwice,
  growAroundOne,
  holdBack,
  masksAfterShares,
  sharesOfReleased,
  splitAroundTwo,
  splitSurvivors,
  stripPiecewise
} from './share-attacks.ts'

type Attack = (neighbourhood: SimulatedNeighbourhood, operation: AttackOperation) => void

const ATTACKS: Readonly<Record<AttackOperation['what'], Attack>> = {
  'hide-submission': hideSubmission,
  'keep-from-named': keepFromNamed,
  'ask-one-alone': askOneAlone,
  'ask-twice': askTwice,
  'ask-late': askLate,
  'cut-off': cutOff,
  'two-rosters': twoRosters,
  'submit-late': submitLate,
  replay,
  'dispute-falsely': disputeFalsely,
  'stay-silent': staySilent,
  flood,
  impersonate,
  'journal-lost': (neighbourhood, operation) => comeBack(neighbourhood, operation, 'lost'),
  'journal-rolled-back': (neighbourhood, operation) => comeBack(neighbourhood, operation, 'rolled-back'),
  'leave-and-return': leaveAndReturn,
  'split-survivors': splitSurvivors,
  'split-around-two': splitAroundTwo,
  'grow-around-one': growAroundOne,
  'ask-shares-twice': askSharesTwice,
  'shares-of-released': sharesOfReleased,
  'masks-after-shares': masksAfterShares,
  'strip-piecewise': stripPiecewise,
  'hold-back': holdBack,
  'wrong-corrections': wrongCorrections,
  'wrong-shares': wrongShares,
  'share-for-released': shareForReleased
}

/** Has an attack of a plan happen in its slots, by what passes on the network: the machines themselves stay honest. */
export function attack(neighbourhood: SimulatedNeighbourhood, operation: AttackOperation): void {
  ATTACKS[operation.what](neighbourhood, operation)
}
