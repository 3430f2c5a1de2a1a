import { HomeClient, NetworkNode, presetNamed } from '@hushgrid/network'
import { IdentityKey, systemRng } from '@hushgrid/primitives'

/** How long a meter may take to answer one request, in real milliseconds. */
const ANSWER_WITHIN = 60_000
/** Only part of topics, which a customer's node has none of. */
const NETWORK = 'home'

/** Speaks with a meter, under a key that is made for that, so that nothing ties two conversations together but K. */
export async function withMeter<T>(address: string, run: (meter: HomeClient, within: () => AbortSignal) => Promise<T>): Promise<T> {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: NETWORK, listen: [], preset: presetNamed('field', NETWORK, 1) })
  try {
    return await run(new HomeClient(node, identity.id, address), () => AbortSignal.timeout(ANSWER_WITHIN))
  } finally {
    await node.stop()
  }
}
