import { findingText, type RegistrarOutput } from '@hushgrid/dcnet'
import { NodeEvents } from '@hushgrid/runtime'

/** Logs the events of a registrar: joins and leaves, rosters it signs, faults it counts. */
export class RegistrarEvents extends NodeEvents {
  /** @param formWith - number of members that the first roster waits for */
  output(output: RegistrarOutput, formWith: number): void {
    this.tick()
    switch (output.type) {
      case 'enrolled':
        this.log.info('enrolled', { meter: output.meterId, enrolled: output.enrolled })
        return
      case 'admitted':
        this.log.info('admitted', { meter: output.meterId, waiting: output.waiting, formWith })
        return
      case 'aggregator':
        this.log.info('aggregator', { id: output.key, address: output.address })
        return
      case 'cannot-form':
        this.log.warn('cannot-form', { problem: output.detail })
        return
      case 'roster':
        this.roster(output.held.roster)
        return
      case 'changes':
        this.log.info('changes', {
          epoch: output.epoch,
          joined: output.joined.length,
          left: output.left.length,
          absent: output.absent.length,
          present: output.present.length,
          bytes: output.bytes,
          delta: output.delta
        })
        return
      case 'fault':
        this.log.warn(
          'fault',
          { slot: output.slot, meter: output.meterId, what: output.what, times: output.times },
          `fault ${output.slot} ${output.meterId}`
        )
        return
      case 'aggregator-fault':
        this.log.warn(
          'aggregator-fault',
          { slot: output.slot, detail: findingText(output), members: output.members.length },
          `aggregator-fault ${output.slot}`
        )
        return
      case 'roster-refused':
        this.rosterRefused(output.error)
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
}
