import { HushgridError } from '@hushgrid/primitives'

/** The rule of PROTOCOL.md section 4 that a roster breaks. */
export type RosterFault =
  | 'form'
  | 'network'
  | 'registrar'
  | 'aggregator'
  | 'slot-seconds'
  | 'signature'
  | 'weak-key'
  | 'credential'
  | 'lanes'
  | 'own-entry'
  | 'no-neighbour'
  | 'min-members'
  | 'support'
  | 'change-slot'
  | 'season-size'
  | 'chain-epoch'
  | 'chain-hash'
  | 'chain-first-slot'
  | 'chain-season'
  | 'chain-placement'
  | 'chain-season-slots'
  | 'chain-cuts'
  | 'floor-min-members'
  | 'floor-degree'
  | 'floor-recovery'
  | 'floor-support'
  | 'floor-season'

/** A roster that is not taken up, and the rule that it breaks. */
export class RosterRefusedError extends HushgridError {
  override name = 'RosterRefusedError'
  readonly fault: RosterFault

  constructor(fault: RosterFault, detail: string) {
    super(`roster refused (${fault}): ${detail}`)
    this.fault = fault
  }
}
