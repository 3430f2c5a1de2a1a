import type { PesMeterOutput } from '@hushgrid/pes'
import { HouseholdEvents } from '../readings/household-events.ts'

/** Logs the events of a meter on the path by concentrator and PES: its acts in a slot, never its readings. */
export class PesMeterEvents extends HouseholdEvents {
  #setup = ''

  output(output: PesMeterOutput): void {
    this.tick()
    switch (output.type) {
      case 'set-up': {
        const { variant, publicKey, pes, supplier, minMembers, billingSlots, minReadings } = output.terms
        const setup = { variant, bits: publicKey.bits, pes, supplier, minMembers, billingSlots, minReadings }
        // Only a new setup gets a line; the same one comes with every attempt to join.
        if (JSON.stringify(setup) === this.#setup) return
        this.#setup = JSON.stringify(setup)
        this.log.info('setup', setup)
        if (variant === 'reencrypt')
          this.log.warn('trust', { problem: 'with reencrypt the PES sees every reading of this meter for a moment' })
        return
      }
      case 'setup-refused':
        this.log.warn('setup-refused', { detail: output.error.message })
        return
      case 'admitted':
        this.log.info('admitted', { firstSlot: output.firstSlot, starts: this.startOf(output.firstSlot) })
        return
      case 'refused':
        this.log.warn('refused', { by: 'concentrator', reason: output.reason })
        return
      case 'left':
        this.log.info('left')
        return
      case 'journal':
        this.log.info('submitted', { slot: output.record.slot, start: this.startOf(output.record.slot) })
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      default:
        return
    }
  }
}
