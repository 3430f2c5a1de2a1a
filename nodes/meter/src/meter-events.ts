import type { MeterOutput } from '@hushgrid/dcnet'
import type { Slot } from '@hushgrid/primitives'
import { NodeEvents } from '@hushgrid/runtime'

/** Logs what happens in a meter: what it did in a slot, never what it read. */
export class MeterEvents extends NodeEvents {
  #credential = 0
  #gap: Slot | undefined

  connected(): void {
    this.log.info('connected', { to: 'aggregator' })
  }

  /** There is no reading of a slot that has ended. */
  noReading(slot: Slot, why: string): void {
    if (slot === this.#gap) return
    this.#gap = slot
    this.log.info('no-reading', { slot, start: this.startOf(slot), why })
  }

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
        this.log.info('submitted', { slot: output.submission.slot, start: this.startOf(output.submission.slot) })
        return
      case 'total':
        this.total(output)
        return
      case 'lost':
        this.lost(output)
        return
      case 'misreported':
        this.log.warn('misreported', { slot: output.slot, detail: output.detail }, `misreported ${output.slot}`)
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

  /** The same credential comes with every conversation; it is worth a line when it is new. */
  #enrolled(notAfter: number): void {
    if (notAfter === this.#credential) return
    this.#credential = notAfter
    this.log.info('enrolled', { until: new Date(1000 * notAfter).toISOString() })
  }
}
