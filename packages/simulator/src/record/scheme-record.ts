import type { MeterId, Slot } from '@hushgrid/primitives'
import type { SlotReport } from '@hushgrid/scenarios'
import type { SchemeOutput } from '@hushgrid/schemes'
import { OutcomeRecord } from './outcome-record.ts'

/** Records the outputs of a scheme's parties. */
export class SchemeRecord extends OutcomeRecord {
  /** Last round of each open slot in which somebody sent before the outcome. */
  readonly #rounds = new Map<Slot, number>()

  /** Takes an output of a party, at a moment in protocol ms. */
  observe(by: MeterId, output: SchemeOutput, at: number): void {
    if (output.type === 'send' && output.phase === 'slot') this.#sent(by, output)
    else if (output.type === 'outcome' && output.phase === 'slot') this.ended({ ...output, rounds: this.#rounds.get(output.slot) ?? 0, at })
    else if (output.type === 'accused') this.accused(output.member, output.what, output.envelopes)
    else if (output.type === 'dropped') this.dropped(by, output.reason)
  }

  override finish(slot: Slot): SlotReport {
    this.#rounds.delete(slot)
    return super.finish(slot)
  }

  #sent(by: MeterId, { slot, round }: Extract<SchemeOutput, { type: 'send' }>): void {
    this.submitted(slot, by)
    if (!this.hasEnded(slot)) this.#rounds.set(slot, Math.max(this.#rounds.get(slot) ?? 0, round))
  }
}
