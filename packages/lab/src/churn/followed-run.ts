// What a report takes from a neighbourhood in virtual time, whichever contender it is of.
import type { MeterId, Slot } from '@hushgrid/primitives'
import { SimulatedNeighbourhood, type SimulatedPes } from '@hushgrid/simulator'
import type { RunReport } from '../report/report.ts'

/** A neighbourhood whose outputs go into a report. */
export interface FollowedRun {
  readonly of: SimulatedNeighbourhood | SimulatedPes
  /** Public keys of all who sign and are no meters. */
  readonly keys: Readonly<Record<string, MeterId>>
  /** Configuration of its own. */
  readonly own: () => object
  /** Members and degree at the end. */
  readonly atEnd: () => { readonly members: number | undefined; readonly degree: number | undefined }
}

/** Has the outputs of a neighbourhood that has not run yet written to a report. */
export function followRun(of: SimulatedNeighbourhood | SimulatedPes, report: RunReport): FollowedRun {
  return of instanceof SimulatedNeighbourhood ? followRing(of, report) : followPes(of, report)
}

function followRing(of: SimulatedNeighbourhood, report: RunReport): FollowedRun {
  of.recorder.tell = happening => report.event(happening)
  const { registrarNode, aggregatorNode } = of
  const { observe: ofRegistrar } = registrarNode
  registrarNode.observe = output => {
    if (output.type === 'roster') report.roster(output.held)
    ofRegistrar?.(output)
  }
  const { observe: ofAggregator } = aggregatorNode
  aggregatorNode.observe = output => {
    if (output.type === 'journal' && output.record.kind === 'result') report.transcript(output.record.bytes)
    ofAggregator?.(output)
  }
  return {
    of,
    keys: { registrar: of.registrarKey.id, aggregator: of.aggregatorKey.id },
    own: () => ({}),
    atEnd: () => {
      const roster = of.recorder.rosterOf(Number.MAX_SAFE_INTEGER as Slot)?.roster
      return { members: roster?.n, degree: roster?.degree }
    }
  }
}

function followPes(of: SimulatedPes, report: RunReport): FollowedRun {
  of.record.tell = happening => report.event(happening)
  const { concentrator } = of.parties
  const { observe } = concentrator
  concentrator.observe = output => {
    if (output.type === 'batch') {
      report.message(concentrator.state.config.setup)
      report.message(output.bytes)
    } else if (output.type === 'forward') report.message(output.bytes)
    observe?.(output)
  }
  return {
    of,
    keys: of.keys,
    own: () => {
      const { variant, publicKey } = concentrator.terms
      return { pes: { variant, bits: publicKey.bits } }
    },
    atEnd: () => ({ members: of.record.membersAt(Number.MAX_SAFE_INTEGER as Slot).length, degree: 0 })
  }
}
