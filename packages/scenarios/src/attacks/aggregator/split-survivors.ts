import type { Attack } from '../attack.ts'
import { inEachMove, inRounds, mostLost, OWN_REQUESTS, SHARES, through } from './moves.ts'
import { type Asked, handOver, keepApart, running, signedMaskRequest, signedShareRequest } from './requests.ts'

export const splitSurvivors = {
  name: 'split-survivors',
  by: 'aggregator',
  about:
    'Every other meter is shown other survivors, through all rounds: two sets of missing members, each growing, and at the end a request for the shares of those that each half takes for the survivors.',
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    const show = (envelopeOf: (positions: readonly number[]) => Uint8Array, sets: readonly (readonly number[])[]): void => {
      const envelopes = sets.map(envelopeOf)
      for (const meter of running(target)) handOver(target, meter, envelopes[meter % 2] as Uint8Array)
    }
    inRounds(target, order, (round, asked, position) => {
      const sets = halves(asked, position).map(set => through(set, round))
      show(positions => signedMaskRequest(target, asked, round, positions), sets)
    })
    inEachMove(target, order, SHARES, (asked, position) =>
      show(positions => signedShareRequest(target, asked, positions), halves(asked, position))
    )
  }
} as const satisfies Attack

/** Gives two sets of the victim's neighbours, each as large as it may lose. */
function halves({ held: { roster } }: Asked, position: number): readonly [readonly number[], readonly number[]] {
  const neighbours = roster.neighbours(position)
  const most = mostLost(neighbours)
  return [neighbours.slice(0, most), neighbours.slice(-most)]
}
