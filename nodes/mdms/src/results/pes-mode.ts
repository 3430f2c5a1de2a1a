import { join } from 'node:path'
import { generateKeyPair } from '@hushgrid/paillier'
import { InvalidArgumentError, systemRng } from '@hushgrid/primitives'
import { DEFAULT_BITS } from '../commands/key-bits.ts'
import { ResultKeeper } from './result-keeper.ts'
import type { MdmsOptions, ModeInit, RunningMode } from './supplier-mode.ts'
import { startSupplier } from './supplier-node.ts'
import { SupplierStore } from './supplier-store.ts'

/** Starts the supplier's end of the path by concentrator and PES, which receives aggregates and decrypts them. */
export async function startPesMode(init: ModeInit): Promise<RunningMode> {
  const { options, network, clock, log, events, store, fail } = init
  const supplierStore = openSupplierStore(options)
  const warn = (problem: string): void => events.trouble(problem)
  const keeper = new ResultKeeper({
    store,
    network: network.name,
    pseudonymOf: init.pseudonymOf,
    now: () => clock.now(),
    refused: problem => log.warn('not-kept', { problem }, problem),
    warn,
    fail
  })
  const supplier = await startSupplier({
    store: supplierStore,
    network: network.name,
    slotSeconds: network.slotSeconds,
    clock,
    preset: init.preset,
    turnedAway: init.turnedAway,
    listen: options.listen,
    announce: options.announce,
    pesKey: options.pesKey,
    dealer: network.dealerKey,
    concentrator: options.concentratorKey,
    onSetup: terms => events.setup(terms),
    observe: (output, terms) => {
      events.output(output, terms)
      keeper.take(output, terms)
    },
    settled: () => keeper.settled(),
    deliveries: init.deliveries,
    warn,
    fail
  })
  const { variant, publicKey } = supplierStore.decryption
  return {
    id: supplierStore.identity.id,
    addresses: supplier.node.addresses,
    more: { mode: 'pes', variant, bits: publicKey.bits, store: store.name },
    run: () => {
      if (!options.pesKey && !supplierStore.setup)
        log.warn('open', { problem: 'the first PES that comes is taken, for there is no --pes-key' }, 'open to a PES')
      return Promise.resolve()
    },
    stop: async () => {
      await supplier.stop()
      await keeper.stop()
    }
  }
}

function openSupplierStore({ dataDir, share, bits }: MdmsOptions): SupplierStore {
  if (share !== undefined) return SupplierStore.open(dataDir, { share }, systemRng, true)
  const store = SupplierStore.open(dataDir, { make: () => generateKeyPair(bits ?? DEFAULT_BITS).privateKey }, systemRng, true)
  const made = store.decryption.publicKey.bits
  if (bits !== undefined && made !== bits) {
    store.close()
    throw new InvalidArgumentError('--bits', `the length of the key that is in ${join(dataDir, 'paillier.key')}, ${made}`, String(bits))
  }
  return store
}
