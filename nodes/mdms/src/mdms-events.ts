import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import { EXPORT_LANE, IMPORT_LANE, type LaneVector, type ObisCode, signedLanes } from '@hushgrid/primitives'
import { type Fields, NodeEvents } from '@hushgrid/runtime'

/** Logs what the supplier's end takes in: totals of the neighbourhood, and of households no more than that a figure came. */
export class MdmsEvents extends NodeEvents {
  /** The PES has told its setup. */
  setup({ pes, variant, publicKey, minMembers, billingSlots, minReadings }: PesTerms): void {
    this.log.info('setup', { pes, variant, bits: publicKey.bits, minMembers, billingSlots, minReadings })
  }

  output(output: SupplierOutput, { lanes }: PesTerms): void {
    this.tick()
    switch (output.type) {
      case 'total': {
        const counts = { contributors: output.contributors.length, missing: output.missing.length }
        this.log.info('total', { slot: output.slot, start: this.startOf(output.slot), ...counts, ...kilowattHours(lanes, output.lanes) })
        return
      }
      case 'lost': {
        const counts = { contributors: output.contributors.length, missing: output.missing.length }
        this.log.info('lost', { slot: output.slot, start: this.startOf(output.slot), reason: 'too few readings to be added up', ...counts })
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

/** Energy in kWh; a lane that is neither import nor export in its own unit, under its OBIS code. */
function kilowattHours(lanes: readonly ObisCode[], values: LaneVector): Fields {
  const fields = signedLanes(values).map((value, i): [string, number] => {
    const lane = lanes[i] ?? `lane${i}`
    if (lane === IMPORT_LANE) return ['importKWh', Number(value) / 1000]
    return lane === EXPORT_LANE ? ['exportKWh', Number(value) / 1000] : [lane, Number(value)]
  })
  return Object.fromEntries(fields)
}
