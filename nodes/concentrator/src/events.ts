import type { ConcentratorOutput, PesOutput, PesTerms } from '@hushgrid/pes'
import { NodeEvents } from '@hushgrid/runtime'

/** Logs the events of concentrator and PES: the number of readings, never one of them. */
export class ConcentratorEvents extends NodeEvents {
  /** Logs the terms that the PES goes by. */
  setup({ pes, supplier, variant, publicKey, minMembers, billingSlots, minReadings }: PesTerms): void {
    this.log.info('setup', { pes, supplier, variant, bits: publicKey.bits, minMembers, billingSlots, minReadings })
    if (variant === 'reencrypt') this.log.warn('trust', { problem: 'with reencrypt the PES sees every single reading for a moment' })
  }

  concentrator(output: ConcentratorOutput): void {
    this.tick()
    switch (output.type) {
      case 'member':
        this.log.info(output.what, { meter: output.meterId, index: output.index })
        return
      case 'slot-closed': {
        const { slot, contributors, missing } = output
        this.log.info('closed', { slot, start: this.startOf(slot), contributors: contributors.length, missing: missing.length })
        return
      }
      case 'lost':
        this.log.warn('lost', { slot: output.slot, start: this.startOf(output.slot), reason: output.reason })
        return
      case 'evidence':
        this.evidence(output.against, output.what)
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      default:
        return
    }
  }

  pes(output: PesOutput): void {
    this.tick()
    switch (output.type) {
      case 'slot-closed': {
        const { slot, contributors, aggregated } = output
        this.log.info('aggregated', { slot, start: this.startOf(slot), contributors, aggregated })
        return
      }
      case 'period-closed':
        this.log.info('period', {
          meter: output.meterId,
          readings: output.readings,
          aggregated: output.aggregated,
          withheld: output.withheld
        })
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      default:
        return
    }
  }
}
