// Supplier, PES, concentrator and meters, each as a process of its own runs it.
import { join } from 'node:path'
import { LossReason } from '@hushgrid/messages'
import { realNow } from '@hushgrid/network'
import { ConcentratorStore, PesStore, startConcentrator, startPes } from '@hushgrid/node-concentrator'
import { SupplierStore, startSupplier } from '@hushgrid/node-mdms'
import { generateKeyPair } from '@hushgrid/paillier'
import { decodeKeyShare, type PesLimits, type PesTerms, type PesVariantName } from '@hushgrid/pes'
import { HushgridError, type MeterId, systemRng } from '@hushgrid/primitives'
import { type ObfuscatorWorkers, readSecret } from '@hushgrid/runtime'
import { laneCodes } from '@hushgrid/topology'
import { obfuscatorsFor, PesMeterHost } from '../../meters/pes-meter-host.ts'
import { readerOf } from '../../meters/readings.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import { NO_EPOCH } from '../../neighbourhood/member-roll.ts'
import type { MetersSetting } from '../../roles/protocol.ts'
import { dropsOnly, LOOPBACK, presetOf, type RunRole } from '../../roles/runner.ts'

interface SupplierSetting {
  readonly bits: number
  /** File with the role's share of the key, for `direct`. */
  readonly share?: string
  readonly dealer?: MeterId | undefined
}

const runSupplier: RunRole<SupplierSetting> = async (order, { clock, tell, fail }) => {
  const { network, state, share, dealer, bits } = order
  const key = share === undefined ? { make: () => generateKeyPair(bits).privateKey } : { share }
  const store = SupplierStore.open(join(state, 'supplier'), key, systemRng, false)
  const supplier = await startSupplier({
    store,
    network: network.name,
    dealer,
    slotSeconds: network.slotSeconds,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    observe: output => {
      const at = realNow()
      if (output.type === 'total') {
        const { slot, contributors, lanes } = output
        tell({
          type: 'result',
          result: {
            type: 'total',
            slot,
            epoch: NO_EPOCH,
            contributors: contributors.length,
            missing: [],
            lanes,
            open: laneCodes(order.network),
            withheld: {}
          },
          at
        })
      } else if (output.type === 'lost')
        tell({
          type: 'result',
          result: { type: 'lost', slot: output.slot, epoch: NO_EPOCH, reason: LossReason.MembersMissing, members: [] },
          at
        })
      else if (output.type === 'evidence') tell({ type: 'news', news: { type: 'evidence', against: output.against, what: output.what } })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  return {
    ready: { address: firstAddress(supplier.node), id: store.identity.id },
    account: () => dropsOnly(supplier.service?.state.drops.counts ?? {}),
    stop: () => supplier.stop()
  }
}

interface PesSetting {
  readonly variant: PesVariantName
  readonly limits: PesLimits
  /** Multiaddr of the supplier. */
  readonly supplier: string
  readonly concentratorKey: MeterId
  /** File with the role's share of the key, for `direct`. */
  readonly share?: string
  readonly dealer?: MeterId | undefined
}

const runPes: RunRole<PesSetting> = async (order, { clock, tell, fail, signal }) => {
  const { network, members, state, variant, limits, share, dealer } = order
  if (variant === 'direct' && share === undefined) throw new HushgridError('the PES: expected its share of the key with direct, got none')
  let workers: ObfuscatorWorkers | undefined
  const warn = (text: string): void => tell({ type: 'warn', text })
  const store = PesStore.open(state, systemRng, false)
  const pes = await startPes({
    store,
    network: network.name,
    limits,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    supplier: order.supplier,
    concentrator: order.concentratorKey,
    share: share === undefined ? undefined : decodeKeyShare(readSecret(share, undefined)),
    dealer,
    ...(variant === 'reencrypt' && {
      obfuscators: (terms: PesTerms) => {
        const made = obfuscatorsFor(terms, members, warn)
        workers = made
        return () => made.pool.take()
      }
    }),
    warn,
    fail,
    signal
  })
  return {
    ready: { address: firstAddress(pes.node), id: store.identity.id },
    account: () => dropsOnly(pes.service.state.drops.counts),
    stop: async () => {
      await pes.stop()
      await workers?.stop()
    }
  }
}

/** Multiaddrs that the concentrator dials, and with `direct` the dealer's key. */
interface ConcentratorSetting {
  readonly pes: string
  readonly supplier: string
  readonly dealer: MeterId | undefined
}

const runConcentrator: RunRole<ConcentratorSetting> = async (order, { clock, tell, fail, signal }) => {
  const store = ConcentratorStore.open(order.state, systemRng, false)
  const concentrator = await startConcentrator({
    store,
    network: order.network.name,
    slotSeconds: order.network.slotSeconds,
    clock,
    preset: presetOf(order),
    listen: LOOPBACK,
    pes: order.pes,
    supplier: order.supplier,
    dealer: order.dealer,
    observe: output => {
      if (output.type === 'member') tell({ type: 'member', id: output.meterId, what: output.what })
      else if (output.type === 'slot-closed') tell({ type: 'missing', slot: output.slot, missing: output.missing })
      else if (output.type === 'lost') {
        tell({ type: 'warn', text: `slot ${output.slot} lost: ${output.reason}` })
        const result = { type: 'lost', slot: output.slot, epoch: NO_EPOCH, reason: LossReason.Unanswered, members: [] } as const
        tell({ type: 'result', result, at: realNow() })
      } else if (output.type === 'evidence') tell({ type: 'news', news: { type: 'evidence', against: output.against, what: output.what } })
    },
    warn: text => tell({ type: 'warn', text }),
    fail,
    signal
  })
  return {
    ready: { address: firstAddress(concentrator.node), id: store.identity.id },
    account: () => dropsOnly(concentrator.service.state.drops.counts),
    stop: () => concentrator.stop()
  }
}

interface PesMetersSetting extends MetersSetting {
  /** Multiaddr of the concentrator. */
  readonly concentrator: string
  readonly pesKey: MeterId
  readonly supplierKey: MeterId
  readonly dealer: MeterId | undefined
}

const runMeters: RunRole<PesMetersSetting> = async (order, { clock, tell, fail }) => {
  const { network, members, firstSlot, households, concentrator, pesKey, supplierKey, dealer, state } = order
  const host = new PesMeterHost(
    {
      network: network.name,
      slotSeconds: network.slotSeconds,
      lanes: laneCodes(network),
      firstSlot,
      households,
      members,
      concentrator,
      policy: { pes: pesKey, supplier: supplierKey, dealer, minMembers: network.minMembers },
      state
    },
    clock,
    readerOf(order.recipe),
    {
      identity: (household, id) => tell({ type: 'identity', household, id }),
      warn: text => tell({ type: 'warn', text }),
      fail
    }
  )
  await host.start()
  return { ready: { address: '', id: undefined }, operate: operation => host.operate(operation), stop: () => host.stop() }
}

export const roles = { supplier: runSupplier, pes: runPes, concentrator: runConcentrator, meter: runMeters }
