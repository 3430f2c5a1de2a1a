// Command `id` of concentrator and PES: each has to know the other before either starts.
import { withPeerId } from '@hushgrid/network'
import { identityCommand, storeIdentity } from '@hushgrid/runtime'

/** Makes the command `id` of a role whose keys are in such a store. */
export function identityOf(
  role: 'concentrator' | 'pes',
  kind: Parameters<typeof storeIdentity>[0]
): (argv: readonly string[]) => Promise<void> {
  return identityCommand({
    role,
    description: 'Make the keys of this node where there are none yet, and print what others know it by.',
    addressOf: id => withPeerId('', id),
    open: storeIdentity(kind)
  })
}
