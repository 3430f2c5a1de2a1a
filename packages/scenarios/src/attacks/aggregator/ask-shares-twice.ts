import type { Attack } from '../attack.ts'
import { FIRST_ROUND, inEachMove, OWN_REQUESTS } from './moves.ts'
import { handOver, keepApart, running, signedShareRequest } from './requests.ts'

export const askSharesTwice = {
  name: 'ask-shares-twice',
  by: 'aggregator',
  about: "Everybody is asked for all shares and for all but the victim's: every other meter in this order, the rest in the other.",
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    for (const turn of [0, 1]) {
      inEachMove(target, order, FIRST_ROUND + turn, (asked, position) => {
        const requests = [[], [position]].map(missing => signedShareRequest(target, asked, missing))
        for (const meter of running(target)) handOver(target, meter, requests[(meter + turn) % 2] as Uint8Array)
      })
    }
  }
} as const satisfies Attack
