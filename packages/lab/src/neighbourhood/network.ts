import { fileURLToPath } from 'node:url'
import { readNetwork } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'

/** The network file that a run without one of its own goes by, but for its name and number of members. */
const DEFAULT_NETWORK = fileURLToPath(new URL('../../../../topology/networks/neighbourhood-50.yaml', import.meta.url))

/** The default network, for that many members; as many as its file says where none are given. */
export function labNetwork(members?: number): Network {
  const network = readNetwork(DEFAULT_NETWORK)
  const n = members ?? network.members
  return { ...network, members: n, name: `neighbourhood-${n}` }
}
