// The log of the supplier's node.
import { LossReason } from '@hushgrid/messages'
import type { FollowedResult } from '@hushgrid/network'
import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import { namedSums, type Slot } from '@hushgrid/primitives'
import { NodeEvents, sumFields } from '@hushgrid/runtime'
import type { Delivered } from '../bills/delivery-intake.ts'
import { lossInWords, pesLossInWords } from './loss-in-words.ts'

/** Logs the intake of the supplier's end: totals of the neighbourhood, and of households only that a figure came. */
export class MdmsEvents extends NodeEvents {
  /** Logs the setup that the PES has told. */
  setup({ pes, variant, publicKey, minMembers, billingSlots, minReadings }: PesTerms): void {
    this.log.info('setup', { pes, variant, bits: publicKey.bits, minMembers, billingSlots, minReadings })
  }

  /** Logs the result that a DC-net's aggregator has given for a slot. */
  followed(result: FollowedResult): void {
    this.tick()
    const { type, slot } = result
    const common = { slot, start: this.startOf(slot) }
    if (type === 'lost') {
      const sameAs = result.reason === LossReason.Away ? 'away' : undefined
      this.log.info('lost', { ...common, reason: lossInWords(result), members: result.members }, sameAs)
    } else {
      const { contributors, missing } = result
      this.log.info('total', { ...common, contributors, missing, ...sumFields(namedSums(result.open, result.lanes, result.withheld)) })
    }
  }

  /** Logs slots without a result of the aggregator, which will not be asked for again. */
  skipped(first: Slot, last: Slot, why: string): void {
    const slots = last - first + 1
    this.log.warn('skipped', { slot: first, start: this.startOf(first), slots, reason: why }, `skipped ${first}`)
  }

  /** Logs that a meter or customer has brought something; neither who, nor anything in it. */
  delivered(delivered: Delivered): void {
    this.tick()
    switch (delivered.type) {
      case 'batch':
      case 'bill': {
        const { firstSlot, slots, recorded } = delivered
        this.log.info(delivered.type, { firstSlot, slots, recorded })
        return
      }
      case 'refused': {
        const { what, from, reason } = delivered
        this.log.warn('refused', { what, from, reason }, `refused ${from} ${reason}`)
        return
      }
      case 'dropped':
        this.dropped(delivered.reason)
        return
    }
  }

  output(output: SupplierOutput, { lanes }: PesTerms): void {
    this.tick()
    switch (output.type) {
      case 'total': {
        const counts = { contributors: output.contributors.length, missing: output.missing.length }
        this.log.info('total', {
          slot: output.slot,
          start: this.startOf(output.slot),
          ...counts,
          ...sumFields(namedSums(lanes, output.lanes))
        })
        return
      }
      case 'lost': {
        const counts = { contributors: output.contributors.length, missing: output.missing.length }
        this.log.info('lost', { slot: output.slot, start: this.startOf(output.slot), reason: pesLossInWords(output), ...counts })
        return
      }
      case 'consumption': {
        // Leaves out the figure: it is personal data, which goes in the store and not in a log.
        const { meterId, firstSlot, slots, readings } = output
        this.log.info('consumption', { meter: meterId, firstSlot, slots, readings })
        return
      }
      case 'evidence':
        this.evidence(output.against, output.what)
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      case 'taken':
        return
    }
  }
}
