// Supplier, PES, concentrator and meters of the older path, each as the process of a compared neighbourhood runs them.
import { join } from 'node:path'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import { obfuscatorsFor, PesMeterHost } from '../../meters/pes-meter-host.ts'
import { readerOf } from '../../meters/readings.ts'
import { LossReason } from '@hushgrid/messages'
import { realNow } from '@hushgrid/network'
import { ConcentratorStore, PesStore, startConcentrator, startPes } from '@hushgrid/node-concentrator'
import { SupplierStore, startSupplier } from '@hushgrid/node-mdms'
import { generateKeyPair } from '@hushgrid/paillier'
import { decodeKeyShare, type PesTerms, partialOf } from '@hushgrid/pes'
import type { Epoch } from '@hushgrid/primitives'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { type ObfuscatorWorkers, readSecret } from '@hushgrid/runtime'
import { presetOf } from '../dcnet/roles.ts'
import { LOOPBACK, type OrderOf, type RoleContext, type RunningRole } from '../../roles/runner.ts'

/** There are no rosters on this path. */
const NO_EPOCH = 0 as Epoch

export async function runSupplier(order: OrderOf<'supplier'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const { network, state, share, bits } = order
  const key = share === undefined ? { make: () => generateKeyPair(bits).privateKey } : { share }
  const store = SupplierStore.open(join(state, 'supplier'), key, systemRng, false)
  const supplier = await startSupplier({
    store,
    network: network.name,
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
          result: { type: 'total', slot, epoch: NO_EPOCH, contributors: contributors.length, missing: [], lanes },
          at
        })
      } else if (output.type === 'lost')
        tell({
          type: 'result',
          result: { type: 'lost', slot: output.slot, epoch: NO_EPOCH, reason: LossReason.MembersMissing, members: [] },
          at
        })
    },
    warn: text => tell({ type: 'warn', text }),
    fail
  })
  return {
    ready: { address: firstAddress(supplier.node), id: store.identity.id },
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: supplier.service?.state.drops.counts ?? {} }),
    stop: () => supplier.stop()
  }
}

export async function runPes(order: OrderOf<'pes'>, { clock, tell, fail, signal }: RoleContext): Promise<RunningRole> {
  const { network, members, state, variant, limits, share } = order
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
    partial: share === undefined ? undefined : partialOf(decodeKeyShare(readSecret(share, undefined))),
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
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: pes.service.state.drops.counts }),
    stop: async () => {
      await pes.stop()
      await workers?.stop()
    }
  }
}

export async function runConcentrator(order: OrderOf<'concentrator'>, { clock, tell, fail, signal }: RoleContext): Promise<RunningRole> {
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
    observe: output => {
      if (output.type === 'member') tell({ type: 'member', id: output.meterId, what: output.what })
      else if (output.type === 'slot-closed') tell({ type: 'missing', slot: output.slot, missing: output.missing })
      else if (output.type === 'lost') {
        tell({ type: 'warn', text: `slot ${output.slot} lost: ${output.reason}` })
        const result = { type: 'lost', slot: output.slot, epoch: NO_EPOCH, reason: LossReason.Unanswered, members: [] } as const
        tell({ type: 'result', result, at: realNow() })
      } else if (output.type === 'evidence') tell({ type: 'warn', text: `evidence against ${output.against}: ${output.what}` })
    },
    warn: text => tell({ type: 'warn', text }),
    fail,
    signal
  })
  return {
    ready: { address: firstAddress(concentrator.node), id: store.identity.id },
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: concentrator.service.state.drops.counts }),
    stop: () => concentrator.stop()
  }
}

export async function runPesMeters(order: OrderOf<'pes-meters'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const { network, members, firstSlot, households, concentrator, pesKey, supplierKey, state } = order
  const host = new PesMeterHost(
    {
      network: network.name,
      slotSeconds: network.slotSeconds,
      lanes: network.lanes,
      firstSlot,
      households,
      members,
      concentrator,
      policy: { pes: pesKey, supplier: supplierKey, minMembers: network.minMembers },
      state
    },
    clock,
    readerOf(order.recipe),
    {
      progress: phase => tell({ type: 'progress', phase }),
      identity: (household, id) => tell({ type: 'identity', household, id }),
      warn: text => tell({ type: 'warn', text }),
      fail
    }
  )
  await host.start()
  return { ready: { address: '', id: undefined }, operate: operation => host.operate(operation), stop: () => host.stop() }
}
