// Command `id` of concentrator and PES: each has to know the other before either starts.
import { withPeerId } from '@hushgrid/network'
import { type IdentityKey, type Rng, systemRng } from '@hushgrid/primitives'
import { claimDataFolder, identityCommand } from '@hushgrid/runtime'

/** Kind of store that has a node's identity. */
interface StoreKind {
  open(directory: string, rng: Rng, flush: boolean): { readonly identity: IdentityKey; close(): void }
}

/** Makes the command `id` of a role whose keys are in such a store. */
export function identityOf(role: string, kind: StoreKind): (argv: readonly string[]) => Promise<void> {
  return identityCommand({
    role,
    description: 'Make the keys of this node where there are none yet, and print what others know it by.',
    addressOf: id => withPeerId('', id),
    open: directory => {
      const giveUpFolder = claimDataFolder(directory)
      try {
        const store = kind.open(directory, systemRng, true)
        store.close()
        return store.identity
      } finally {
        giveUpFolder()
      }
    }
  })
}
