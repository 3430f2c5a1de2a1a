import { type AggregatorOutput, findingText } from '@hushgrid/dcnet'
import { LossReason } from '@hushgrid/messages'
import { NodeEvents } from '@hushgrid/runtime'

/** Logs the events of an aggregator: totals of the neighbourhood, or the reason of a loss; never what one member sent. */
export class AggregatorEvents extends NodeEvents {
  output(output: AggregatorOutput): void {
    this.tick()
    switch (output.type) {
      case 'roster':
        this.roster(output.held.roster)
        return
      case 'roster-refused':
        this.rosterRefused(output.error)
        return
      case 'total':
        this.total(output)
        return
      case 'lost':
        this.lost(output, output.reason === LossReason.Away ? 'away' : undefined)
        return
      case 'clock-adjusted':
        this.clockAdjusted(output)
        return
      case 'evidence':
        this.evidence(output.against, findingText(output.what))
        return
      case 'conflict': {
        const { slot, owner, holder } = output
        const problem = "the holder's share lacks the owner's tag: one of them lies, which the registrar finds out"
        this.log.warn('conflict', { slot, owner, holder, problem }, `conflict ${slot} ${owner} ${holder}`)
        return
      }
      case 'requested':
        this.requested(output.slot, output.missing)
        return
      case 'disputed':
        this.disputed(output.slot, output.by)
        return
      case 'refused':
        this.refused(output.slot, output.by, output.reason)
        return
      case 'dropped':
        this.dropped(output.reason)
        return
      default:
        return
    }
  }
}
