// Those who take part by the rosters that a node holds.
import type { HeldRoster, RosterBook } from '@hushgrid/dcnet'
import type { Dropped } from '@hushgrid/machine'
import { decodeEnvelope } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'

/** Gives the members of all held rosters, their registrars and their aggregators. */
export function* heldMembers(held: readonly HeldRoster[]): Generator<MeterId> {
  for (const { roster } of held) {
    yield roster.registrarKey
    yield roster.aggregatorKey
    for (let index = 0; index < roster.n; index++) yield roster.meterId(index)
  }
}

/** A message that came in, and what the machine made of it. */
interface Heard {
  readonly from: MeterId
  /** Gives the envelope's bytes. */
  readonly envelope: () => Uint8Array
  readonly outputs: readonly (Dropped | { readonly type: string })[]
}

/**
 * Tells whether a message shows that a roster was missed: it is of an epoch that is not held, and both its sender and the
 * peer that brought it are in a roster that is. Its signature cannot be checked without the roster that it names, so
 * anything else could have a stranger decide when this node asks.
 */
export function showsMissedRoster({ held }: RosterBook, { from, envelope, outputs }: Heard): boolean {
  if (!outputs.some(output => 'reason' in output && output.type === 'dropped' && output.reason === 'unknown-epoch')) return false
  const { sender } = decodeEnvelope(envelope())
  return [from, sender].every(id =>
    held.some(({ roster }) => id === roster.registrarKey || id === roster.aggregatorKey || roster.indexOf(id) !== undefined)
  )
}
