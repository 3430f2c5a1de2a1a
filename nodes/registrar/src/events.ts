// Log lines of a registrar: who comes and goes, the rosters that it signs, and the faults that it counts.
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
      case 'season':
        this.log.info('season', {
          season: output.season,
          firstSlot: output.firstSlot,
          starts: this.startOf(output.firstSlot),
          members: output.members,
          early: output.early
        })
        return
      case 'season-put-off':
        this.log.warn('season-put-off', { season: output.season, until: output.until, ends: this.startOf(output.until) })
        return
      case 'season-too-small':
        this.log.warn('season-too-small', { season: output.season, members: output.members, least: output.least })
        return
      case 'barred':
        this.#barred(output)
        return
      case 'cut':
        this.#cut(output)
        return
      case 'damped':
        this.log.warn(
          'damped',
          {
            slot: output.slot,
            missing: output.missing,
            present: output.present,
            problem: 'so many are missing that nobody is marked absent'
          },
          `damped ${output.slot}`
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
  #cut({ slot, owner, holder }: Extract<RegistrarOutput, { type: 'cut' }>): void {
    const problem = 'one of the two lies about their share: they mask towards each other no more'
    this.log.warn('cut', { slot, owner, holder, problem }, `cut ${owner} ${holder}`)
  }

  #barred({ meterId, slot, until, why }: Extract<RegistrarOutput, { type: 'barred' }>): void {
    const lasts = until === undefined ? 'until an operator lifts it' : `until ${this.startOf(until)}`
    this.log.warn('barred', { meter: meterId, slot, why, lasts }, `barred ${meterId}`)
  }
}
