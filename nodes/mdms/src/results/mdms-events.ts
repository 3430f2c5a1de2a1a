// The log of the supplier's node.
import type { FollowedResult } from '@hushgrid/network'
import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import type { ObisCode, Slot } from '@hushgrid/primitives'
import { laneFields, NodeEvents } from '@hushgrid/runtime'
import type { Delivered } from '../bills/delivery-intake.ts'
import { lossInWords, pesLossInWords } from './loss-in-words.ts'

/** Logs what the supplier's end takes in: totals of the neighbourhood, and of households no more than that a figure came. */
export class MdmsEvents extends NodeEvents {
  /** The PES has told its setup. */
  setup({ pes, variant, publicKey, minMembers, billingSlots, minReadings }: PesTerms): void {
    this.log.info('setup', { pes, variant, bits: publicKey.bits, minMembers, billingSlots, minReadings })
  }

  /** A DC-net's aggregator has given the result of a slot. */
  followed(result: FollowedResult, lanes: readonly ObisCode[]): void {
    this.tick()
    const { type, slot } = result
    const common = { slot, start: this.startOf(slot) }
    if (type === 'lost') this.log.info('lost', { ...common, reason: lossInWords(result), members: result.members })
    else {
      const { contributors, missing } = result
      this.log.info('total', { ...common, contributors, missing, ...laneFields(lanes, result.lanes) })
    }
  }

  /** Slots that the aggregator gave no result of, and that will not be asked for again. */
  skipped(first: Slot, last: Slot, why: string): void {
    const slots = last - first + 1
    this.log.warn('skipped', { slot: first, start: this.startOf(first), slots, reason: why }, `skipped ${first}`)
  }

  /** A meter or customer has brought something; which is not said, nor anything that is in it. */
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
        this.log.info('total', { slot: output.slot, start: this.startOf(output.slot), ...counts, ...laneFields(lanes, output.lanes) })
        return
      }
      case 'lost': {
        const counts = { contributors: output.contributors.length, missing: output.missing.length }
        this.log.info('lost', { slot: output.slot, start: this.startOf(output.slot), reason: pesLossInWords(output), ...counts })
        return
      }
      case 'consumption': {
        // The figure is personal data: it goes in the store, and not in a log.
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
