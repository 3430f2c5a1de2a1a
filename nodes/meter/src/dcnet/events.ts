// Log lines of a meter: what it did in a slot, and never what it measured.
import { findingText, type MeterOutput } from '@hushgrid/dcnet'
import { HouseholdEvents } from '../readings/household-events.ts'

/** Why a reading is not submitted. */
const GAPS = {
  'beyond-max': 'the reading is beyond what the lane may show',
  'lane-unread': 'the reading was taken before a roster with this lane came'
}

/** Logs the events of a meter: its acts in a slot, never its readings. */
export class MeterEvents extends HouseholdEvents {
  #credential = 0

  output(output: MeterOutput): void {
    this.tick()
    switch (output.type) {
      case 'enrolled':
        this.#enrolled(output.credential.notAfter)
        return
      case 'admitted':
        this.log.info('admitted')
        return
      case 'refused':
        this.log.warn('refused', { by: output.by, reason: output.reason })
        return
      case 'roster': {
        const { roster, stayOut } = output.held
        this.roster(roster, stayOut ? { part: false, rule: stayOut.fault, detail: stayOut.message } : { part: true })
        return
      }
      case 'roster-refused':
        this.rosterRefused(output.error)
        return
      case 'journal':
        if (output.record.kind === 'submission')
          this.log.info('submitted', { slot: output.record.slot, start: this.startOf(output.record.slot) })
        return
      case 'released':
        this.log.info('released', { slot: output.slot, start: this.startOf(output.slot) })
        return
      case 'request-refused':
        this.log.warn('request-refused', { slot: output.slot, reason: output.reason })
        return
      case 'disputed':
        this.log.warn('disputed', { slot: output.slot, problem: 'the aggregator named this meter missing' })
        return
      case 'journal-rolled-back':
        this.log.warn('rolled-back', {
          through: output.through,
          problem: 'the journal does not know what this meter sent: nothing is submitted until then'
        })
        return
      case 'leaving':
        this.log.info('leaving')
        return
      case 'total':
        this.total(output)
        return
      case 'lost':
        this.lost(output)
        return
      case 'misreported':
        this.log.warn('misreported', { slot: output.slot, detail: findingText(output) }, `misreported ${output.slot}`)
        return
      case 'beyond-max':
      case 'lane-unread':
        this.log.warn(output.type, { slot: output.slot, lane: output.lane, problem: `${GAPS[output.type]}: the slot is a gap` })
        return
      case 'edge-opened':
        this.log.warn('edge-opened', {
          slot: output.slot,
          with: output.with,
          problem: 'the neighbour has signed what does not follow from the secret of the pair'
        })
        return
      case 'clock-adjusted':
        this.clockAdjusted(output)
        return
      case 'evidence':
        this.evidence(output.against, findingText(output.what))
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      default:
        return
    }
  }

  /** Logs a new credential; the same one comes with every conversation. */
  #enrolled(notAfter: number): void {
    if (notAfter === this.#credential) return
    this.#credential = notAfter
    this.log.info('enrolled', { until: new Date(1000 * notAfter).toISOString() })
  }
}
