// Who could read which body of a run: what each party, or several of them together, may compute with.
import type { MeterId } from '@hushgrid/primitives'
import type { Sent } from './lockstep.ts'
import { broadcastTo, type Group } from './scheme.ts'

/**
 * What a party has of a message.
 *
 * - `sent`, `received`: it wrote the body, or was meant to read it.
 * - `overheard`: the body is for somebody else and not sealed, so that whoever taps the link reads it.
 * - `sealed`: the body is for somebody else's eyes only.
 */
export type Sight = 'sent' | 'received' | 'overheard' | 'sealed'

export interface LedgerEntry {
  readonly message: Sent
  readonly sight: Sight
}

/** Tells what a party has of a message. */
function sightOf({ from, to, sealed }: Sent, party: MeterId, group: Group): Sight {
  if (from === party) return 'sent'
  if (to === 'meters' ? broadcastTo(group, from).includes(party) : to === party) return 'received'
  return sealed ? 'sealed' : 'overheard'
}

/** Gives each party's view of all messages of a run, in the order in which they were sent. */
export function ledgerOf(sent: readonly Sent[], group: Group, parties: Iterable<MeterId>): ReadonlyMap<MeterId, readonly LedgerEntry[]> {
  return new Map([...parties].map(party => [party, sent.map(message => ({ message, sight: sightOf(message, party, group) }))]))
}

/**
 * Gives the messages that some parties can read together.
 *
 * @param tapping - true where they also tap every link, so that only sealing keeps bodies from them
 */
export function readableBy(coalition: Iterable<MeterId>, sent: readonly Sent[], group: Group, tapping = false): Sent[] {
  const parties = [...coalition]
  return sent.filter(message => {
    if (tapping && !message.sealed) return true
    return parties.some(party => ['sent', 'received'].includes(sightOf(message, party, group)))
  })
}
