import { HomeClient, NetworkNode, presetNamed } from '@hushgrid/network'
import { IdentityKey, systemRng } from '@hushgrid/primitives'

/** Time that a meter may take to answer one request, real milliseconds. */
const ANSWER_WITHIN = 60_000
/** Name of a network, required of every node; it stands in topics only, and a customer's node has none. */
const NETWORK = 'home'

/** Speaks with a meter under a key made for this conversation, so that only K ties two conversations together. */
export async function withMeter<T>(address: string, run: (meter: HomeClient, within: () => AbortSignal) => Promise<T>): Promise<T> {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: NETWORK, listen: [], preset: presetNamed('field', NETWORK, 1) })
  try {
    return await run(new HomeClient(node, identity.id, address), () => AbortSignal.timeout(ANSWER_WITHIN))
  } finally {
    await node.stop()
  }
}
