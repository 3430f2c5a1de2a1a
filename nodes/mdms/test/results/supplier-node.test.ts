// A supplier with a share of the key starts with the word of the network's dealer only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkId } from '@hushgrid/dcnet'
import { presetNamed, SystemClock } from '@hushgrid/network'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare, signDealt } from '@hushgrid/pes'
import { IdentityKey, type MeterId, SeededRng, systemRng } from '@hushgrid/primitives'
import { afterAll, expect, it } from 'vitest'
import { startSupplier } from '../../src/results/supplier-node.ts'
import { SupplierStore } from '../../src/results/supplier-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-supplier-node-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rng = new SeededRng('supplier node')
const dealer = IdentityKey.generate(rng)

it('refuses the key of another dealer, or of none, before it listens', async () => {
  const { privateKey, publicKey } = generateKeyPair(2048)
  const [share] = splitKey(privateKey, rng)
  const path = join(folder, 'supplier.share')
  const dealt = signDealt(dealer, networkId('street'), publicKey, share)
  writeFileSync(path, encodeKeyShare({ publicKey, share, dealt }), { mode: 0o600 })
  const start = async (named: MeterId | undefined, network = 'street'): Promise<void> => {
    const store = SupplierStore.open(join(folder, 'data'), { share: path }, systemRng, false)
    try {
      const preset = presetNamed('lab', network, 10)
      const common = { clock: new SystemClock(), preset, listen: ['/ip4/127.0.0.1/tcp/0'], fail: () => {} }
      const supplier = await startSupplier({ ...common, store, network, slotSeconds: 900, dealer: named })
      await supplier.stop()
    } finally {
      store.close()
    }
  }
  await expect(start(undefined)).rejects.toThrow(/expected the dealer's key in the network file/)
  await expect(start(IdentityKey.generate(rng).id)).rejects.toThrow(/expected the signature of the dealer/)
  await expect(start(dealer.id, 'lane')).rejects.toThrow(/expected the signature of the dealer/)
  await start(dealer.id)
})
