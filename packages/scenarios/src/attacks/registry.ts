// List of all attacks. A new one takes a file in its party's folder and a line here; its name in the schema of scenarios,
// its checks and its simulation follow.

import type { Attacker } from '../ports/churn.ts'
import { askAhead } from './aggregator/ask-ahead.ts'
import { askDespiteComponents } from './aggregator/ask-despite-components.ts'
import { askLate } from './aggregator/ask-late.ts'
import { askOneAlone } from './aggregator/ask-one-alone.ts'
import { askTwice } from './aggregator/ask-twice.ts'
import { cutOff } from './aggregator/cut-off.ts'
import { askSharesTwice } from './aggregator/double-mask/ask-shares-twice.ts'
import { cutOutRow } from './aggregator/double-mask/cut-out-row.ts'
import { growAroundOne } from './aggregator/double-mask/grow-around-one.ts'
import { leaveTwoOut } from './aggregator/double-mask/leave-two-out.ts'
import { masksAfterShares } from './aggregator/double-mask/masks-after-shares.ts'
import { sharesAfterWords } from './aggregator/double-mask/shares-after-words.ts'
import { sharesOfReleased } from './aggregator/double-mask/shares-of-released.ts'
import { showAtRandom } from './aggregator/double-mask/show-at-random.ts'
import { showEachItsOwn } from './aggregator/double-mask/show-each-its-own.ts'
import { splitAroundTwo } from './aggregator/double-mask/split-around-two.ts'
import { splitSurvivors } from './aggregator/double-mask/split-survivors.ts'
import { stripPiecewise } from './aggregator/double-mask/strip-piecewise.ts'
import { vouchForRow } from './aggregator/double-mask/vouch-for-row.ts'
import { hideSubmission } from './aggregator/hide-submission.ts'
import { holdBack } from './aggregator/hold-back.ts'
import { keepFromNamed } from './aggregator/keep-from-named.ts'
import type { Attack } from './attack.ts'
import { disputeFalsely } from './members/disputes/dispute-falsely.ts'
import { disputeUnnamed } from './members/disputes/dispute-unnamed.ts'
import { disputeUnshown } from './members/disputes/dispute-unshown.ts'
import { disputeWhileAbsent } from './members/disputes/dispute-while-absent.ts'
import { flood } from './members/flood.ts'
import { impersonate } from './members/impersonate.ts'
import { journalLost } from './members/journal-lost.ts'
import { journalRolledBack } from './members/journal-rolled-back.ts'
import { leaveAndReturn } from './members/leave-and-return.ts'
import { replay } from './members/replay.ts'
import { shareForReleased } from './members/share-for-released.ts'
import { staySilent } from './members/stay-silent.ts'
import { submitLate } from './members/submit-late.ts'
import { wrongCorrections } from './members/wrong-corrections.ts'
import { wrongShares } from './members/wrong-shares.ts'
import { twoRosters } from './registrar/two-rosters.ts'

/** Attacks in the order in which people are told of them. */
const LIST = [
  hideSubmission,
  askOneAlone,
  askTwice,
  askLate,
  askAhead,
  keepFromNamed,
  cutOff,
  askDespiteComponents,
  splitSurvivors,
  splitAroundTwo,
  leaveTwoOut,
  cutOutRow,
  vouchForRow,
  showEachItsOwn,
  showAtRandom,
  growAroundOne,
  askSharesTwice,
  sharesOfReleased,
  sharesAfterWords,
  masksAfterShares,
  stripPiecewise,
  holdBack,
  twoRosters,
  submitLate,
  replay,
  disputeFalsely,
  disputeUnnamed,
  disputeUnshown,
  disputeWhileAbsent,
  staySilent,
  flood,
  impersonate,
  journalLost,
  journalRolledBack,
  leaveAndReturn,
  wrongCorrections,
  wrongShares,
  shareForReleased
] as const

/** Name of an attack; the attacker follows from it. */
export type AttackName = (typeof LIST)[number]['name']

/** The attacks, by name. */
export const ATTACKS: ReadonlyMap<AttackName, Attack> = new Map(LIST.map(attack => [attack.name, attack]))

/** Names of each party's attacks. */
export const ATTACK_NAMES: Readonly<Record<Attacker, readonly AttackName[]>> = {
  aggregator: namesBy('aggregator'),
  registrar: namesBy('registrar'),
  members: namesBy('members')
}

function namesBy(by: Attacker): AttackName[] {
  return LIST.filter(attack => attack.by === by).map(({ name }) => name)
}

export function attackOf(name: AttackName): Attack {
  return ATTACKS.get(name) as Attack
}
