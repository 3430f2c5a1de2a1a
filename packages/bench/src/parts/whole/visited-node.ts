// Thread with one node under the field preset, which says what its visitors have cost its processor.
import { parentPort, workerData } from 'node:worker_threads'
import { NetworkNode, presetNamed } from '@hushgrid/network'
import { IdentityKey, type MeterId, systemRng } from '@hushgrid/primitives'

/** Data that the thread is started with. */
export interface VisitedNode {
  readonly network: string
  /** Quota of connections: none are refused unread, or all are. */
  readonly refusing: boolean
  /** Peers that the node knows, as it does the members of a roster. */
  readonly known: readonly MeterId[]
}

const { network, refusing, known } = workerData as VisitedNode
const field = presetNamed('field', network, 50)
if (!field.gate) throw new Error('expected limits of a gate')
const most = refusing ? 0 : 1_000_000
const quota = { burst: most, perSecond: most }
const gate = { ...field.gate, arrivals: quota, requests: quota, enrolRequests: quota }
const node = await NetworkNode.start({
  identity: IdentityKey.generate(systemRng),
  network,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  preset: { ...field, gate }
})
node.gate.know('members', known)
node.subscribe('readings', () => 'ignore')
await node.serve('sync', (_, bytes) => bytes)
let before = process.threadCpuUsage()
parentPort?.on('message', question => {
  if (question === 'stop') void node.stop().then(() => process.exit())
  const { user, system } = process.threadCpuUsage(before)
  before = process.threadCpuUsage()
  parentPort?.postMessage((user + system) / 1000)
})
parentPort?.postMessage(node.addresses[0])
