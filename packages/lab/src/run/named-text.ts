// Names for keys in lines for a person: `meter 7` for 64 hexadecimal digits.
import { idInAddress } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { LabEvent } from '../neighbourhood/events.ts'
import type { LabNeighbourhood } from '../neighbourhood/neighbourhood.ts'
import { ROLE_TITLES, type RoleName } from '../roles/role.ts'

type Named = Pick<LabNeighbourhood, 'households' | 'keys'>

const ADDRESS = /\/(?:ip4|ip6|dns[46]?)\/([^/\s]+)\/tcp\/(\d+)(?:\/p2p\/\w+)?/g
const PEER = /\b12D3KooW\w{44}\b/g
const KEY = /\b(?:meter )?([0-9a-f]{64})\b/g

/** Writes a line with names for the keys that the neighbourhood knows, and with `host:port` for multiaddrs. */
export function namedText(text: string, { households, keys }: Named): string {
  const nameOf = (id: MeterId): string | undefined => {
    const household = households.get(id)
    if (household !== undefined) return `meter ${household}`
    const [role] = Object.entries(keys).find(([, key]) => key === id) ?? []
    return role && `the ${ROLE_TITLES[role as RoleName] ?? role}`
  }
  return text
    .replace(ADDRESS, '$1:$2')
    .replace(PEER, peer => nameOf(idInAddress(`/p2p/${peer}`)) ?? peer)
    .replace(KEY, (written, id: string) => nameOf(id as MeterId) ?? written)
}

/** Gives an event with names in its text; a report keeps the event as it is. */
export function named(event: LabEvent, neighbourhood: Named): LabEvent {
  return event.type === 'note' || event.type === 'warning' ? { ...event, text: namedText(event.text, neighbourhood) } : event
}
