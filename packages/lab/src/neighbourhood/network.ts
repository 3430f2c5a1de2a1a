import { fileURLToPath } from 'node:url'
import { readNetwork } from '@hushgrid/runtime'
import { changeNetwork, type Network } from '@hushgrid/topology'

/** Network file of runs without one of their own; its name and number of members are replaced. */
const DEFAULT_NETWORK = fileURLToPath(new URL('../../../../topology/networks/neighbourhood-50.yaml', import.meta.url))

/** Gives the default network for that many members; without a number, for as many as its file says. */
export function labNetwork(members?: number): Network {
  const network = readNetwork(DEFAULT_NETWORK)
  const n = members ?? network.members
  return changeNetwork(network, { members: n, name: `neighbourhood-${n}` })
}
