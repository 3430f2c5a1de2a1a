import { networkId } from '@hushgrid/dcnet'
import { idInAddress, NetworkNode, type NetworkPreset, PesMeterService, type ReadingSource, type SchedulingClock } from '@hushgrid/network'
import type { PesMeterConfig, PesMeterOutput, PesTerms } from '@hushgrid/pes'
import { systemRng } from '@hushgrid/primitives'
import type { PesMeterStore } from './store.ts'

export interface PesMeterNodeInit {
  readonly store: PesMeterStore
  /** The network's name. */
  readonly network: string
  readonly slotSeconds: number
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly listen: readonly string[]
  /** Multiaddrs that others are told instead, as behind a router. */
  readonly announce?: readonly string[] | undefined
  /** Multiaddr of the concentrator, with its peer id. */
  readonly concentrator: string
  /** Who may sign the setup; whoever did where that is left out. */
  readonly policy: PesMeterConfig['policy']
  readonly readings: ReadingSource
  /** Told when the concentrator can be reached and listens. */
  readonly onConnected?: () => void
  readonly observe?: (output: PesMeterOutput) => void
  readonly warn?: (message: string) => void
  readonly fail: (cause: unknown) => void
  /** With `direct`: obfuscators that are made ahead, once the supplier's key is known. */
  readonly obfuscators?: ((terms: PesTerms) => () => bigint | undefined) | undefined
}

/** A running meter of the path by concentrator and PES: a libp2p node, its service and its store. */
export interface PesMeterNode {
  readonly node: NetworkNode
  readonly service: PesMeterService
  /** Ends all of it; resolves when nothing is left running. */
  stop(): Promise<void>
}

/** Starts a meter's node. It takes part once `service.join()` is done. */
export async function startPesMeter(init: PesMeterNodeInit): Promise<PesMeterNode> {
  const { store, network, clock, observe, obfuscators } = init
  const concentrator = idInAddress(init.concentrator)
  const node = await NetworkNode.start({
    identity: store.identity,
    network,
    listen: init.listen,
    announce: init.announce,
    preset: init.preset
  })
  let drawn: (() => bigint | undefined) | undefined
  const service = new PesMeterService({
    node,
    clock,
    fail: init.fail,
    observe: output => {
      if (output.type === 'set-up' && output.terms.variant === 'direct') drawn ??= obfuscators?.(output.terms)
      observe?.(output)
    },
    ...(init.warn ? { warn: init.warn } : {}),
    config: {
      identity: store.identity,
      key: store.key,
      networkId: networkId(network),
      slotSeconds: init.slotSeconds,
      concentrator,
      policy: init.policy,
      rng: systemRng,
      obfuscator: () => drawn?.()
    },
    concentrator: init.concentrator,
    journal: store.journal,
    append: record => store.append(record),
    readings: init.readings,
    ...(init.onConnected ? { onConnected: init.onConnected } : {})
  })
  return {
    node,
    service,
    stop: async () => {
      service.stop()
      await node.stop()
      store.close()
    }
  }
}
