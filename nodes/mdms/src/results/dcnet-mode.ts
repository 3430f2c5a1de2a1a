import { networkId } from '@hushgrid/dcnet'
import { decodeEnvelope, syncReplyWith } from '@hushgrid/messages'
import { NetworkNode, ResultFollower } from '@hushgrid/network'
import { DELIVERERS, DeliveryIntake } from '../bills/delivery-intake.ts'
import { FollowedKeeper } from './result-keeper.ts'
import type { ModeInit, RunningMode } from './supplier-mode.ts'
import { openIdentity } from './supplier-store.ts'

/** Fetches the results of a DC-net's slots from its aggregator, which knows this node by `--reader`. */
export async function startDcnetMode(init: ModeInit, aggregator: string): Promise<RunningMode> {
  const { options, network, clock, log, events, store } = init
  const identity = openIdentity(options.dataDir)
  const node = await NetworkNode.start({
    identity,
    network: network.name,
    listen: options.listen,
    announce: options.announce,
    preset: init.preset,
    guests: DELIVERERS,
    turnedAway: init.turnedAway
  })
  const warn = (problem: string): void => events.trouble(problem)
  const keeper = new FollowedKeeper({
    store,
    network: network.name,
    now: () => clock.now(),
    refused: problem => log.warn('not-kept', { problem }, problem),
    warn,
    fail: init.fail
  })
  const follower = new ResultFollower({
    node,
    clock,
    aggregator,
    networkId: networkId(network.name),
    slotSeconds: network.slotSeconds,
    lanes: network.lanes,
    take: async result => {
      // Logs new results only: after a restart the last slots come again.
      if ((await keeper.take(result)) === 'new') events.followed(result)
    },
    skipped: (first, last, why) => events.skipped(first, last, why),
    warn
  })
  await node.serve('mdms', async (from, bytes) => {
    const envelope = decodeEnvelope(bytes)
    if (DeliveryIntake.takes(envelope)) return await init.deliveries.take(from, envelope)
    return syncReplyWith('aggregates are taken by concentrator and PES only, and this network is a DC-net')
  })
  const stopping = new AbortController()
  let following = Promise.resolve()
  return {
    id: identity.id,
    addresses: node.addresses,
    more: { mode: 'dcnet', aggregator, store: store.name },
    run: async () => {
      following = follower.follow(stopping.signal)
      await following
    },
    stop: async () => {
      stopping.abort()
      await keeper.stop()
      // Ignores a failure, which `run` has reported.
      await Promise.allSettled([following])
      await node.stop()
    }
  }
}
